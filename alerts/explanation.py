"""What an explanation says, as plain values. No child's name and no label is among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from alerts.holding import HeldFor
from alerts.states import Closed, Outcome
from config.durations import Duration
from config.groups import Filter
from schedules.deadlines import Roll


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """An entry by its public fields. `village` and `township` are names, empty if unknown."""

    id: str
    number: str
    village: str
    township: str
    status: str
    entered_on: date
    left_on: date | None


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """One record. `kind` is the title people read; `by` a handle, None: the office or a column."""

    id: str
    kind: str
    happened_on: date
    month_only: bool
    recorded_on: date
    result: str
    late_entry: bool
    by: str | None
    voided_on: date | None


@dataclass(frozen=True, slots=True)
class FailedFilter:
    """A condition of a rule's group that the entry does not meet; `unknown`: nothing is written.

    `title` is that of a field which the site declared; None: one that every ledger has.
    """

    field: str
    title: str | None
    wanted: Filter
    unknown: bool


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a due date comes about.

    `counted_from` is the newest record's day, or the day first duties are counted to (`first`).
    `plain` is the end of the interval before rest days move it. `softened_on` is the day on which
    the interval became shorter, where that moved the date.
    """

    due_on: date
    first: bool
    record: RecordFacts | None
    counted_from: date | None
    interval: Duration
    plain: date | None
    roll: Roll
    softened_on: date | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class MoveFacts:
    """One move of a telling, when, and why."""

    at: datetime
    became: Outcome
    reason: str | None


@dataclass(frozen=True, slots=True)
class TellingFacts:
    """One step told, or to be told, to one person. Persons are handles."""

    person: str
    role: str
    state: Outcome
    reason: str | None
    via: str | None
    channel: str | None
    tries: int
    moves: tuple[MoveFacts, ...]


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One step of an alert: whom it waits for, how it ended, what was told."""

    key: str
    occurrence: int
    skipped: int
    on_date: date
    escalation: bool
    waiting: tuple[str, ...]
    ended: Outcome | None
    ended_reason: str | None
    tellings: tuple[TellingFacts, ...]


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """One alert of the entry under the rule, open or closed."""

    id: str
    cycle: int
    due_on: date
    opened_on: date
    closed_on: date | None
    closed_how: Closed | None
    closed_by: RecordFacts | None
    deferred_until: date | None
    steps: tuple[StepFacts, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """Who would be told: a handle, and who passes it on. `channel` None: no way to reach them."""

    person: str
    via: str | None
    channel: str | None


@dataclass(frozen=True, slots=True)
class Coming:
    """What comes next: a step on its day, told to a role in the message of `slot`.

    `slot` None: nobody can be told at all. `gaps` are roles whose post nobody holds.
    """

    on_date: date
    role: str
    escalation: bool
    slot: date | None
    expected: tuple[Expected, ...]
    gaps: tuple[str, ...]


class Why(StrEnum):
    """Why nothing is sent, or not now."""

    ENTRY_LEFT = "entry-left"
    NOT_FOR_IT = "not-for-it"  # a filter of the rule's group fails
    NOT_IN_FORCE = "not-in-force"  # the rule's time has not begun
    PAST_VALIDITY = "past-validity"  # it would fall due after the rule has run out
    IMPORT_UNFINISHED = "import-unfinished"
    NOT_LOOKED_AT = "not-looked-at"  # no pass since the last change
    NOT_YET = "not-yet"  # the first step's day is still far
    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"
    DELIVERY_HELD = "delivery-held"
    WAITS_FOR_SLOT = "waits-for-slot"
    ALL_TOLD = "all-told"  # nothing more to say; it stays open until it is done


@dataclass(frozen=True, slots=True)
class SilenceFacts:
    """A silence over the entry, its region, or the rule; `to_on` is its last day."""

    scope: str
    from_on: date
    to_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class RuleStory:
    """Everything about one entry under one rule."""

    rule: str
    title: str
    say: str
    source: str | None
    version: int
    effective_on: date
    failed: tuple[FailedFilter, ...]
    reckoning: Reckoning | None
    alerts: tuple[AlertFacts, ...]
    coming: tuple[Coming, ...]
    silences: tuple[SilenceFacts, ...]
    whys: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class PersonStory:
    """How one person stands to an entry.

    `roles` are those under which they would be told; `away` that they are on leave; `reach` the
    kinds of address they have; `instead` who would be told, by role.
    """

    handle: str
    left_on: date | None
    away: bool
    silenced_until: date | None
    reach: tuple[str, ...]
    roles: tuple[str, ...]
    instead: Mapping[str, tuple[Expected, ...]]
    told: tuple[tuple[str, StepFacts, TellingFacts], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why, or why not (`shouwang explain`). `roles` are titles by role."""

    on: date
    entry: EntryFacts
    records: tuple[RecordFacts, ...]
    rules: tuple[RuleStory, ...]
    held_for: HeldFor | None
    person: PersonStory | None
    roles: Mapping[str, str]
