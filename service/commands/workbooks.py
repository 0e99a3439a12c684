"""A workbook written for somebody: whole or not there at all, and readable by its owner only."""

import errno
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import click
from sqlalchemy import Connection

from alerts.in_force import InForce
from config.language import catalogue
from ledgers.protecting import protect, refuse_password
from service.commandline import argument, flag
from service.commands.sites import looking, opened
from service.errors import CommandWrong
from service.inputs import FilePath
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Source:
    """What an export is made from."""

    connection: Connection
    site: Site
    in_force: InForce


@dataclass(frozen=True, slots=True)
class Target:
    """Into which file; `replace`: one that is there is meant to go.

    Only what `is_secret` may open sealed fields, for it names somebody; `password`: one is asked for,
    and the file opens with it only.
    """

    file: Path
    replace: bool
    is_secret: bool = False
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
    password = _chosen(terminal) if target.password else None
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        draft.touch(mode=0o600)
        with (
            opened(terminal) as site,
            looking(site, site.clock()) as (connection, in_force, _today),
            draft.open("wb") as stream,
        ):
            seen = site if target.is_secret else replace(site, vault=site.vault.shut())
            count = _write(write, Source(connection, seen, in_force), stream, password)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    terminal.say(_("%(file)s: rows: %(count)s") % {"file": file, "count": count})
    terminal.answer({"file": str(file), "rows": count, **more})
    return 0


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
