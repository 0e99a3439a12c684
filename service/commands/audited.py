"""Exports as the law wants them: what for is asked, and that it was done is written down first."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import click

from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from ledgers.audit_chain import refuse_purpose
from service.auditing import note_alone
from service.commands.workbooks import Source, Write, write_out
from service.commands.workbooks import Target as File
from service.errors import CommandWrong
from service.terminal import Terminal

_ = catalogue("service")

_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Target:
    """Which export, into which file, and what for; the others as in `service.commands.workbooks`."""

    name: str
    file: Path
    purpose: str | None
    replace: bool
    right: Right = Right.EXPORT
    of_all: bool = False
    password: bool = False


def purpose_option() -> click.Option:
    """Declare what an export is for."""
    return click.Option(
        ["--purpose"], metavar="TEXT", help=_("what it is for; asked for if left out")
    )


def purpose_said(given: str | None, terminal: Terminal) -> str:
    """Answer what an export is for: as said, else as typed when asked.

    Raises:
        CommandWrong: nobody said it, and nobody is there to be asked.
        PurposeRefused: these words are no purpose.
    """
    if given is None and terminal.given is not None and terminal.is_typed:
        terminal.warn(_("What is it for? It is kept in the audit chain."))
        given = terminal.given.readline().strip()
    if given is None:
        raise CommandWrong(_("say what the file is for: --purpose, in a few words"))
    refuse_purpose(given)
    return given


def write_audited(
    write: Write,
    target: Target,
    terminal: Terminal,
    *,
    about: Mapping[str, str] = MappingProxyType({}),
    more: Mapping[str, object] = _NOTHING,
) -> int:
    """Write a workbook as `write_out` does; nobody gets it before it stands in the audit chain.

    `about` is what else stands there (`subject`, `region` …); `write` may fill it.

    Raises:
        CommandWrong, PurposeRefused, AccessError: as `write_out` and `purpose_said`.
    """
    said = purpose_said(target.purpose, terminal)

    def write_and_note(source: Source, stream: BinaryIO) -> int:
        rows = write(source, stream)
        details = {name: value for name, value in about.items() if name != "subject"}
        subject = about.get("subject")
        kind = f"export.{target.name}"
        note_alone(source.site, kind, subject=subject, purpose=said, rows=rows, **details)
        return rows

    file = File(target.file, target.replace, target.right, target.of_all, target.password)
    return write_out(write_and_note, file, terminal, more=more)
