"""Reads the cookbook, and says of a recipe when it is due and who is told then."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from config.calendar_rules import CalendarRule
from config.dates import DateRule
from config.durations import Duration, Unit
from config.duties import ByLevel, DutyRule
from config.model import Configuration
from config.regional import in_region
from config.rules import Rule
from config.seasons import SeasonRule
from config.signals import SignalRule
from config.steps import Moment, Step
from config.windows import Window
from schedules.calendar_books import book_of
from schedules.calendars import WorkCalendar
from schedules.deadlines import Deadline, Roll, rolled
from schedules.intervals import Interval, Shorter
from schedules.levels import LevelChange, LevelHistory
from schedules.periods import Period, month_end, month_start, shifted
from schedules.rounds import DueIn, Length, Rounds
from schedules.spans import Span
from schedules.windows import Around, Where, expression_of, instances, known_windows
from tests.repo.tracked import ROOT

COOKBOOK = [ROOT / "docs" / "how-to" / name for name in ("cookbook.zh.md", "cookbook-more.zh.md")]

WORK = WorkCalendar.official()
HOME = "990101001001"
YEARS = (date(2025, 1, 1), date(2028, 12, 31))
_AS_IT_IS = Around()
NOT_CONFIGURED, NOBODY = "未配置", "无"

_SECTION = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
_FENCE = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| (?!起算|---)(.+) \| (.+) \| (.+) \|$", re.MULTILINE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_UNITS = {Unit.MINUTES: "分钟", Unit.HOURS: "小时", Unit.DAYS: "天"}


@dataclass(frozen=True, slots=True)
class Example:
    """One line of a recipe's table: a situation, when it is due, who is told when."""

    situation: str
    due: str
    told: str

    @property
    def days(self) -> list[date]:
        """The days it speaks of; the anchor comes last."""
        return [date.fromisoformat(found) for found in _DAY.findall(self.situation)]

    @property
    def code(self) -> str:
        """The village it speaks of."""
        found = re.search(r"\d{12}", self.situation)
        return found.group() if found else HOME


@dataclass(frozen=True, slots=True)
class Recipe:
    """A section of the cookbook."""

    number: int
    title: str
    fragment: str
    examples: tuple[Example, ...]


def recipes() -> tuple[Recipe, ...]:
    """Answer all recipes of the cookbook, in order."""
    pages = [_SECTION.split(page.read_text("utf-8"))[1:] for page in COOKBOOK]
    return tuple(recipe for parts in pages for recipe in _recipes(parts))


def _recipes(parts: list[str]) -> Iterator[Recipe]:
    for number, title, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        (fragment,) = _FENCE.findall(text)
        examples = tuple(Example(*row) for row in _ROW.findall(text))
        yield Recipe(int(number), title, fragment, examples)


def worked_out(configuration: Configuration, rule: Rule, example: Example) -> Example:
    """Answer the line as the schedules work it out."""
    kitchen = Kitchen(configuration, example)
    if isinstance(rule, SignalRule) and rule.ladder:
        return Example(example.situation, _expiry(rule), kitchen.ladder(rule))
    span = kitchen.span(rule)
    if span is None:
        return Example(example.situation, NOT_CONFIGURED, NOBODY)
    steps = in_region(rule, example.code).steps if isinstance(rule, DutyRule) else rule.steps
    told = "；".join(kitchen.told(step, span) for step in steps)
    due = _expiry(rule) if isinstance(rule, SignalRule) else str(span.end)
    return Example(example.situation, due, told)


def _expiry(rule: SignalRule) -> str:
    return f"{_length(rule.expires_after)}后失效"


def _length(span: Duration) -> str:
    return f"{span.amount}{_UNITS[span.unit]}"


@dataclass(frozen=True, slots=True)
class Kitchen:
    """The configuration of a recipe and one example of it."""

    configuration: Configuration
    example: Example

    def span(self, rule: Rule) -> Span | None:
        """Answer from when to when a matter runs: its window or period, else the due date alone."""
        match rule:
            case DutyRule():
                return _one_day(self._duty(in_region(rule, self.example.code)))
            case DateRule():
                return _one_day(self._date(rule))
            case SeasonRule():
                return self._season(rule)
            case CalendarRule():
                return self._round(rule)
            case SignalRule():
                return _one_day(self.example.days[-1])

    def told(self, step: Step, span: Span) -> str:
        """Answer when a step is, and who is told."""
        who = "、".join(self.configuration.roles[role].title for role in step.tell)
        if step.shown_as == "summary":
            who += "（汇总）"
        if step.every is not None:
            return f"每周{'一二三四五六日'[_WEEKDAYS.index(step.every)]} {who}"
        return f"{_day_of(step, span)} {who}"

    def ladder(self, rule: SignalRule) -> str:
        """Answer who is called after how long."""
        said, waited = [], 0
        for rung in rule.ladder:
            who = "、".join(self.configuration.roles[role].title for role in rung.tell)
            again = f"（每{_length(rung.repeat)}再叫）" if rung.repeat else ""
            said.append(f"{f'{waited}分钟后' if waited else '立即'} {who}{again}")
            waited += rung.wait.amount if rung.wait else 0
        return "；".join(said)

    def _duty(self, rule: DutyRule) -> date | None:
        anchor = self.example.days[-1]
        if isinstance(rule.every, ByLevel):
            return self._by_level(rule, rule.every, anchor)
        windows = tuple(
            Shorter(window.start, window.end, _period(one.every))
            for one in rule.during
            for window in known_windows(self._where(one.window), first=YEARS[0], last=YEARS[1])
        )
        interval = Interval(_period(rule.every), windows)
        return Deadline(((interval, None),), Roll(rule.roll), WORK).due(anchor)

    def _by_level(self, rule: DutyRule, every: ByLevel, anchor: date) -> date | None:
        named = re.findall(r"[绿黄红]", self.example.situation)
        on = [None, *self.example.days[:-1]]
        within = _period(rule.on_raise.within) if rule.on_raise else None
        changes = tuple(
            LevelChange(self._deadline(every.levels.get(level), rule), since, within)
            for level, since in zip(named, on, strict=True)
        )
        return LevelHistory(changes, WORK).due(anchor)

    def _deadline(self, span: Duration | None, rule: DutyRule) -> Deadline | None:
        return Deadline(((_period(span), None),), Roll(rule.roll), WORK) if span else None

    def _date(self, rule: DateRule) -> date:
        day = _period(rule.on.plus).after(self.example.days[-1])
        ends: dict[str | None, Callable[[int, int], date]]
        ends = {"month-end": month_end, "month-start": month_start}
        moved = ends[rule.on.to](day.year, day.month) if rule.on.to else day
        return rolled(moved, Roll(rule.roll), after=self.example.days[-1], calendar=WORK)

    def _season(self, rule: SeasonRule) -> Span:
        around = Around(_maybe(rule.lead), _maybe(rule.tail))
        where = self._where(rule.window, around)
        day = self.example.days[-1]
        (found,) = instances(where, "", first=day, last=day)
        return Span(found.start, found.end)

    def _round(self, rule: CalendarRule) -> Span:
        terms: list[Span] = []
        if rule.period == "term":
            terms = list(known_windows(self._where("terms"), first=YEARS[0], last=YEARS[1]))
        found = Rounds(Length(rule.period), terms).round_of(self.example.days[-1])
        assert found is not None
        due = DueIn(rule.due.number, rule.due.workday, Roll(rule.roll), WORK)
        return Span(found.opening, due.due(found))

    def _where(self, window: Window, around: Around = _AS_IT_IS) -> Where:
        book = book_of(self.configuration.window_calendars())
        return Where(book, expression_of(window), self.example.code, around)


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _day_of(step: Step, span: Span) -> date:
    if isinstance(step.at, Moment):
        edge = span.start if step.at.edge == "start" else span.end
        return shifted(edge, step.at.offset, WORK)
    if step.at is not None:
        return shifted(span.end, step.at, WORK)
    if isinstance(step.on, date):
        return step.on
    assert step.on is not None
    day = step.on.in_year(span.start.year)
    return day if day in span else day + timedelta(days=366)


def _one_day(day: date | None) -> Span | None:
    return Span(day, day) if day else None


def _period(span: Duration) -> Period:
    return Period.of(span, WORK)


def _maybe(span: Duration | None) -> Period | None:
    return Period.of(span, WORK) if span else None


def write_kitchen(folder: Path, settings: str, fragment: str) -> Path:
    """Write a site that has nothing but a recipe; answer the file to load."""
    site = folder / "本县设置.yaml"
    kept = [line for line in settings.splitlines() if not line.startswith("include:")]
    kept += ["records:", "  contact:", "    title: 联系", ""]
    site.write_text("\n".join(kept), "utf-8")
    recipe = folder / "菜谱.yaml"
    recipe.write_text(f"include: {site.name}\n{fragment}", "utf-8")
    return recipe
