"""A workbook written for somebody: whole or not there at all, and readable by its owner only."""

import errno
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import click
from sqlalchemy import Connection

from alerts.in_force import InForce
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from ledgers.protecting import protect, refuse_password
from service.authority import Authority, authority
from service.commandline import argument, flag
from service.commands.sites import looking, opened
from service.errors import CommandWrong
from service.inputs import FilePath
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Source:
    """What an export is made from, and what whoever wants it may see."""

    connection: Connection
    site: Site
    in_force: InForce
    who: Authority


@dataclass(frozen=True, slots=True)
class Target:
    """Into which file; `replace`: one that is there is meant to go.

    `right` is what it takes. Only what names somebody (`EXPORT_NAMES`) may open sealed fields;
    `of_all`: it cannot be made for some divisions only. `password`: one is asked for, and the file
    opens with it only.
    """

    file: Path
    replace: bool
    right: Right = Right.EXPORT
    of_all: bool = False
    password: bool = False


Write = Callable[[Source, BinaryIO], int]
"""Writes a workbook and answers how many rows."""


def file_argument() -> click.Argument:
    """Declare the file an export writes."""
    about = _("a new workbook, such as FILE.xlsx")
    return argument("file", about=about, kind=FilePath("FILE.xlsx"))


def replace_flag() -> click.Option:
    """Declare that a file that is there may go."""
    return flag("--replace", about=_("overwrite the file if it is there"))


def password_flag() -> click.Option:
    """Declare that the file is to be protected."""
    return flag("--password", about=_("ask for a password, with which alone the file opens"))


def write_out(
    write: Write,
    target: Target,
    terminal: Terminal,
    *,
    more: Mapping[str, object] = MappingProxyType({}),
) -> int:
    """Write a workbook beside its place and move it there when it is whole; only its owner reads it.

    `more` is what `--json` answers beside file and rows; `write` may fill it.

    Raises:
        CommandWrong: there is a file of that name, or it is named as something else.
        PasswordTooShort: nothing was written.
        AccessError: as `service.authority.authority`.
    """
    file = target.file
    if file.suffix.lower() != ".xlsx":
        raise CommandWrong(_("%(file)s: name a workbook, ending in .xlsx") % {"file": file})
    if file.exists() and not target.replace:
        raise CommandWrong(
            _("%(file)s is there already; choose another name, or say --replace") % {"file": file}
        )
    if not file.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "", str(file.parent))
    with opened(terminal) as site:
        who = authority(site, terminal, target.right, of_all=target.of_all)
        password = _chosen(terminal) if target.password else None
        seen = (
            site if target.right is Right.EXPORT_NAMES else replace(site, vault=site.vault.shut())
        )
        with (
            _draft_of(file) as stream,
            looking(site, site.clock()) as (connection, in_force, _today),
        ):
            count = _write(write, Source(connection, seen, in_force, who), stream, password)
    terminal.say(_("%(file)s: rows: %(count)s") % {"file": file, "count": count})
    terminal.answer({"file": str(file), "rows": count, **more})
    return 0


@contextmanager
def _draft_of(file: Path) -> Iterator[BinaryIO]:
    """Open a file beside its place, to be moved there when it is whole."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        draft.touch(mode=0o600)
        with draft.open("wb") as stream:
            yield stream
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _write(write: Write, source: Source, stream: BinaryIO, password: str | None) -> int:
    if password is None:
        return write(source, stream)
    unprotected = BytesIO()
    count = write(source, unprotected)
    protect(unprotected.getvalue(), password, stream)
    return count


def _chosen(terminal: Terminal) -> str:
    """Answer a new password, typed twice, or piped in once."""
    password = terminal.ask(_("password of the file"))
    if password is None:
        raise CommandWrong(_("type a password for the file at a terminal, or pipe it in"))
    refuse_password(password)
    if terminal.is_typed and terminal.ask(_("the same again")) != password:
        raise CommandWrong(_("these were two different passwords; nothing was written"))
    return password
