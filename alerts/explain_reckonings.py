"""How a due date comes about under a rule of each kind, as plain values."""

from datetime import date, datetime

from alerts.timings import Snap
from config.durations import Duration
from config.lean import dataclass
from config.windows import PlainWindow
from schedules.deadlines import Roll
from schedules.rounds import Length


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """One record. `kind` is the title people read; `by` a handle, None: the office or a column.

    `counterpart` is the name of the other division that it names.
    """

    id: str
    kind: str
    happened_on: date
    month_only: bool
    recorded_on: date
    result: str
    late_entry: bool
    by: str | None
    voided_on: date | None
    counterpart: str | None = None


@dataclass(frozen=True, slots=True)
class LevelMove:
    """A day since the newest act on which the entry's level became another.

    `interval` is that of the new level, None: it has none. `within` is what a raise leaves.
    """

    on: date
    raised: bool
    interval: Duration | None
    within: Duration | None


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """Intervals by the titles of levels, and the one that holds here; which level it is stays unsaid.

    `moved`: what happened to the level since the newest act moved the due date.
    """

    intervals: tuple[tuple[str, Duration], ...]
    holds: Duration | None
    moves: tuple[LevelMove, ...]
    moved: bool


@dataclass(frozen=True, slots=True)
class Shortening:
    """A window in which a shorter interval ended first, counted from `counted_from`."""

    start: date
    end: date
    windows: tuple[PlainWindow, ...]
    every: Duration
    counted_from: date
    plain: date


@dataclass(frozen=True, slots=True)
class DutyReckoning:
    """A duty: so long after the newest record.

    `counted_from` is that record's day; `first`: there is none, and first days are spread over
    `interval`. `plain` is the end of the interval before rest days move it. `softened_on` is the
    day on which the interval became shorter, where that moved the date.
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
    level: LevelFacts | None = None
    shortened: Shortening | None = None


@dataclass(frozen=True, slots=True)
class DateReckoning:
    """A date of the entry, or of a record, and so long after it.

    `title` is that of a declared field. Of a month the last day is `counted_from`. `plain` is the
    day before `snap` moves it, `snapped` before rest days do.
    """

    due_on: date
    field: str | None
    title: str | None
    record: RecordFacts | None
    value: date
    month_only: bool
    counted_from: date
    plus: Duration
    plain: date
    snap: Snap
    snapped: date
    roll: Roll
    softened_on: date | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class WindowEntry:
    """What a calendar says of a window: for a division ("" is everywhere), in one year or in each.

    `known_on` is the day it was imported; None: it is written in the configuration, or a festival.
    """

    calendar: str
    region: str
    region_name: str
    key: str | None
    start: date
    end: date
    known_on: date | None
    festival: bool


@dataclass(frozen=True, slots=True)
class SeasonReckoning:
    """A window, `lead` and `tail` included, and the entries of calendars it comes from."""

    due_on: date
    start: date
    end: date
    window: PlainWindow
    entries: tuple[WindowEntry, ...]
    lead: Duration | None
    tail: Duration | None


@dataclass(frozen=True, slots=True)
class PeriodReckoning:
    """A period of the calendar and its due day: the `number`-th, None the last; of workdays only."""

    due_on: date
    period: Length
    start: date
    end: date
    number: int | None
    workday: bool
    plain: date
    roll: Roll
    provisional: bool


@dataclass(frozen=True, slots=True)
class SignalFacts:
    """What raised an alert, and until when it is told. `rung` counts from 1; None: it has no ladder.

    `next_at` is when somebody is told again, if nobody answers.
    """

    name: str
    raised_at: datetime
    expires_at: datetime
    rung: int | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """Who answered, by handle, and when."""

    person: str
    at: datetime


Reckoning = DutyReckoning | DateReckoning | SeasonReckoning | PeriodReckoning


@dataclass(frozen=True, slots=True)
class MissingWindow:
    """A year of a calendar that nobody has entered; told from a day on, None: asked for no more."""

    calendar: str
    year: str
    region: str
    region_name: str
    tell_from: date | None
