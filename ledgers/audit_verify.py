"""Looks whether the chain of audit events is whole, and says where it is not."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from sqlalchemy import Connection, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NullType

from config.lean import dataclass
from ledgers.audit_chain import ChainKey, key_of
from ledgers.audit_tables import audit_events

MOST_FINDINGS = 100
"""Further ones are not looked for: the chain is broken either way."""

_PAGE = 1000
_NUMBER, _PREVIOUS, _HASH = 0, -2, -1

Values = tuple[object, ...]
"""An event as it stands in the database, before anything is made of it."""


class Fault(StrEnum):
    """What is wrong at a number."""

    EDITED = "edited"  # what stands there is not what was signed
    MISSING = "missing"  # events between two others are gone
    OUT_OF_ORDER = "out-of-order"  # a true event in another one's place
    CUT_OFF = "cut-off"  # the newest events are gone: a head that was known is not there


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, from which number to which."""

    fault: Fault
    number: int
    last: int
    belongs_at: int | None = None
    """Of what is out of order: the number it was signed for; None: it is of another chain."""


@dataclass(frozen=True, slots=True)
class KnownHead:
    """A head as it was seen before: its hash or the beginning of it; `number` None: not known."""

    hash: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """How many events there are, the newest one's hash, and what is wrong."""

    count: int
    head: str
    findings: tuple[Finding, ...]


class _Walk:
    """One way through the chain: what was seen last, what was found."""

    def __init__(self, key: ChainKey, known: Sequence[KnownHead]) -> None:
        self._key = key
        self._unseen = set(known)
        self.findings: list[Finding] = []
        self.suspects: list[Values] = []
        self.count = self.last = 0
        self.head = ""
        self._is_sound = True  # the event before, and that it is the one before

    def step(self, number: int, values: Values | None) -> None:
        """Look at the event that stands at a number; None: it cannot even be read."""
        if number != self.last + 1:
            self._found(Finding(Fault.MISSING, self.last + 1, number - 1))
            self._is_sound = False
        if values is None or self._key.sign(*values[:_HASH]) != values[_HASH]:
            self._found(Finding(Fault.EDITED, number, number))
            if values is not None:
                self.suspects.append(values)
            self._is_sound = False
        elif self._is_sound and values[_PREVIOUS] != self.head:
            self._found(Finding(Fault.OUT_OF_ORDER, number, number))
        else:
            self._is_sound = True
        self.count, self.last = self.count + 1, number
        self.head = "" if values is None else str(values[_HASH])
        self._unseen -= {one for one in self._unseen if _is(one, number, self.head)}

    def end(self) -> None:
        """Look which heads were known and not met."""
        for known in sorted(self._unseen, key=lambda one: one.number or 0):
            last = known.number or self.last + 1
            self._found(Finding(Fault.CUT_OFF, min(last, self.last + 1), last))

    @property
    def is_full(self) -> bool:
        """Whether enough was found."""
        return len(self.findings) >= MOST_FINDINGS

    def _found(self, finding: Finding) -> None:
        self.findings.append(finding)


def verify(connection: Connection, known: Sequence[KnownHead] = ()) -> Verified:
    """Go through all events in order, with flat memory; `known` heads must be among them.

    Raises:
        RuntimeError: the database was opened without `audit_chain.bind`.
    """
    key = key_of(connection)
    walk = _Walk(key, known)
    for number, values in _events(connection):
        walk.step(number, values)
        if walk.is_full:
            break
    else:
        walk.end()
    return Verified(walk.count, walk.head, tuple(_placed(key, walk)))


def _is(known: KnownHead, number: int, signed: str) -> bool:
    return known.number in {None, number} and signed.startswith(known.hash)


def _events(connection: Connection) -> Iterator[tuple[int, Values | None]]:
    """Yield number and values of each event in order, a page at a time."""
    last: int | None = None
    while True:
        numbers = select(audit_events.c.number).order_by(audit_events.c.number).limit(_PAGE)
        if last is not None:
            numbers = numbers.where(audit_events.c.number > last)
        page = connection.scalars(numbers).all()
        if not page:
            return
        yield from _page(connection, page[0], page[-1])
        last = page[-1]


def _page(connection: Connection, first: int, last: int) -> list[tuple[int, Values | None]]:
    """Read a page at once; where one of it cannot be decoded, each by itself."""
    raw = [type_coerce(column, NullType()) for column in audit_events.c]
    query = (
        select(*raw)
        .where(audit_events.c.number.between(first, last))
        .order_by(audit_events.c.number)
    )
    try:
        return [(row.number, tuple(row)) for row in connection.execute(query)]
    except DBAPIError:
        if first == last:
            return [(first, None)]
    middle = (first + last) // 2
    return _page(connection, first, middle) + _page(connection, middle + 1, last)


def _placed(key: ChainKey, walk: _Walk) -> Iterator[Finding]:
    """Tell events that only stand in the wrong place from those that were edited."""
    places = {
        number
        for one in walk.findings
        if one.last - one.number < MOST_FINDINGS
        for number in range(one.number, one.last + 1)
    }
    true_places = {
        values[_NUMBER]: place
        for values in walk.suspects
        for place in sorted(places - {values[_NUMBER]})
        if key.sign(place, *values[1:_HASH]) == values[_HASH]
    }
    for one in walk.findings:
        place = true_places.get(one.number) if one.fault is Fault.EDITED else None
        yield one if place is None else replace(one, fault=Fault.OUT_OF_ORDER, belongs_at=place)
