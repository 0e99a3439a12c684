"""`docs/command-line.md` and the commands say the same."""

import re
from operator import attrgetter
from pathlib import Path

import click
import pytest

from service.cli import GLOBAL_OPTIONS
from service.commandline import Commands
from service.commands.listed import COMMANDS
from tests.repo.tracked import ROOT

_TO_COME = {"signal", "answer"} - COMMANDS.keys()
"""Commands of the next version, which recipes mention already."""

_stem = attrgetter("stem")

PAGE = (ROOT / "docs" / "command-line.md").read_text("utf-8")
SECTIONS: dict[str, str] = dict(
    re.findall(r"^### ([a-z -]+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
)


def leaves(name: str) -> dict[str, click.Command]:
    """Answer a command, or those below it, by whole name."""
    return _below(name, COMMANDS[name].make())


def _below(name: str, found: click.Command) -> dict[str, click.Command]:
    if not isinstance(found, Commands):
        return {name: found}
    context = click.Context(found)
    below = {one: found.get_command(context, one) for one in found.list_commands(context)}
    told: dict[str, click.Command] = {name: found} if found.stands_alone else {}
    for one, command in below.items():
        if command is not None:
            told |= _below(f"{name} {one}", command)
    return told


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_are_documented(name: str) -> None:
    """Each command has a section that names each of its options."""
    for whole, command in leaves(name).items():
        options = [_long(param) for param in command.params if isinstance(param, click.Option)]
        told = set(re.findall(r"--[a-z-]+", _section(whole)))
        assert set(options) - told == set(), whole


def test_nothing_is_documented_that_is_not_there() -> None:
    """No section outlives its command."""
    assert set(SECTIONS) == {whole for name in COMMANDS for whole in leaves(name)}


def test_options_for_all_are_documented() -> None:
    """They stand at the top, once."""
    assert [one for one in GLOBAL_OPTIONS if f"`{one}" not in PAGE] == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "how-to").glob("*.md")), ids=_stem)
def test_what_pages_tell_people_to_run_is_there(page: Path) -> None:
    """Every `shouwang …` names a command, and options that it has."""
    for line in re.findall(
        r"(?:^|`)shouwang ([a-z][^`\n#|]*)", page.read_text("utf-8"), re.MULTILINE
    ):
        words = line.split()
        if words[0] in _TO_COME:
            continue
        found = leaves(words[0])
        command = next((found[one] for one in _openings(words) if one in found), None)
        known = {name for param in command.params for name in param.opts} if command else set()
        told = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert told <= known | set(GLOBAL_OPTIONS), line


def _openings(words: list[str]) -> list[str]:
    return [" ".join(words[:count]) for count in (3, 2, 1)]


def _section(whole: str) -> str:
    """Answer a command's section; what holds for all exports stands above them."""
    above = PAGE.partition("\n## Lists\n")[2].partition("\n###")[0]
    return SECTIONS[whole] + (above if whole.startswith("export ") else "")


def _long(option: click.Option) -> str:
    return next(name for name in option.opts if name.startswith("--"))
