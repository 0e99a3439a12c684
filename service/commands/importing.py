"""`import`: workbooks into the ledger; what is wrong is set apart and named."""

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from datetime import timedelta
from pathlib import Path

import click

from alerts.plan import Plan, plan_messages
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from ledgers.consents import count_missing
from ledgers.errors import FileRefused
from ledgers.importing import apply_import, plan_import
from ledgers.imports import Count, ImportContext, ImportReport
from ledgers.reading.counties import known_counties
from ledgers.reading.reader import read
from ledgers.reading.vocabulary import Kind
from ledgers.rows import FileRows
from service.auditing import Act, note_alone
from service.authority import authority
from service.commandline import arguments, flag, for_users, make, option
from service.commands.comparing import Against, compare_all
from service.commands.import_reports import (
    consequences_json,
    tell_consents,
    tell_consequences,
    tell_report,
)
from service.commands.sites import acting, looking, opened
from service.copies import copied
from service.errors import CommandWrong
from service.importing import import_context, vocabulary_of
from service.inputs import FilePath, Word
from service.terminal import Terminal
from service.wakeup import announce
from service.wiring import Site

_ = catalogue("service")

_WEEK = timedelta(days=7)
"""How far ahead an import says what it causes: to everybody's next message."""

_DONE, _FAILED, _QUARANTINED = 0, 1, 3
_ORDER = ("regions", "persons", "children", "institutions", "records")
"""Who must be known before whom: places, then people, then children, then what was done."""

_LEDGERS = {
    "children": ("儿童", "儿童台账"),
    "institutions": ("机构", "机构台账", "机构名单"),
    "persons": ("人员", "人员名单"),
    "regions": ("区划", "行政区划"),
    "records": ("记录", "登记表", "走访登记表"),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Which files, as what, and whether anything is written. `force`: so many changes are meant.

    `compare`: they are another system's lists, of which `source` is the name; `partial`: they do not
    list everybody.
    """

    files: tuple[Path, ...]
    dry_run: bool
    ledger: str | None
    force: bool
    compare: bool
    source: str | None
    partial: bool


@dataclass(slots=True)
class _Outcome:
    """What became of the files."""

    reports: list[ImportReport] = field(default_factory=list)
    refused: list[FileRefused] = field(default_factory=list)
    without_consent: int = 0

    @property
    def code(self) -> int:
        if self.refused or any(report.needs_answer for report in self.reports):
            return _FAILED
        return _QUARANTINED if any(one.has_quarantined for one in self.reports) else _DONE


@for_users
def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="import",
        about=_(
            "Brings workbooks (xlsx, xls, ods, csv) into the ledger: children, institutions, "
            "people, divisions, filled-in forms. Importing a file again changes nothing. Rows with mistakes are set "
            "apart, to be mended with `export quarantine` and imported again."
        ),
        params=[
            arguments("files", about=_("the workbooks"), kind=FilePath()),
            flag("--dry-run", about=_("only say what would happen; nothing is written")),
            option(
                "--ledger",
                about=_("what the sheets hold, if they do not say so themselves"),
                kind=Word("NAME", _LEDGERS),
            ),
            flag("--force", about=_("so many names, births or ID numbers are meant to change")),
            flag(
                "--compare",
                about=_("only compare: another system's lists; the ledger stays as it is"),
            ),
            option(
                "--source", about=_("with --compare: whose lists; their file's name if left out")
            ),
            flag("--partial", about=_("with --compare: the lists do not name everybody")),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    if not wish.compare and (wish.partial or wish.source is not None):
        raise CommandWrong(_("--source and --partial go with --compare only"))
    with opened(terminal) as site:
        # Rows are matched with the whole ledger, and what they miss is looked for in all of it.
        authority(site, terminal, Right.IMPORT, of_all=True)
        outcome = _Outcome()
        files = sorted(_read_all(wish, site, outcome, terminal), key=_rank)
        if wish.compare:
            against = Against(files, wish.source, wish.partial, wish.dry_run)
            return compare_all(against, outcome.refused, site, terminal)
        if wish.dry_run:
            with copied(site) as copy:
                caused = _import_all(files, copy, outcome, wish=wish, terminal=terminal)
        else:
            caused = _import_all(files, site, outcome, wish=wish, terminal=terminal)
            announce(site.database)
    for refused in outcome.refused:
        terminal.warn(str(refused))
    terminal.answer(_as_json(outcome, caused))
    return outcome.code


def _read_all(wish: Wish, site: Site, outcome: _Outcome, terminal: Terminal) -> Iterator[FileRows]:
    """Read every file before anything is written; one that is refused stops no other."""
    kind = None if wish.ledger is None else Kind(wish.ledger)
    vocabulary = vocabulary_of(site.configuration)
    counties = known_counties() | {site.configuration.site.region[:6]}
    for at, path in enumerate(wish.files, start=1):
        with terminal.progress(_("reading %(file)s") % {"file": path.name or path}) as progress:
            progress(at - 1, len(wish.files))
            try:
                yield read(path, vocabulary=vocabulary, county_codes=counties, kind=kind)
            except FileRefused as error:
                outcome.refused.append(error)


def _rank(rows: FileRows) -> int:
    return min(_ORDER.index(sheet.kind) for sheet in rows.sheets)


def _import_all(
    files: Sequence[FileRows], site: Site, outcome: _Outcome, *, wish: Wish, terminal: Terminal
) -> Plan | None:
    """Import one file after the other, and answer what goes out because of all of them."""
    now = site.clock()
    for rows in files:
        with acting(site, now) as (_connection, plan, _today):
            context = import_context(site, plan, now=now, recorded_by="cli")
        report = _import(rows, site, context, wish=wish, terminal=terminal)
        if report.import_id is not None and not report.changed_nothing:
            read = report.counts.get(Count.READ, 0)
            note_alone(site, Act.IMPORTED, subject=report.import_id, rows=read)
        outcome.reports.append(replace(report, dry_run=wish.dry_run))
        tell_report(outcome.reports[-1], terminal)
    return _consequences(site, outcome, terminal)


def _import(
    rows: FileRows, site: Site, context: ImportContext, *, wish: Wish, terminal: Terminal
) -> ImportReport:
    """Import one file; for a trial, into a copy, where the files before it are in already."""
    plan = plan_import(site.database, rows, context)
    with terminal.progress(_("importing %(file)s") % {"file": rows.file}) as progress:
        return apply_import(site.database, plan, context, force=wish.force, progress=progress)


def _consequences(site: Site, outcome: _Outcome, terminal: Terminal) -> Plan | None:
    """Answer what goes out within a week; None if the ledger is (or would be) as it was."""
    if all(report.changed_nothing or report.needs_answer for report in outcome.reports):
        return None
    with looking(site, site.clock()) as (connection, in_force, today):
        caused = plan_messages(connection, in_force, first=today, last=today + _WEEK)
        outcome.without_consent = count_missing(connection, today)
    tell_consequences(caused, site, terminal)
    tell_consents(outcome.without_consent, terminal)
    return caused


def _as_json(outcome: _Outcome, caused: Plan | None) -> dict[str, object]:
    refused: Sequence[FileRefused] = outcome.refused
    return {
        "files": [report.as_json() for report in outcome.reports],
        "refused": [{"file": one.file, "sentence": str(one)} for one in refused],
        "without_consent": outcome.without_consent,
        "causes": None if caused is None else consequences_json(caused),
    }
