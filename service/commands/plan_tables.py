"""A plan as tables: on the terminal, in a workbook, and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from io import BytesIO

from alerts.plan import Plan, PlanRow, WeekCount
from alerts.plan_against import Difference, Differences
from config.language import catalogue
from config.lean import dataclass
from config.model import Configuration
from ledgers.exporting import SheetPlan, write_workbook
from service.terminal import Terminal

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a plan is shown: from one day to another; `against`: what other rules would change."""

    first: date
    plan: Plan
    against: Differences | None
    configuration: Configuration

    @property
    def rows(self) -> list[PlanRow]:
        """Answer the rows from the first day on."""
        return [row for row in self.plan.rows if row.day >= self.first]

    @property
    def weeks(self) -> list[WeekCount]:
        """Answer the weeks from that of the first day on."""
        year, week, _weekday = self.first.isocalendar()
        return [one for one in self.plan.weeks if one.week >= f"{year}-W{week:02}"]

    def role(self, role: str) -> str:
        """Answer how people call a role."""
        roles = self.configuration.roles
        return roles[role].title if role in roles else role

    def rule(self, rule: str) -> str:
        """Answer what a rule says, and its name."""
        rules = self.configuration.rules
        if rule not in rules or rules[rule].say == rule:
            return rule
        return f"{rules[rule].say} ({rule})"


def as_json(shown: Shown) -> dict[str, object]:
    """Answer it for a machine."""
    found: dict[str, object] = {
        "from": shown.first,
        "to": shown.plan.last,
        "rows": [asdict(row) for row in shown.rows],
        "weeks": [asdict(week) for week in shown.weeks],
        "parts": sum(week.parts for week in shown.weeks),
        "unreachable": shown.plan.unreachable,
    }
    if shown.against is not None:
        found["against"] = {
            kind: {"items": _items(of), "list": [asdict(one) for one in of]}
            for kind, of in _by_kind(shown.against)
        }
    return found


def _by_kind(found: Differences) -> Iterator[tuple[str, Sequence[Difference]]]:
    yield "added", found.added
    yield "removed", found.removed
    yield "moved", found.moved


def tell(shown: Shown, terminal: Terminal) -> None:
    """Show people the plan, or only what would change."""
    if shown.against is not None:
        _tell_changes(shown, shown.against, terminal)
        return
    rows = _rows(shown)
    if not rows:
        terminal.say(_("Nothing would be sent."))
    terminal.table(_headings(), rows)
    fullest = max(shown.weeks, key=lambda week: week.messages, default=None)
    if fullest is not None:
        terminal.say(
            _("The most messages to one person in a week: %(count)s (%(person)s, %(week)s).")
            % {"count": fullest.messages, "person": fullest.person, "week": fullest.week}
        )
    if parts := sum(week.parts for week in shown.weeks):
        terminal.say(_("Parts of SMS, at most: %(count)s.") % {"count": parts})
    if shown.plan.unreachable:
        terminal.say(
            _("Nobody can be told of matters: %(count)s; see `shouwang check`.")
            % {"count": shown.plan.unreachable}
        )


def _tell_changes(shown: Shown, found: Differences, terminal: Terminal) -> None:
    if found.is_empty:
        terminal.say(_("The same messages would be sent on the same days."))
        return
    terminal.table(_change_headings(), _change_rows(shown, found))
    terminal.say(
        _("Items added: %(added)s; removed: %(removed)s; moved to another day: %(moved)s.")
        % {kind: _items(of) for kind, of in _by_kind(found)}
    )


def workbook(shown: Shown) -> bytes:
    """Answer a workbook: day by day, messages by person and week, and what would change."""
    sheets = [
        SheetPlan(_("by day"), _headings(), _rows(shown)),
        SheetPlan(
            _("by week"),
            [_("person"), _("week"), _("messages"), _("parts of SMS")],
            [(one.person, one.week, one.messages, one.parts) for one in shown.weeks],
        ),
    ]
    if shown.against is not None:
        rows = _change_rows(shown, shown.against)
        sheets.append(SheetPlan(_("changes"), _change_headings(), rows))
    stream = BytesIO()
    write_workbook(stream, sheets)
    return stream.getvalue()


def _headings() -> list[str]:
    return [_("day"), _("person"), _("role"), _("channel"), _("what"), _("items")]


def _rows(shown: Shown) -> list[tuple[str, str, str, str, str, int]]:
    return [
        (
            str(row.day),
            row.person,
            shown.role(row.role),
            row.channel,
            shown.rule(row.rule),
            row.items,
        )
        for row in shown.rows
    ]


def _change_headings() -> list[str]:
    return [_("now on"), _("then on"), _("person"), _("channel"), _("what"), _("items")]


def _change_rows(shown: Shown, found: Differences) -> list[tuple[str, str, str, str, str, int]]:
    every = [one for _kind, of in _by_kind(found) for one in of]
    every.sort(key=lambda one: (one.before or one.after or date.max, one.person, one.rule))
    return [
        (
            str(one.before or ""),
            str(one.after or ""),
            one.person,
            one.channel,
            shown.rule(one.rule),
            one.items,
        )
        for one in every
    ]


def _items(of: Sequence[Difference]) -> int:
    return sum(one.items for one in of)
