"""`import --compare`: what another system's list says otherwise; the ledger stays as it is."""

import re
from collections.abc import Sequence
from pathlib import Path

from alerts.wording_differences import Differing, Words
from config.language import catalogue
from config.lean import dataclass
from ledgers.comparing import Compared, Comparing, Comparison, compare
from ledgers.differing import Difference
from ledgers.errors import FileRefused
from ledgers.imports import problem_json
from ledgers.regions import load_regions
from ledgers.rows import FileRows
from service.auditing import Act, note_alone
from service.commands.import_reports import tell_objections
from service.commands.sites import acting
from service.importing import import_context
from service.terminal import Terminal
from service.wakeup import announce
from service.wiring import Site

_ = catalogue("service")

_DONE, _FAILED = 0, 1
_MOST_SHOWN = 20
_LONGEST_SOURCE = 100
_DATED = re.compile(r"[\s_\-—（(]*\d[\d.\-_年月日]*[)）]?$")


@dataclass(frozen=True, slots=True)
class Against:
    """Which lists to compare, as whose, and whether they list everybody and anything is kept."""

    files: Sequence[FileRows]
    source: str | None
    partial: bool
    dry_run: bool


def compare_all(
    against: Against, refused: Sequence[FileRefused], site: Site, terminal: Terminal
) -> int:
    """Compare each list with the ledger, say what differs, and keep it."""
    now = site.clock()
    told: list[Comparison] = []
    for rows in against.files:
        with acting(site, now) as (_connection, plan, _today):
            context = import_context(site, plan, now=now, recorded_by="cli")
        how = Comparing(
            source=(against.source or source_of(rows.file))[:_LONGEST_SOURCE],
            whole=not against.partial,
            writes=not against.dry_run,
        )
        with terminal.progress(_("comparing %(file)s") % {"file": rows.file}) as progress:
            found = compare(site.database, rows, context, how, progress=progress)
        rows_read, differing = found.counts[Compared.READ], found.counts[Compared.DIFFERING]
        note_alone(site, Act.COMPARED, rows=rows_read, differing=differing)
        told.append(found)
        _tell(found, site, terminal, dry_run=against.dry_run)
    if not against.dry_run:
        announce(site.database)
    for one in refused:
        terminal.warn(str(one))
    terminal.answer(
        {
            "files": [_as_json(one, dry_run=against.dry_run) for one in told],
            "refused": [{"file": one.file, "sentence": str(one)} for one in refused],
        }
    )
    return _FAILED if refused else _DONE


def source_of(file: str) -> str:
    """Answer whose list a file is, by its name without its day: 系统导出20270301 is 系统导出."""
    stem = Path(file).stem
    return _DATED.sub("", stem) or stem


def _tell(found: Comparison, site: Site, terminal: Terminal, *, dry_run: bool) -> None:
    terminal.say(_("%(file)s, compared as a list of: %(source)s") % _named(found))
    names = _counted()
    rows = [(names[count], found.counts[count]) for count in Compared if found.counts[count]]
    terminal.table([_("what"), _("how many")], rows)
    for sheet in found.skipped:
        terminal.say(_("The sheet “%(sheet)s” holds nothing to import.") % {"sheet": sheet})
    if found.differences:
        _tell_differences(found.differences, site, terminal)
    tell_objections(found.problems, terminal)
    if dry_run:
        terminal.say(_("This was a trial: nothing was written."))
    elif found.differences:
        terminal.say(_("`shouwang export differences FILE.xlsx` writes all of them as a workbook."))
    terminal.say(_("The ledger is as it was."))


def _tell_differences(found: Sequence[Difference], site: Site, terminal: Terminal) -> None:
    with site.database.reading() as connection:
        places = {region.code: region.name for region in load_regions(connection)}
    words = Words(site.configuration, places)
    terminal.say(_("What differs:"))
    for one in found[:_MOST_SHOWN]:
        said = Differing(one.kind, one.ledger, one.field, one.ours, one.theirs)
        ours, theirs = words.values(said)
        text = f"{words.field(said)}: {ours} / {theirs}" if ours else words.field(said)
        terminal.say(f"  {_where(one, places)}: {text}")
    if len(found) > _MOST_SHOWN:
        terminal.say("  " + _("and %(more)s more") % {"more": len(found) - _MOST_SHOWN})


def _where(one: Difference, places: dict[str, str]) -> str:
    """Answer our number; of one that we have not, where the other list has it."""
    if one.number is not None:
        return one.number
    parts = [places.get(one.region or "", "")]
    if one.place is not None:
        parts += [one.place.sheet, _("row %(row)s") % {"row": one.place.row}]
    return " · ".join(filter(None, parts))


def _named(found: Comparison) -> dict[str, str]:
    return {"file": found.file, "source": found.source}


def _counted() -> dict[Compared, str]:
    return {
        Compared.READ: _("rows read"),
        Compared.SAME: _("entries that agree"),
        Compared.DIFFERING: _("entries that differ"),
        Compared.ONLY_HERE: _("only in our ledger"),
        Compared.ONLY_THERE: _("only in the other list"),
        Compared.UNCLEAR: _("rows that fit no entry for certain"),
        Compared.NEW: _("differences found for the first time"),
        Compared.SETTLED: _("differences settled since"),
    }


def _as_json(found: Comparison, *, dry_run: bool) -> dict[str, object]:
    return {
        "file": found.file,
        "source": found.source,
        "import_id": found.import_id,
        "dry_run": dry_run,
        "counts": {str(count): found.counts[count] for count in Compared},
        "differences": [
            {
                "kind": str(one.kind),
                "ledger": one.ledger,
                "number": one.number,
                "field": one.field,
                "ours": one.ours,
                "theirs": one.theirs,
                "region": one.region,
                "sheet": one.place.sheet if one.place else None,
                "row": one.place.row if one.place else None,
            }
            for one in found.differences
        ],
        "problems": [problem_json(problem) for problem in found.problems],
        "skipped": list(found.skipped),
    }
