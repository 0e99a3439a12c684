"""`audit verify | list | report`: the chain of who looked, took out and changed."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO

import click
from sqlalchemy import Connection

from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from ledgers.audit_reading import Noted, Wanted, noted
from ledgers.audit_verify import KnownHead, Verified, verify
from service.audit_heads import HeadFile
from service.audit_report import Year, moment_text, write_report
from service.audit_subjects import Subjects, subject_called
from service.audit_words import details_text, fault_text, kind_text, verdict
from service.authority import authority
from service.commandline import flag, for_users, make, option
from service.commands.audited import Target, purpose_option, write_audited
from service.commands.sites import opened
from service.commands.workbooks import Source, file_argument, replace_flag
from service.errors import CommandWrong, HeadFileBroken
from service.inputs import Day
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")

_WHOLE, _BROKEN = 0, 1
_USUAL_LIMIT = 100
_SHORTEST_HEAD = 16


@dataclass(frozen=True, slots=True)
class Verify:
    """A head noted elsewhere."""

    head: str | None


@dataclass(frozen=True, slots=True)
class List:
    """Of whom, of which kind, by whom, of which days."""

    subject: str | None
    kind: str | None
    actor: str | None
    from_: date | None
    to: date | None
    all: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Of which year, into which file."""

    file: Path
    year: int
    purpose: str | None
    replace: bool


@for_users
def verify_command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Verify,
        _verify,
        name="verify",
        about=_(
            "Goes through the audit chain and says which events were edited, are missing, stand out "
            "of order or were cut off. Ends with 1 if anything is wrong."
        ),
        params=[
            option("--head", about=_("a hash that `backup` or the log named: it must be there"))
        ],
    )


@for_users
def list_command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        List,
        _list,
        name="list",
        about=_("Shows what was noted, the newest 100 unless --all is said."),
        params=[
            option("--subject", about=_("about this: a village number, a handle or an id")),
            option("--kind", about=_("of this kind, or group: export, export.roster, file.read")),
            option("--actor", about=_("by this actor: daemon, os:NAME, user:NAME")),
            click.Option(
                ["--from", "from_"], type=Day(), metavar=Day.name, help=_("from this day on")
            ),
            option("--to", about=_("up to this day"), kind=Day()),
            flag("--all", about=_("all of them")),
        ],
    )


@for_users
def report_command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Report,
        _report,
        name="report",
        about=_(
            "Writes the report for the yearly audit: counts by kind, actor and month, exports with "
            "their purposes, refused accesses, and whether the chain is whole."
        ),
        params=[
            file_argument(),
            click.Option(
                ["--year"],
                type=click.IntRange(2000, 9998),
                required=True,
                metavar="YEAR",
                help=_("which year"),
            ),
            purpose_option(),
            replace_flag(),
        ],
    )


def _verify(wish: Verify, terminal: Terminal) -> int:
    with opened(terminal) as site:
        authority(site, terminal, Right.READ_AUDIT, of_all=True)
        known = [*_given(wish.head), *_kept(site, terminal)]
        found = _verified(site, known)
    terminal.say(verdict(found))
    for one in found.findings:
        terminal.say(f"  {fault_text(one)}")
    if found.head:
        terminal.say(_("newest event: %(head)s") % {"head": found.head})
    findings = [{**asdict(one), "what": fault_text(one)} for one in found.findings]
    terminal.answer({"events": found.count, "head": found.head, "findings": findings})
    return _BROKEN if found.findings else _WHOLE


def _verified(site: Site, known: list[KnownHead]) -> Verified:
    with site.database.reading() as connection:
        return verify(connection, known)


def _given(head: str | None) -> list[KnownHead]:
    if head is None:
        return []
    wanted = head.strip().lower()
    if len(wanted) < _SHORTEST_HEAD or set(wanted) - set("0123456789abcdef"):
        raise CommandWrong(
            _("--head takes at least %(count)s letters of a hash") % {"count": _SHORTEST_HEAD}
        )
    return [KnownHead(wanted)]


def _kept(site: Site, terminal: Terminal) -> list[KnownHead]:
    try:
        known = HeadFile.of(site).read()
    except HeadFileBroken as error:
        terminal.warn(str(error))
        return []
    return [] if known is None else [known]


def _list(wish: List, terminal: Terminal) -> int:
    with opened(terminal) as site:
        authority(site, terminal, Right.READ_AUDIT, of_all=True)
        with site.database.reading() as connection:
            found = noted(connection, _wanted(wish, connection, site))
            _show(list(found) if wish.all else _newest(found), connection, site, terminal)
    return 0


def _show(lines: Sequence[Noted], connection: Connection, site: Site, terminal: Terminal) -> None:
    if not lines:
        terminal.say(_("Nothing of the kind was noted."))
    subjects = Subjects(connection)
    headings = [_("event"), _("when"), _("kind of act"), _("who"), _("subject")]
    terminal.table(
        [*headings, _("purpose"), _("details")],
        [
            (
                *(one.number, moment_text(one, site), kind_text(one.kind), one.actor),
                *(subjects.called(one.subject), one.purpose, details_text(one.details)),
            )
            for one in lines
        ],
    )
    terminal.answer([asdict(one) for one in lines])


def _newest(found: Iterator[Noted]) -> Sequence[Noted]:
    return deque(found, maxlen=_USUAL_LIMIT)


def _wanted(wish: List, connection: Connection, site: Site) -> Wanted:
    if wish.from_ and wish.to and wish.from_ > wish.to:
        raise CommandWrong(_("the first day is after the last"))
    return Wanted(
        subject=None if wish.subject is None else subject_called(connection, wish.subject),
        kind=wish.kind,
        actor=wish.actor,
        since=None if wish.from_ is None else _starts(wish.from_, site),
        until=None if wish.to is None else _starts(wish.to + timedelta(days=1), site),
    )


def _starts(day: date, site: Site) -> datetime:
    return datetime.combine(day, time(), site.zone)


def _report(wish: Report, terminal: Terminal) -> int:
    def write(source: Source, stream: BinaryIO) -> int:
        site = source.site
        verified = verify(source.connection, _kept(site, terminal))
        asked = Year(site, wish.year, site.today(site.clock()), verified)
        return write_report(source.connection, asked, stream)

    right = Right.READ_AUDIT
    target = Target("audit", wish.file, wish.purpose, wish.replace, right, of_all=True)
    return write_audited(write, target, terminal)
