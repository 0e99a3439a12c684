"""What an explanation says, as plain values. No child's name and no label is among them."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from alerts.explain_reckonings import (
    AnswerFacts,
    LevelFacts,
    MissingWindow,
    Reckoning,
    RecordFacts,
    SignalFacts,
)
from alerts.explain_routes import RouteFacts
from alerts.holding import HeldFor
from alerts.newcomers import Newcomer
from alerts.states import Closed, Outcome
from config.groups import Filter
from config.lean import dataclass


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
class FailedFilter:
    """A condition of a rule's group that the entry does not meet; `unknown`: nothing is written.

    `title` is that of a field which the site declared; None: one that every ledger has.
    """

    field: str
    title: str | None
    wanted: Filter
    unknown: bool


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
    """One alert of the entry under the rule, open or closed. `key` is its anchor.

    `signal` is what raised it, None: a date did.
    """

    id: str
    key: str
    cycle: int
    due_on: date
    opened_on: date
    closed_on: date | None
    closed_how: Closed | None
    closed_by: RecordFacts | None
    deferred_until: date | None
    signal: SignalFacts | None
    answer: AnswerFacts | None
    steps: tuple[StepFacts, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """Who would be told: a handle, and who passes it on. `channel` None: no way to reach them.

    `also` are further channels on which they are told at the same time.
    """

    person: str
    via: str | None
    channel: str | None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Called:
    """One rung of a ladder, as it would be climbed today: the role, and who is called."""

    role: str
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """What comes next: a step on its day, told to a role in the message of `slot`.

    `slot` None: nobody can be told at all; `urgent`: it waits for no message and goes out on that
    day. `gaps` are roles whose post nobody holds; `spares` is who has come new to a post below, so
    that it waits.
    """

    on_date: date
    role: str
    escalation: bool
    slot: date | None
    expected: tuple[Expected, ...]
    gaps: tuple[str, ...]
    spares: Newcomer | None = None
    urgent: bool = False

    @property
    def told_on(self) -> date:
        """Answer the day of the message; where nobody can be told, that of the step."""
        return self.slot or self.on_date


class Why(StrEnum):
    """Why nothing is sent, or not now."""

    ENTRY_LEFT = "entry-left"
    NOT_FOR_IT = "not-for-it"  # a filter of the rule's group fails
    NOT_IN_FORCE = "not-in-force"  # the rule's time has not begun
    NOT_CONFIGURED = "not-configured"  # its level has no interval
    NO_DATE = "no-date"  # the date it would count from is not written
    NO_RECORD = "no-record"  # the record it would count from was not made
    NO_WINDOW = "no-window"  # no calendar says when
    NO_NEXT_WINDOW = "no-next-window"  # the last one is over, and no calendar says the next
    NO_SIGNAL = "no-signal"  # nothing has happened that would raise it
    SETTLED = "settled"  # what it asks for was done already
    OVER = "over"  # information whose time is past, or what lay before the rule
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
class RegionFacts:
    """What a division changes of a rule: the keys as the YAML has them, and what it rests on."""

    prefix: str
    name: str
    changes: tuple[str, ...]
    source: str | None


@dataclass(frozen=True, slots=True)
class MatterStory:
    """One matter that is owed, or next to be: how its date comes about, and what is still to come.

    `suggested_on` is the day proposed for it, so that the load is even (`spread`).
    """

    key: str
    due_on: date
    is_open: bool
    suggested_on: date | None
    reckoning: Reckoning | None
    coming: tuple[Coming, ...]


@dataclass(frozen=True, slots=True)
class RuleStory:
    """Everything about one entry under one rule.

    `informs`: nothing is to be recorded. `regions`: whose changes hold here, the longest prefix
    last. `called` is the ladder of a signal. `alerts` are all there ever were, `matters` what is owed
    now and what comes next.
    """

    rule: str
    kind: str
    title: str
    say: str
    source: str | None
    version: int
    effective_on: date
    informs: bool
    regions: tuple[RegionFacts, ...]
    failed: tuple[FailedFilter, ...]
    matters: tuple[MatterStory, ...]
    missing: tuple[MissingWindow, ...]
    level: LevelFacts | None
    raised_by: tuple[str, str] | None
    called: tuple[Called, ...]
    alerts: tuple[AlertFacts, ...]
    silences: tuple[SilenceFacts, ...]
    whys: tuple[Why, ...]

    @property
    def coming(self) -> tuple[Coming, ...]:
        """Answer what comes next of all matters, the next first."""
        found = [coming for matter in self.matters for coming in matter.coming]
        return tuple(sorted(found, key=lambda one: (one.told_on, one.on_date)))


@dataclass(frozen=True, slots=True)
class NextDate:
    """A day on which something is told of the entry: under which rules (titles), to which roles."""

    on: date
    rules: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class PersonStory:
    """How one person stands to an entry.

    `roles` are those under which they would be told; `away` that they are on leave; `reach` the
    kinds of address they have; `instead` who would be told, by role; `routes` how they are reached.
    """

    handle: str
    left_on: date | None
    away: bool
    silenced_until: date | None
    reach: tuple[str, ...]
    roles: tuple[str, ...]
    instead: Mapping[str, tuple[Expected, ...]]
    routes: tuple[RouteFacts, ...]
    told: tuple[tuple[str, StepFacts, TellingFacts], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why, or why not (`shouwang explain`). `roles` are titles by role; `next_dates` are three."""

    on: date
    entry: EntryFacts
    records: tuple[RecordFacts, ...]
    rules: tuple[RuleStory, ...]
    next_dates: tuple[NextDate, ...]
    held_for: HeldFor | None
    person: PersonStory | None
    roles: Mapping[str, str]
