"""How commands are declared and spoken of: click, with every sentence our own.

A command module has a frozen dataclass of what may be asked, a function that does it, and
`command()`, which answers the click command in the language of the moment.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol, TypeVar

import click

from config.language import catalogue
from config.lean import dataclass
from config.suggest import hint
from service.terminal import Terminal

_ = catalogue("service")

Wish = TypeVar("Wish")

_NAMES_OF_HELP = {"help_option_names": ["-h", "--help"]}
_WIDTH = {"max_content_width": 100}


def make(
    wish: type[Wish],
    act: Callable[[Wish, Terminal], int],
    *,
    name: str,
    about: str,
    params: Sequence[click.Parameter] = (),
) -> click.Command:
    """Make a command whose parameters fill a `wish`; `act` answers the exit code."""

    def callback(**given: Any) -> int:
        context = click.get_current_context()
        terminal = context.find_object(Terminal)
        assert terminal is not None, "the command line was started without a terminal"  # noqa: S101
        if not getattr(context.command, "takes_user", False):
            _refuse_user(terminal, context)
        return act(wish(**given), terminal)

    return Command(
        name,
        params=list(params),
        callback=callback,
        help=about,
        context_settings=_NAMES_OF_HELP | _WIDTH,
        options_metavar="",
    )


def _refuse_user(terminal: Terminal, context: click.Context) -> None:
    """Refuse a command that would seem to be limited to a user's divisions and be not."""
    if terminal.is_user_named:
        sentence = _(
            "%(command)s is for whoever runs this computer: it works on the whole installation, with "
            "no user's rights and divisions; leave out --as"
        )
        raise click.UsageError(sentence % {"command": context.command_path}, context)


def for_users(maker: Callable[[], click.Command]) -> Callable[[], click.Command]:
    """Let the command that is made be run on behalf of a user (`--as`); all others refuse it."""

    def made() -> click.Command:
        command = maker()
        command.takes_user = True  # type: ignore[attr-defined]
        return command

    return made


def option(*names: str, about: str, kind: click.ParamType[Any] = click.STRING) -> click.Option:
    """Declare an option that takes a value; None if it is not given."""
    return click.Option(names, type=kind, help=about, metavar=kind.name)


def flag(*names: str, about: str) -> click.Option:
    """Declare an option that is given or not."""
    return click.Option(names, is_flag=True, help=about)


class _Argument(Protocol):
    def __call__(
        self, name: str, *, about: str, kind: click.ParamType[Any] = ..., required: bool = ...
    ) -> click.Argument: ...


def _argument(nargs: int) -> _Argument:
    def declare(
        name: str,
        *,
        about: str,
        kind: click.ParamType[Any] = click.STRING,
        required: bool = True,
    ) -> click.Argument:
        shown = f"{name.removesuffix('s').upper()}…" if nargs < 0 else name.upper()
        return click.Argument(
            [name],
            type=kind,
            nargs=nargs,
            required=required,
            help=about,
            metavar=shown if required else f"[{shown}]",
        )

    return declare


argument = _argument(1)
arguments = _argument(-1)


class _OwnWords(click.Command):
    """Writes help under our own headings, and refuses surplus words in our own."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=_("Usage: "))

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        options = [p for p in self.params if isinstance(p, click.Option)]
        found = [piece for piece in super().collect_usage_pieces(ctx) if piece]
        return ([_("[options]")] if options else []) + found

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = _("show this help")
        return found

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [
            (param.make_metavar(ctx), param.help or "")
            for param in self.params
            if isinstance(param, click.Argument)
        ]
        _write_list(formatter, _("Arguments"), rows)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [
            param.get_help_record(ctx)
            for param in self.get_params(ctx)
            if isinstance(param, click.Option)
        ]
        told = [
            (name, about.replace("[required]", _("[required]")))
            for name, about in filter(None, records)
        ]
        self.format_commands(ctx, formatter)
        _write_list(formatter, _("Options"), told)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands below this one; a plain command has none."""


class Command(_OwnWords):
    """One command. `takes_user`: it asks `service.authority` what whoever runs it may do."""

    takes_user = False

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if rest:
            sentence = _("%(words)s: one word too many") % {"words": " ".join(rest)}
            raise click.UsageError(sentence, ctx)
        return rest


@dataclass(frozen=True, slots=True)
class Listed:
    """A command that is listed without being imported; `about` is translated when shown."""

    about: str
    make: Callable[[], click.Command]


class Commands(_OwnWords, click.Group):
    """Commands under one name; `bare` is done where only the name is said, instead of showing help."""

    def __init__(
        self,
        name: str,
        listed: Mapping[str, Listed],
        *,
        about: str,
        params: Iterable[click.Parameter] = (),
        bare: Callable[[Terminal], int] | None = None,
    ) -> None:
        super().__init__(
            name,
            params=list(params),
            help=about,
            context_settings=_NAMES_OF_HELP | _WIDTH,
            options_metavar="",
            subcommand_metavar=_("COMMAND …"),
            no_args_is_help=bare is None,
            invoke_without_command=True,
            callback=_ask_for_command if bare is None else _by_itself(bare),
        )
        self._listed = listed
        self.stands_alone = bare is not None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._listed)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._listed[cmd_name].make() if cmd_name in self._listed else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, _(listed.about)) for name, listed in self._listed.items()]
        _write_list(formatter, _("Commands"), rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self._listed and not args[0].startswith("-"):
            sentence = _("there is no command “%(name)s”.") % {"name": args[0]}
            raise click.UsageError(sentence + hint(args[0], list(self._listed)), ctx)
        return super().resolve_command(ctx, args)


def _by_itself(bare: Callable[[Terminal], int]) -> Callable[[], int]:
    """Answer what is done where no command follows."""

    def callback() -> int:
        context = click.get_current_context()
        terminal = context.find_object(Terminal)
        assert terminal is not None, "the command line was started without a terminal"  # noqa: S101
        if context.invoked_subcommand is not None:
            return 0
        _refuse_user(terminal, context)
        return bare(terminal)

    return callback


def _ask_for_command(**_given: Any) -> None:
    """Show help where options were given and no command."""
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        raise click.exceptions.NoArgsIsHelpError(context)


def in_module(module: str, maker: str = "command") -> Callable[[], click.Command]:
    """Answer what makes a command of a module, importing it only then."""

    def load() -> click.Command:
        made: click.Command = getattr(import_module(f"service.commands.{module}"), maker)()
        return made

    return load


def _write_list(
    formatter: click.HelpFormatter, heading: str, rows: Sequence[tuple[str, str]]
) -> None:
    if rows:
        with formatter.section(heading):
            formatter.write_dl(rows)


def wrong_usage(error: click.UsageError) -> str:
    """Say in our own words what is wrong with a command line."""
    match error:
        case click.NoSuchOption():
            known = error.possibilities or []
            sentence = _("there is no option %(name)s.") % {"name": error.option_name}
            return sentence + (hint(error.option_name, sorted(known)) if known else "")
        case click.BadOptionUsage():
            return _("the option %(name)s needs a value") % {"name": error.option_name}
        case click.MissingParameter():
            return _("%(name)s is missing") % {"name": _name(error.param, error.ctx)}
        case click.BadParameter():
            return f"{_name(error.param, error.ctx)}: {error.message}"
        case _:
            return error.message


def _name(param: click.Parameter | None, ctx: click.Context | None) -> str:
    if param is None:
        return ""
    if isinstance(param, click.Argument) or not param.opts:
        return param.make_metavar(ctx) if ctx is not None else param.name or ""
    return param.opts[-1]
