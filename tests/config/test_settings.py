"""Where things are and the keys come from the environment; nothing of a secret is shown."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import Web, settings_from


def test_without_variables_everything_lies_beside_the_yaml(tmp_path: Path) -> None:
    """Database and keys are found where the configuration is."""
    settings = settings_from(None)
    path = settings.config_path(tmp_path)
    assert path == tmp_path / "本县设置.yaml"
    expected = f"sqlite:///{tmp_path.resolve()}/shouwang.sqlite"
    assert settings.database_for(path).get_secret_value() == expected
    assert settings.key_file_for(path) == tmp_path.resolve() / "shouwang.key"


def test_the_first_usual_name_that_is_there_is_taken(tmp_path: Path) -> None:
    """`本县设置.yaml` before `shouwang.yaml`; a name that is given before both."""
    (tmp_path / "shouwang.yaml").touch()
    assert settings_from(None).config_path(tmp_path).name == "shouwang.yaml"
    (tmp_path / "本县设置.yaml").touch()
    assert settings_from(None).config_path(tmp_path).name == "本县设置.yaml"


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups take two underscores."""
    monkeypatch.setenv("SHOUWANG_CONFIG", "a.yaml")
    monkeypatch.setenv("SHOUWANG_LOG__FORMAT", "json")
    monkeypatch.setenv("SHOUWANG_LIVENESS__PORT", "9100")
    settings = settings_from(None)
    assert settings.config_path(Path("elsewhere")) == Path("a.yaml")
    assert settings.log.format == "json"
    assert settings.log.level == "info"
    assert settings.liveness.port == 9100


def test_secrets_are_read_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is set wins; a folder that is not there is no error."""
    (tmp_path / "SHOUWANG_KEYS").write_text("from-a-file", "utf-8")
    keys = settings_from(tmp_path).keys
    assert keys is not None
    assert keys.get_secret_value() == "from-a-file"
    monkeypatch.setenv("SHOUWANG_KEYS", "from-the-environment")
    keys = settings_from(tmp_path).keys
    assert keys is not None
    assert keys.get_secret_value() == "from-the-environment"
    assert settings_from(tmp_path / "missing").key_file is None


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in what is printed nor in what an error says."""
    monkeypatch.setenv("SHOUWANG_KEYS", "geheim")
    monkeypatch.setenv("SHOUWANG_DATABASE_URL", "postgresql://u:geheim@127.0.0.1/d")
    assert "geheim" not in repr(settings_from(None))
    monkeypatch.setenv("SHOUWANG_LOG__LEVEL", "geheim")
    with pytest.raises(ValidationError) as caught:
        settings_from(None)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("proxies", ["", "127.0.0.1", "10.0.0.0/8,::1"])
def test_proxies_are_addresses(proxies: str) -> None:
    """Or networks, by commas; a name would be believed by nobody, and is refused."""
    assert Web(proxies=proxies).proxies == proxies
    with pytest.raises(ValidationError, match="proxies"):
        Web(proxies=proxies + "proxy.example.invalid")
