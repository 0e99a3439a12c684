"""A daemon's configuration is read in a process of its own, and is the same one."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.errors import ConfigurationErrors
from config.language import LANGUAGES, speaking
from config.shipped import RULE_SETS
from service.errors import UpgradedMeanwhile
from service.readers import Reader, read_apart, read_here
from tests.config.rule_sets import write_set

READS_APART = """
import sys
from pathlib import Path
import service.daemon
from service.readers import read_apart
read_apart(Path(sys.argv[1]), {})
print(*(name for name in ("yaml", "config.loader", "config.checks") if name in sys.modules))
"""
"""A daemon's modules, and the first thing that it does."""

MISTAKES = """
roles:
  village: {title: 村儿童主任, level: hamlet}
surprise: 1
"""


@pytest.mark.parametrize("name", sorted(RULE_SETS))
def test_the_same_whoever_reads(name: str, tmp_path: Path) -> None:
    """Configuration, warnings and files."""
    file = write_set(name, tmp_path)
    assert read_apart(file, {}) == read_here(file, {})


def test_what_the_environment_says_is_filled_in(tmp_path: Path) -> None:
    """The variables given, not those of the process that reads."""
    channels = "channels:\n  email: {host: '${MAIL_HOST}'}\n"
    file = write_set("hebei", tmp_path, channels)
    read = read_apart(file, {"MAIL_HOST": "mail.example.invalid"})
    assert read == read_here(file, {"MAIL_HOST": "mail.example.invalid"})
    assert "mail.example.invalid" in repr(read.configuration.channels["email"])
    with pytest.raises(ConfigurationErrors, match="MAIL_HOST"):
        read_apart(file, {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mistake_comes_back(language: str, tmp_path: Path) -> None:
    """With its place, and in the language of whoever asked."""
    file = write_set("hebei", tmp_path, MISTAKES)
    with speaking(language):
        assert _mistakes(read_apart, file) == _mistakes(read_here, file)
        assert len(_mistakes(read_here, file)) > 1


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/false"])
def test_without_another_process_this_one_reads(python: str, tmp_path: Path) -> None:
    """None could be begun, or it was ended before it had an answer."""
    file = write_set("hebei", tmp_path)
    assert read_apart(file, {}, python=python) == read_here(file, {})


def test_what_another_version_read_is_refused(tmp_path: Path) -> None:
    """Its values may be of other shapes; whoever upgraded is told to start the daemon anew."""
    newer = tmp_path / "python"
    newer.write_text("#!/bin/sh\ncat > /dev/null\nprintf '9.9.9\\nwhatever it may be'\n", "utf-8")
    newer.chmod(0o755)
    file = write_set("hebei", tmp_path)
    with pytest.raises(UpgradedMeanwhile, match=r"9\.9\.9.*重启"):
        read_apart(file, {}, python=str(newer))


def test_the_daemon_does_without_what_reading_needs(tmp_path: Path) -> None:
    """YAML, the validators and the checks on meaning are gone with the process that needed them."""
    file = write_set("hebei", tmp_path)
    asked = [sys.executable, "-c", READS_APART, str(file)]
    loaded = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert loaded.split() == []


def _mistakes(read: Reader, file: Path) -> list[str]:
    with pytest.raises(ConfigurationErrors) as found:
        read(file, {})
    return [str(one) for one in found.value.problems]
