"""The console command `shouwang`: language first, then one command, then its exit code.

0 done · 1 failed · 2 the command line or configuration is wrong, nothing was touched · 3 done, with
rows quarantined.
"""

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from contextvars import copy_context
from dataclasses import field
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import click

from config.language import DEFAULT_LANGUAGE, LANGUAGES, catalogue, speaking
from config.lean import dataclass
from ledgers.access.effort import RECOMMENDED, Effort
from service.commandline import Commands, Listed, flag, option, wrong_usage
from service.commands.listed import COMMANDS
from service.inputs import FilePath, Word
from service.terminal import Terminal
from service.version import __version__

_ = catalogue("service")

PROGRAM = "shouwang"
DONE, FAILED, WRONG = 0, 1, 2

_NAMES = ("本县设置.yaml", "shouwang.yaml")  # config.settings says so too, at the price of pydantic
_LANGUAGE_KEY = re.compile(r"^language:\s*[\"']?(\w+)", re.MULTILINE)
_MOST_READ = 200_000
_USER = "SHOUWANG_USER"
"""The variable that names a user where `--as` does not."""


@dataclass(frozen=True, slots=True)
class World:
    """What the command line is given: its streams, the environment and a clock.

    `given` is what it may read; None: there is nobody to ask.
    """

    out: TextIO
    err: TextIO
    environment: Mapping[str, str] = field(repr=False)
    clock: Callable[[], datetime]
    given: TextIO | None = None
    effort: Effort = RECOMMENDED


def main() -> int:
    """Run the command that this process was started with."""
    out, err = _stream(sys.stdout), _stream(sys.stderr)
    world = World(out, err, os.environ, lambda: datetime.now(UTC), given=sys.stdin)
    code = run(sys.argv[1:], world)
    return code if _is_flushed(out) and _is_flushed(err) else code or FAILED


def _stream(given: TextIO | None) -> TextIO:
    """Answer a stream that takes every letter, whatever the terminal; None is one that is closed."""
    stream = given if given is not None else Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream


def _is_flushed(stream: TextIO) -> bool:
    """Write out what is left; `| head` has perhaps seen enough."""
    try:
        stream.flush()
    except BrokenPipeError:
        # The interpreter tries once more at its end, and must not meet the pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return False
    return True


def run(words: Sequence[str], world: World, *, commands: Mapping[str, Listed] = COMMANDS) -> int:
    """Run one command and answer its exit code; nothing is raised but what ends a process."""
    arguments, language = _for_all_first(words)
    with speaking(language or _usual_language(arguments, world.environment)):
        try:
            # A context of its own: on whose behalf a command is run ends with it.
            return copy_context().run(_run, _root(commands), arguments or ["--help"], world)
        except BrokenPipeError:
            return FAILED
        except (KeyboardInterrupt, click.Abort):
            print(_("Stopped."), file=world.err)
            return FAILED
        except Exception as error:  # noqa: BLE001  # the top: whatever it is becomes a sentence
            from service.failures import tell_failure

            return tell_failure(error, world.err)


def _run(root: Commands, arguments: Sequence[str], world: World) -> int:
    try:
        with redirect_stdout(world.out), root.make_context(PROGRAM, list(arguments)) as context:
            context.obj = _terminal(context.params, world)
            return int(root.invoke(context) or DONE)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.ctx.get_help(), file=world.err)
        return WRONG
    except click.UsageError as error:
        print(wrong_usage(error), file=world.err)
        path = error.ctx.command_path if error.ctx else PROGRAM
        print(_("`%(command)s --help` shows how it is meant.") % {"command": path}, file=world.err)
        return WRONG


def _root(commands: Mapping[str, Listed]) -> Commands:
    """Make the command above all; what holds for all commands may stand anywhere in the line."""
    return Commands(
        PROGRAM,
        commands,
        about=_("Keeps watch over ledgers, and tells the right person in time."),
        params=[
            option(
                "--config",
                about=_("the configuration; else SHOUWANG_CONFIG, else 本县设置.yaml here"),
                kind=FilePath(),
            ),
            flag("--json", about=_("answer for a machine")),
            click.Option(
                ["--as", "user"],
                metavar="USER",
                help=_("on whose behalf; else SHOUWANG_USER, else this computer's account"),
            ),
            option(
                "--lang",
                about=_("language: zh_CN or en"),
                kind=Word("LANG", _LANGUAGE_WORDS),
            ),
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                help=_("show the version"),
                callback=_show_version,
            ),
        ],
    )


_LANGUAGE_WORDS = {"zh_CN": ("zh", "zh-CN", "中文"), "en": ("english",)}
_FLAGS = {"--json"}
_VALUES = {"--as", "--config", "--lang"}
GLOBAL_OPTIONS = (*sorted(_FLAGS | _VALUES), "--version", "--help")
"""What holds for all commands; it may stand anywhere in the line."""


def _show_version(context: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(f"{PROGRAM} {__version__}")
        context.exit()


def _terminal(given: Mapping[str, object], world: World) -> Terminal:
    named, user = given.get("config"), given.get("user")
    return Terminal(
        out=world.out,
        err=world.err,
        clock=world.clock,
        environment=world.environment,
        config=named if isinstance(named, Path) else None,
        json=bool(given.get("json")),
        given=world.given,
        user=user if isinstance(user, str) else world.environment.get(_USER) or None,
        is_user_named=isinstance(user, str),
        effort=world.effort,
    )


def _for_all_first(words: Sequence[str]) -> tuple[list[str], str | None]:
    """Answer the words with what holds for all commands in front, and the language if it is named."""
    first: list[str] = []
    rest: list[str] = []
    ahead = iter(words)
    for word in ahead:
        if word == "--":
            rest += [word, *ahead]
        elif word in _FLAGS or word.partition("=")[0] in _VALUES:
            first.append(word)
            if word in _VALUES:
                first += [next(ahead)] if len(first) + len(rest) < len(words) else []
        else:
            rest.append(word)
    return first + rest, _named(first, "--lang")


def _named(words: Sequence[str], name: str) -> str | None:
    """Answer the value an option has in the line; None if it is not there, or makes no sense."""
    value = None
    for at, word in enumerate(words):
        key, equals, given = word.partition("=")
        if key == name:
            value = given if equals else next(iter(words[at + 1 : at + 2]), None)
    if name != "--lang" or value is None:
        return value
    return next((k for k, v in _LANGUAGE_WORDS.items() if value in (k, *v)), None)


def _usual_language(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """Answer the language nobody named: the settings', the configuration's, the terminal's."""
    said = environment.get("SHOUWANG_LANGUAGE", "")
    if said in LANGUAGES:
        return said
    named = _named(words, "--config") or environment.get("SHOUWANG_CONFIG")
    for path in [Path(named)] if named else map(Path, _NAMES):
        if (written := _written_language(path)) in LANGUAGES:
            return written
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if locale := environment.get(name, ""):
            return "en" if locale.startswith("en") else DEFAULT_LANGUAGE
    return DEFAULT_LANGUAGE


def _written_language(path: Path) -> str:
    """Answer what a configuration says of language, without loading it: mistakes are told in it."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            found = _LANGUAGE_KEY.search(stream.read(_MOST_READ))
    except (OSError, ValueError):
        return ""
    return found[1] if found else ""


if __name__ == "__main__":
    sys.exit(main())
