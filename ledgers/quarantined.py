"""Rows that wait to be mended: kept sealed, written out as a workbook, and settled when they return."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import Connection, RowMapping, insert, select, update

from config.language import catalogue
from config.lean import dataclass
from ledgers.exporting import Cell, SheetPlan, write_workbook
from ledgers.facts import Facts
from ledgers.ids import new_ids
from ledgers.problems import problem_sentence
from ledgers.rows import Place, Problem, Severity
from ledgers.sealing import Spot, Vault
from ledgers.tables import quarantine

_ = catalogue("ledgers")

ID_HEADING = "隔离编号"
"""The hidden column by which a mended row is known when it comes back."""

EXTRA_COLUMNS = {"quarantine": (ID_HEADING,)}
"""For reading: `Vocabulary.extended(…, extras=EXTRA_COLUMNS)` keeps that column with each row."""

_TITLES = {"children": "儿童台账", "institutions": "机构台账", "persons": "人员", "regions": "区划"}
_NAME_HEADINGS = ("姓名", "机构名称", "儿童姓名", "孩子姓名", "name")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not taken, what it says by heading, and everything wrong with it."""

    kind: str
    problems: tuple[Problem, ...]
    texts: Mapping[str, str]

    @property
    def place(self) -> Place:
        """Where the row stands."""
        return self.problems[0].place

    @property
    def subject(self) -> str | None:
        """Answer the name in the row, None if it has none."""
        return next((self.texts[h] for h in _NAME_HEADINGS if self.texts.get(h)), None)


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A row that was taken: where it stands, the name in it, and the waiting row it puts right."""

    place: Place
    name: str | None = field(repr=False)
    mends: str | None

    @classmethod
    def of(cls, facts: Facts) -> "GoodRow":
        """Answer what a child's row puts right."""
        return cls(facts.place, facts.secrets.get("sealed_name"), facts.mends)


def keep_bad_rows(
    connection: Connection, vault: Vault, bad: Sequence[BadRow], *, now: datetime, import_id: str
) -> int:
    """Write rows that do not wait yet, one line for each problem; answer how many lines.

    A row that waits already stays as it is, even if something else is wrong with it by now.
    """
    keyed = [(one, _row_key(vault, one)) for one in bad]
    known = _known_keys(connection, [key for _one, key in keyed])
    lines = [
        (one, key, problem) for one, key in keyed if key not in known for problem in one.problems
    ]
    rows = [
        {
            "id": id_,
            "import_id": import_id,
            "kind": one.kind,
            "row_key": key,
            "subject_key": subject_key(vault, one.subject),
            "sealed_row": vault.seal(
                json.dumps(dict(one.texts), ensure_ascii=False),
                Spot("quarantine", "sealed_row", id_),
            ),
            **_columns(problem),
        }
        for id_, (one, key, problem) in zip(new_ids(now, len(lines)), lines, strict=True)
    ]
    if rows:
        connection.execute(insert(quarantine), rows)
    return len(rows)


def settle_mended(
    connection: Connection,
    vault: Vault,
    rows: tuple[Iterable[GoodRow], Sequence[BadRow]],
    *,
    now: datetime,
    import_id: str,
) -> int:
    """Mark as mended what good rows put right; answer how many lines.

    `rows` are an import's good ones and its bad ones, which go on waiting. A row is known by the id that the mending workbook carried, else by file, sheet and the name
    in it, else, if it had no name, by file, sheet and row.
    """
    good, bad = rows
    waiting = _waiting_lines(connection, {_row_key(vault, one) for one in bad})
    if not waiting.any:
        return 0
    mended: set[str] = set()
    for row in good:
        place = row.place
        name = subject_key(vault, row.name)
        if row.mends is not None:
            mended.update(waiting.same_row.get(row.mends, ()))
        if name is not None:
            mended.update(waiting.by_name.get((place.file[:255], place.sheet[:100], name), ()))
        mended.update(waiting.nameless.get((place.file[:255], place.sheet[:100], place.row), ()))
    if mended:
        connection.execute(
            update(quarantine)
            .where(quarantine.c.id.in_(mended))
            .values(mended_at=now, mended_import_id=import_id)
        )
    return len(mended)


def subject_key(vault: Vault, name: str | None) -> str | None:
    """Answer the look-up key of the name in a row."""
    return None if name is None else vault.lookup("quarantine.subject", "".join(name.split()))


def export_quarantine(connection: Connection, vault: Vault, stream: BinaryIO) -> int:
    """Write every row that waits as a workbook to mend and import again; answer how many.

    There is one sheet for each kind of row. It holds personal data: whoever calls it writes the look
    down.
    """
    lines: dict[str, dict[tuple[str, str, int], list[RowMapping]]] = defaultdict(dict)
    query = (
        select(quarantine)
        .where(quarantine.c.mended_at.is_(None), quarantine.c.sealed_row.is_not(None))
        .order_by(quarantine.c.file, quarantine.c.sheet, quarantine.c.row, quarantine.c.id)
    )
    for line in connection.execute(query).mappings():
        where = (line["file"], line["sheet"], line["row"])
        lines[line["kind"]].setdefault(where, []).append(line)
    sheets = [_sheet(vault, kind, list(rows.values())) for kind, rows in sorted(lines.items())]
    nothing = SheetPlan(_("to mend"), [ID_HEADING], [])
    return write_workbook(stream, sheets or [nothing], is_small=True)


def _sheet(vault: Vault, kind: str, rows: Sequence[Sequence[RowMapping]]) -> SheetPlan:
    opened = [
        json.loads(vault.open(r[-1]["sealed_row"], Spot("quarantine", "sealed_row", r[-1]["id"])))
        for r in rows
    ]
    headings = list(dict.fromkeys(heading for texts in opened for heading in texts))
    why, where = _("what is wrong"), _("where it stood")
    cells: list[list[Cell]] = [
        [
            *(texts.get(heading) for heading in headings),
            "；".join(dict.fromkeys(_sentence(line) for line in lines)),
            f"{lines[0]['file']} · {lines[0]['sheet']} · {lines[0]['row']}",
            lines[-1]["id"],
        ]
        for texts, lines in zip(opened, rows, strict=True)
    ]
    last = len(headings)
    return SheetPlan(
        title=_TITLES.get(kind, "登记表"),
        headings=[*headings, why, where, ID_HEADING],
        rows=cells,
        widths={last: 40, last + 1: 30},
        hidden=frozenset({last + 2}),
        landscape=True,
    )


@dataclass(frozen=True, slots=True)
class _Waiting:
    same_row: Mapping[str, Sequence[str]]
    by_name: Mapping[tuple[str, str, str], Sequence[str]]
    nameless: Mapping[tuple[str, str, int], Sequence[str]]

    @property
    def any(self) -> bool:
        return bool(self.same_row)


def _waiting_lines(connection: Connection, still_bad: AbstractSet[str]) -> _Waiting:
    q = quarantine.c
    query = select(q.id, q.file, q.sheet, q.row, q.subject_key, q.row_key).where(
        q.mended_at.is_(None)
    )
    by_place: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    by_name: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    nameless: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for id_, file, sheet, row, name, row_key in connection.execute(query):
        if row_key in still_bad:
            continue
        by_place[(file, sheet, row)].append(id_)
        if name is None:
            nameless[(file, sheet, row)].append(id_)
        else:
            by_name[(file, sheet, name)].append(id_)
    same_row = {id_: ids for ids in by_place.values() for id_ in ids}
    return _Waiting(same_row, by_name, nameless)


def _known_keys(connection: Connection, keys: Sequence[str]) -> set[str | None]:
    q = quarantine.c
    query = select(q.row_key).where(q.row_key.in_(keys), q.mended_at.is_(None))
    return set(connection.scalars(query))


def _row_key(vault: Vault, bad: BadRow) -> str:
    """The same row of the same sheet, wherever it has moved to, is kept once."""
    place = bad.place
    at = "" if bad.texts else str(place.row)
    said = json.dumps(dict(bad.texts), ensure_ascii=False, sort_keys=True)
    return vault.lookup("quarantine.row", place.file, place.sheet, at, said)


def _columns(problem: Problem) -> dict[str, str | int | None]:
    place = problem.place
    return {
        "file": place.file[:255],
        "sheet": place.sheet[:100],
        "row": place.row,
        "column": None if place.column is None else place.column[:100],
        "field": problem.field[:64],
        "code": problem.code[:64],
        "severity": str(problem.severity),
        "value_class": problem.value_class[:100],
        "value": None if problem.value is None else problem.value[:255],
    }


def _sentence(line: RowMapping) -> str:
    place = Place(line["file"], line["sheet"], line["row"], line["column"])
    problem = Problem(place, line["field"], line["code"], Severity.REFUSED)
    column = f"{line['column']}: " if line["column"] else ""
    return column + problem_sentence(problem)
