"""By when a duty falls due for one entry, whose level may have changed since. Pure (DESIGN.md 3a)."""

from collections.abc import Mapping, Sequence
from datetime import date

from alerts.changes import Facts, LevelChange
from alerts.timings import Duty
from schedules import levels

_UNRANKED = -1


def due_of(timing: Duty, facts: Facts, ranks: Mapping[str, int]) -> date | None:
    """Answer the due date; None: no interval is set for its level, or no first day was given yet.

    `ranks` orders levels from low to high. A shorter interval counts from the day of the change at
    the earliest, and so does what a raised level asks for: nobody is overdue overnight.
    """
    deadline = timing.deadline(facts.level)
    if deadline is None:
        return None
    changes = changes_since(timing, facts)
    if facts.anchor is None:
        return _after_first(timing, facts.first_due, changes, ranks)
    if not changes:
        return deadline.due(facts.anchor)
    history = [levels.LevelChange(timing.deadline(changes[0].was))]
    for change in changes:
        within = timing.on_raise if is_raise(change, ranks) else None
        history.append(levels.LevelChange(timing.deadline(change.level), change.on, within))
    return levels.LevelHistory(tuple(history), deadline.calendar).due(facts.anchor)


def changes_since(timing: Duty, facts: Facts) -> Sequence[LevelChange]:
    """Answer the changes that matter for the dates: those after the newest act, oldest first."""
    if not timing.by_level and timing.on_raise is None:
        return ()
    since = facts.anchor or facts.entered_on or date.min
    return [change for change in facts.level_changes if change.on > since]


def _after_first(
    timing: Duty, due: date | None, changes: Sequence[LevelChange], ranks: Mapping[str, int]
) -> date | None:
    """Bring a first due day forward for each raise since; nothing else moves it."""
    for change in changes if due is not None else ():
        deadline = timing.deadline(change.level)
        if due is None or deadline is None or not is_raise(change, ranks):
            continue
        due = min(due, deadline.due(change.on))
        if timing.on_raise is not None:
            due = min(due, timing.on_raise.after(change.on))
    return due


def is_raise(change: LevelChange, ranks: Mapping[str, int]) -> bool:
    """Say whether a level went up; from no level at all to one is no raise."""
    if change.was is None or change.level is None:
        return False
    return ranks.get(change.level, _UNRANKED) > ranks.get(change.was, _UNRANKED)
