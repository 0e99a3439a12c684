"""`demo`: the whole job on a made-up county."""

from collections.abc import Callable
from pathlib import Path

import click

from config.language import catalogue
from config.lean import dataclass
from service import demo
from service.commandline import argument, flag, make
from service.inputs import FilePath
from service.terminal import Terminal

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Wish:
    """Where it plays, and whether the daemon stays up afterwards."""

    folder: Path | None
    stay: bool


def command(run: Callable[[Wish, Terminal], int] | None = None) -> click.Command:
    """Answer the command, in the language of the moment; `run` tells the story in another way."""
    return make(
        Wish,
        run or _do,
        name="demo",
        about=_(
            "Shows the whole job on a made-up county: workbooks in, mails out through a real "
            "server on this machine, a filled-in form back. Nothing leaves this machine."
        ),
        params=[
            argument(
                "folder",
                about=_("a new folder; one here if left out"),
                kind=FilePath(),
                required=False,
            ),
            flag("--stay", about=_("keep the daemon up afterwards, until Ctrl-C")),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    return demo.run(terminal, folder=wish.folder, stay=wish.stay)
