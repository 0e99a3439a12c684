"""The frame of the command line: languages, help, exit codes, and words for every failure."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import click
import pytest

from config.language import speaking
from service.cli import World, run
from service.commandline import Commands, Listed, make
from service.commands.listed import COMMANDS
from service.terminal import Terminal, plain

NOW = datetime(2026, 12, 7, 2, 0, tzinfo=UTC)


class _Nothing:
    """A wish without anything to ask."""


SHOUWANG = Path(sys.executable).with_name("shouwang")


def answer(*words: str, environment: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run one command; answer its exit code, its answer, and what it said beside."""
    out, err = StringIO(), StringIO()
    code = run(words, World(out, err, environment or {}, lambda: NOW))
    return code, out.getvalue(), err.getvalue()


def all_commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its whole name."""
    for name, listed in COMMANDS.items():
        yield from _with_those_below(name, listed.make())


def _with_those_below(name: str, found: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(found, Commands):
        yield name, found
        return
    context = click.Context(click.Command("shouwang"))
    for below in found.list_commands(context):
        one = found.get_command(context, below)
        assert one is not None
        yield from _with_those_below(f"{name} {below}", one)


def test_help_is_quick() -> None:
    """The real program shows its help in less than 0.3 s of work, because it imports no command."""
    before = os.times()
    shown = subprocess.run([SHOUWANG, "--help"], capture_output=True, text=True, check=True)
    after = os.times()
    used = (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )
    assert "explain" in shown.stdout
    assert used < 0.3


def test_help_imports_nothing_heavy() -> None:
    """Neither the database nor the models are loaded to show what there is."""
    code = "import sys, service.cli as c; c.run(['--help'], c.World(sys.stdout, sys.stderr, {}, None)); print(sorted({m.split('.')[0] for m in sys.modules}))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = shown.stdout.rpartition("[")[2]
    assert not [name for name in ("sqlalchemy", "pydantic", "rich", "jinja2") if name in loaded]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_command_explains_itself(language: str) -> None:
    """Each command and option has words, in the language that was asked for."""
    with speaking(language):
        for name, command in all_commands():
            told = [command.help, *(getattr(param, "help", None) for param in command.params)]
            assert all(told), name
            is_chinese = any("\u4e00" <= letter <= "\u9fff" for letter in str(command.help))
            assert is_chinese or language == "en", name


def test_every_wish_fits_its_options() -> None:
    """What can be asked on the command line is what the command is handed."""
    for name, command in all_commands():
        given = {param.name: None for param in command.params}
        closure = [cell.cell_contents for cell in getattr(command.callback, "__closure__", ())]
        (wish,) = [one for one in closure if isinstance(one, type)]
        assert is_dataclass(wish), name
        assert {one.name for one in fields(wish)} == set(given), name


@pytest.mark.parametrize(
    ("environment", "words", "language"),
    [
        ({}, (), "zh"),
        ({"LANG": "en_GB.UTF-8"}, (), "en"),
        ({"LANG": "zh_CN.UTF-8"}, (), "zh"),
        ({"LANG": "en_GB.UTF-8", "SHOUWANG_LANGUAGE": "zh_CN"}, (), "zh"),
        ({"LANG": "zh_CN.UTF-8"}, ("--lang", "en"), "en"),
        ({"SHOUWANG_LANGUAGE": "en"}, ("--lang=zh",), "zh"),
    ],
)
def test_the_language_is_chosen(
    environment: Mapping[str, str], words: tuple[str, ...], language: str
) -> None:
    """`--lang`, else the settings, else the locale; Chinese where nobody says."""
    _, out, _ = answer("--help", *words, environment=environment)
    assert out.startswith({"zh": "用法", "en": "Usage"}[language])


def test_the_configuration_names_the_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the YAML says comes before the terminal's locale, even if the YAML is broken."""
    monkeypatch.chdir(tmp_path)
    Path("shouwang.yaml").write_text("language: en\n: [broken", "utf-8")
    assert answer("--help")[1].startswith("Usage")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("chek",), "Did you mean “check”?"),
        (("outbox", "lst"), "Did you mean “list”?"),
        (("tick", "--slotnow"), "--slotnow"),
        (("tick", "--at"), "the option --at needs a value"),
        (("tick", "--at", "soon"), "2027-06-03T09:10"),
        (("record", "青山-01"), "REF… is missing"),
        (("record", "青山-01", "contact", "--on", "30.2.2027"), "2027-06-03"),
        (("record", "青山-01", "contact", "--result", "okay"), "已完成"),
        (("ack", "青山-01", "--days", "31"), "1 to 30"),
        (("void", "x", "--reason", "孤儿"), "plain text"),
        (("status", "now"), "one word too many"),
        (("silence", "add", "--rule", "x"), "--to is missing"),
        (("--lang", "fr", "status"), "zh_CN"),
    ],
)
def test_a_wrong_command_line_is_answered_in_words(words: tuple[str, ...], said: str) -> None:
    """It ends with 2, says what is wrong on standard error, and nothing else."""
    code, out, err = answer(*words, *(() if "--lang" in words else ("--lang", "en")))
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_what_holds_for_all_may_stand_anywhere() -> None:
    """`shouwang status --json` and `shouwang --json status` are the same."""
    wrong = [answer(*words)[2] for words in (("--json", "chek"), ("chek", "--json"))]
    assert wrong[0] == wrong[1]


def test_without_words_help_is_shown() -> None:
    """Nothing asked, everything shown; a group without a command shows its own and ends with 2."""
    assert answer()[0] == 0
    code, _, err = answer("outbox", "--lang", "en")
    assert (code, "retry" in err) == (2, True)


def test_the_version_is_shown() -> None:
    """One line, one name, one number."""
    code, out, _ = answer("--version")
    assert (code, out.split()[0]) == (0, "shouwang")


def test_an_unknown_failure_becomes_an_incident() -> None:
    """Nobody sees a traceback; the log has its type and place, and no words that may quote a value."""

    def fail(_wish: _Nothing, _terminal: Terminal) -> int:
        raise RuntimeError("某甲")

    code, err = _failing(fail)
    assert code == 1
    assert "某甲" not in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), PermissionError(13, "no", "x.xlsx"), BrokenPipeError()]
)
def test_the_system_may_refuse(error: BaseException) -> None:
    """Ctrl-C, a file one may not write: a sentence, and 1."""

    def fail(_wish: _Nothing, _terminal: Terminal) -> int:
        raise error

    assert _failing(fail)[0] == 1


def test_json_holds_days_and_keys_as_texts() -> None:
    """A machine gets ISO dates, whatever a command has in hand."""
    assert plain({NOW: [NOW.date(), None, 1, (True,)]}) == {
        NOW.isoformat(): ["2026-12-07", None, 1, [True]]
    }


def test_piped_tables_are_aligned() -> None:
    """A Chinese letter takes two columns."""
    out = StringIO()
    terminal = Terminal(out, StringIO(), lambda: NOW, {})
    terminal.table(["村", "n"], [("青山村", 1), ("ab", None)])
    assert out.getvalue() == "村      n\n青山村  1\nab\n"


def _failing(act: Callable[[_Nothing, Terminal], int]) -> tuple[int, str]:
    listed = {"fail": Listed("", lambda: make(_Nothing, act, name="fail", about=""))}
    out, err = StringIO(), StringIO()
    world = World(out, err, {}, lambda: NOW)
    return run(["fail"], world, commands=listed), err.getvalue()


def test_a_command_that_asks_nobody_refuses_a_user() -> None:
    """Otherwise it would seem to be limited to what the user may do, and be not."""
    code, _, err = answer("--as", "U-0001", "doctor")
    assert (code, "--as" in err) == (2, True)
