"""`init` writes a folder to begin with: whole, safe, and never over anything."""

import stat
from pathlib import Path

import pytest

from ledgers.reading.reader import read
from tests.service.commands.desk import Desk


@pytest.mark.parametrize("rules", [[], ["--example", "贵州"], ["--example", "henan"]])
def test_it_writes_what_check_finds_in_order(bare_desk: Desk, rules: list[str]) -> None:
    """Straight after `init`, `check` has nothing to say against it, and a pass runs."""
    bare_desk.done("init", *rules)
    assert bare_desk.done("--json", "check").json["valid"] is True
    bare_desk.done("tick")


def test_the_settings_include_the_rules_that_were_chosen(bare_desk: Desk) -> None:
    """And all that those rest on lies beside them; other provinces' rules do not."""
    bare_desk.done("init", "--example", "guizhou")
    assert "include: 规则-贵州.yaml" in Path("本县设置.yaml").read_text("utf-8")
    written = {path.name for path in Path().glob("规则-*.yaml")}
    assert {"规则-贵州.yaml", "规则-全国.yaml", "规则-全国-档案.yaml"} <= written
    assert not {"规则-河北.yaml", "规则-河南.yaml"} & written


def test_keys_and_database_are_their_owners_only(bare_desk: Desk) -> None:
    """Nobody else on the machine reads them."""
    bare_desk.done("init", "本县")
    modes = {
        name: stat.S_IMODE(Path("本县", name).stat().st_mode)
        for name in ("shouwang.key", "shouwang.sqlite")
    }
    assert modes == {"shouwang.key": 0o600, "shouwang.sqlite": 0o600}


@pytest.mark.parametrize("there", ["本县设置.yaml", "shouwang.key", "示例/儿童台账.xlsx"])
def test_nothing_is_overwritten(bare_desk: Desk, there: str) -> None:
    """One file in the way, and nothing at all is written."""
    Path(there).parent.mkdir(exist_ok=True)
    Path(there).write_text("mine", "utf-8")
    answer = bare_desk.run("init")
    assert (answer.code, there in answer.err) == (2, True)
    assert [str(path) for path in Path().rglob("*") if path.is_file()] == [there]
    assert Path(there).read_text("utf-8") == "mine"


def test_what_fails_half_way_is_taken_back(bare_desk: Desk) -> None:
    """A folder that cannot be made leaves nothing behind."""
    Path("示例").write_text("a file where a folder should be", "utf-8")
    assert bare_desk.run("init").code == 1
    assert [path.name for path in Path().iterdir()] == ["示例"]


def test_samples_are_read(bare_desk: Desk) -> None:
    """Each sample has a header that an import knows."""
    bare_desk.done("init")
    kinds = {path.stem: read(path).sheets[0].kind for path in Path("示例").glob("*.xlsx")}
    assert kinds == {
        "儿童台账": "children",
        "机构台账": "institutions",
        "人员名单": "persons",
        "行政区划": "regions",
        "走访登记表": "records",
    }


def test_an_empty_line_does_not_ask_for_a_keyfile_that_comes_from_elsewhere(
    bare_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With keys and database in the environment neither is made here."""
    monkeypatch.setenv("SHOUWANG_KEY_FILE", str(bare_desk.folder / "elsewhere.key"))
    monkeypatch.setenv("SHOUWANG_DATABASE_URL", "postgresql://127.0.0.1:1/none")
    written = bare_desk.done("--json", "init").json["written"]
    assert not [name for name in written if name.endswith((".key", ".sqlite"))]
