"""All promises of DESIGN.md 3 that a trial is checked against, and the evidence for it."""

from collections.abc import Callable, Iterator
from datetime import datetime

from alerts.in_force import InForce
from service.simulation.invariants import alarms, newcomers, owed, sending, told
from service.simulation.invariants.counts import counts_agree
from service.simulation.invariants.evidence import Breach, Evidence, Rows, read_rows
from service.simulation.world import World

Check = Callable[[Evidence], Iterator[Breach]]

CHECKS: tuple[Check, ...] = (
    told.one_outcome,
    told.allowed_moves,
    told.waiting_has_a_reason,
    told.steps_end,
    told.keys_are_unique,
    told.sent_was_accepted,
    told.copies_are_bounded,
    told.nothing_unasked,
    sending.quiet_hours_are_kept,
    sending.caps_are_kept,
    sending.the_never_recorded_are_not_escalated_early,
    sending.what_is_done_is_told_no_more,
    sending.nobody_is_overdue_overnight,
    sending.audits_find_nothing,
    newcomers.newcomers_are_spared,
    newcomers.newcomers_are_told,
    owed.who_is_due_is_told,
    owed.information_ends,
    owed.acts_end_matters,
    owed.nobody_is_hurried,
    alarms.alarms_are_told,
    alarms.ladders_climb,
    alarms.what_is_over_is_told_no_more,
)
"""Each looks at one promise. One more is added here."""


def breaches(world: World) -> list[Breach]:
    """Answer every promise that does not hold now, in order."""
    with world.database.writing() as connection:
        plan = world.site.plan(connection, today=world.today)
    with world.database.reading() as connection:
        evidence = gather(world, read_rows(connection))
        found = [breach for check in CHECKS for breach in check(evidence)]
        in_force = InForce(plan, world.site.timetable)
        found += counts_agree(connection, in_force, evidence)
    return sorted(found)


def gather(world: World, rows: Rows) -> Evidence:
    """Put together what a trial knows by now."""
    diary, clock = world.machine.diary, world.clock
    return Evidence(
        configuration=world.site.configuration,
        zone=world.site.zone,
        now=clock(),
        began=world.began,
        handed=tuple(world.post.handed),
        audits=tuple(diary.audits),
        findings=tuple((at, one.fault.value, one.subject) for at, one in diary.findings),
        lives=tuple(diary.finished(clock())),
        overnight=tuple(world.overdue_overnight),
        calm_since=_calm_since(world),
        clock_was_wrong=world.clock_was_wrong,
        rows=rows,
    )


def _calm_since(world: World) -> datetime:
    """Answer when the last trouble ended; now, if there is some."""
    now, diary = world.clock.true, world.machine.diary
    if not world.machine.is_up or world.clock.wrong_by:
        return now
    storms = [min(storm.ends, now) for storm in world.post.storms if storm.begins <= now]
    return max(world.began, world.calm_from, *storms, *(begun for begun, _ in diary.lives))
