"""The yearly report for a compliance audit: who looked, took out and changed, and whether it is all there."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from typing import BinaryIO

from sqlalchemy import Connection

from config.language import catalogue
from config.lean import dataclass
from ledgers.audit_reading import Noted, Wanted, noted
from ledgers.audit_verify import Verified
from ledgers.exporting import Cell, SheetPlan, write_workbook
from service.audit_subjects import Subjects
from service.audit_words import details_text, fault_text, kind_text, verdict
from service.wiring import Site

_ = catalogue("service")

_MONTHS = range(1, 13)
_WORDS, _NAME, _COUNT, _MOMENT, _DETAILS = 30.0, 24.0, 6.5, 17.0, 34.0


@dataclass(frozen=True, slots=True)
class Year:
    """What is reported: a year of a site's events, and what verifying the chain found."""

    site: Site
    year: int
    made_on: date
    verified: Verified

    @property
    def wanted(self) -> Wanted:
        """The events of the year, by the site's days."""
        return Wanted(since=self._starts(self.year), until=self._starts(self.year + 1))

    def _starts(self, year: int) -> datetime:
        return datetime.combine(date(year, 1, 1), time(), self.site.zone)


def write_report(connection: Connection, asked: Year, stream: BinaryIO) -> int:
    """Write the workbook; answer how many events the year had."""
    counts: Counter[tuple[str, str, int]] = Counter()
    for one in noted(connection, asked.wanted):
        month = one.at.astimezone(asked.site.zone).month if one.at else 0
        counts[one.kind, one.actor, month] += 1
    write_workbook(
        stream,
        [
            _summary(asked, counts),
            _counted(
                asked, counts, (_("by kind"), _("kind of act")), lambda key: kind_text(key[0])
            ),
            _counted(asked, counts, (_("by actor"), _("who")), lambda key: key[1]),
            _listed(asked, connection, _("exports"), lambda one: one.is_export),
            _listed(asked, connection, _("refused accesses"), lambda one: one.is_refused),
        ],
        properties={"year": str(asked.year), "head": asked.verified.head},
    )
    return counts.total()


def _summary(asked: Year, counts: Counter[tuple[str, str, int]]) -> SheetPlan:
    verified = asked.verified
    actors = {actor for _kind, actor, _month in counts}
    faults: list[list[Cell]] = [[_("fault"), fault_text(one)] for one in verified.findings]
    rows: list[list[Cell]] = [
        [_("events of the year"), counts.total()],
        [_("people and programs that acted"), len(actors)],
        [_("events of the whole chain"), verified.count],
        [_("newest event (hash)"), verified.head or "-"],
        [_("verification"), verdict(verified)],
        *faults,
    ]
    return SheetPlan(
        title=_("summary"),
        headings=[_("point"), _("value")],
        rows=rows,
        heading=_title(asked),
        note=_(
            "Drawn up on %(day)s for the yearly compliance audit. Purposes are as they were given; "
            "names and numbers of people stand nowhere in it."
        )
        % {"day": asked.made_on},
        widths={0: _WORDS, 1: 70},
    )


def _counted(
    asked: Year,
    counts: Counter[tuple[str, str, int]],
    words: tuple[str, str],
    name_of: Callable[[tuple[str, str, int]], str],
) -> SheetPlan:
    title, heading = words
    table: dict[str, Counter[int]] = {}
    for key, count in counts.items():
        table.setdefault(name_of(key), Counter())[key[2]] += count
    months = [_("month %(number)s") % {"number": month} for month in _MONTHS]
    rows: list[list[Cell]] = [
        [name, *(of[month] or None for month in _MONTHS), of.total()]
        for name, of in sorted(table.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    ]
    return SheetPlan(
        title=title,
        headings=[heading, *months, _("total")],
        rows=rows,
        heading=_title(asked),
        widths={0: _WORDS, **dict.fromkeys(range(1, 14), _COUNT)},
        landscape=True,
    )


def _listed(
    asked: Year, connection: Connection, title: str, is_wanted: Callable[[Noted], bool]
) -> SheetPlan:
    subjects = Subjects(connection)

    def rows() -> Iterator[Sequence[Cell]]:
        for one in filter(is_wanted, noted(connection, asked.wanted)):
            yield [
                one.number,
                moment_text(one, asked.site),
                kind_text(one.kind),
                one.actor,
                subjects.called(one.subject),
                one.purpose,
                details_text(one.details),
            ]

    headings = [
        _("event"),
        _("when"),
        _("kind of act"),
        _("who"),
        _("subject"),
        _("purpose"),
        _("details"),
    ]
    return SheetPlan(
        title=title,
        headings=headings,
        rows=rows(),
        heading=f"{_title(asked)} · {title}",
        widths={1: _MOMENT, 2: _WORDS, 3: _NAME, 4: _NAME, 5: _DETAILS, 6: _NAME},
        landscape=True,
    )


def moment_text(one: Noted, site: Site) -> str:
    """Say when, in the site's zone."""
    return "?" if one.at is None else f"{one.at.astimezone(site.zone):%Y-%m-%d %H:%M}"


def _title(asked: Year) -> str:
    name = asked.site.configuration.site.name
    return _("%(site)s: audit report %(year)s") % {"site": name, "year": asked.year}
