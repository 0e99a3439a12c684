"""Promises about when and whom: quiet hours, caps, escalations, and what was done meanwhile."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import Row

from service.simulation.invariants.evidence import Breach, Evidence
from service.simulation.invariants.settling import counting, is_newer


def quiet_hours_are_kept(evidence: Evidence) -> Iterator[Breach]:
    """Nothing but what is urgent is handed over while people sleep; one breach for a notice."""
    told: set[str] = set()
    begin, end = (time.fromisoformat(text) for text in evidence.configuration.delivery.quiet_hours)
    for one in evidence.handed:
        wall = evidence.local(one.at).time()
        asleep = begin <= wall < end if begin < end else wall >= begin or wall < end
        notice = evidence.notices.get(one.message.out_id.partition(".")[0])
        if not asleep or notice is None or notice.id in told:
            continue
        if notice._mapping["class"] != "urgent":
            told.add(notice.id)
            yield Breach("quiet-hours-are-kept", notice.id, f"{evidence.local(one.at):%m-%d %H:%M}")


def caps_are_kept(evidence: Evidence) -> Iterator[Breach]:
    """Nobody gets more digests in a week, month or day than the site allows."""
    for role, cap in evidence.configuration.delivery.at_most.items():
        slots: dict[tuple[str, object], set[str]] = defaultdict(set)
        for notice in evidence.table("notices"):
            wanted = notice.role == role and notice._mapping["class"] == "digest"
            if (
                wanted
                and notice.state in {"sent", "delivered"}
                and notice.made_at >= evidence.began
            ):
                day = evidence.local(notice.due_at).date()
                slots[notice.person_id, _period(day, cap.per)].add(notice.slot)
        for (person, period), found in slots.items():
            if len(found) > cap.count:
                yield Breach("caps-are-kept", person, f"{len(found)} in {period}")


def _period(day: date, per: str) -> object:
    return {"day": day, "week": day.isocalendar()[:2], "month": (day.year, day.month)}[per]


def the_never_recorded_are_not_escalated_early(evidence: Evidence) -> Iterator[Breach]:
    """Before the day the site named, nobody above hears of a child that was never recorded."""
    earliest = evidence.configuration.launch.escalate_from
    for telling in evidence.table("tellings"):
        step, alert = evidence.steps[telling.step_id], evidence.alerts[telling.alert_id]
        told_on = evidence.local(telling.made_at).date()
        if step.escalation and alert.anchor == "never" and told_on < earliest:
            yield Breach("the-never-recorded-are-not-escalated-early", telling.id, str(told_on))


def what_is_done_is_told_no_more(evidence: Evidence) -> Iterator[Breach]:
    """After the record that settles a matter nobody is told of it; least of all who recorded it.

    Only the very bytes of a message whose answer was lost may go out again. Where the clock went
    wrong, nothing can be said of before and after.
    """
    if evidence.clock_was_wrong:
        return
    settled = _settling(evidence)
    said_before: set[str] = set()
    for attempt in sorted(evidence.table("attempts"), key=lambda row: (row.started_at, row.id)):
        if attempt.out_id in said_before:
            continue
        said_before.add(attempt.out_id)
        for telling_id in json.loads(attempt.telling_ids):
            telling = evidence.tellings.get(telling_id)
            if telling is None:
                continue
            alert = evidence.alerts[telling.alert_id]
            for act in settled.get((alert.rule, alert.entry_id), ()):
                if is_newer(evidence.configuration, act, alert) and _settled(act, attempt):
                    same = act.recorded_by == telling.person_id
                    what = "told to who did it" if same else "told after it was done"
                    yield Breach("what-is-done-is-told-no-more", telling.id, what)


def _settled(act: Row[Any], attempt: Row[Any]) -> bool:
    before = act.recorded_at < attempt.started_at
    stood = act.voided_at is None or act.voided_at > attempt.started_at
    return bool(before and stood)


def _settling(evidence: Evidence) -> dict[tuple[str, str], list[Row[Any]]]:
    """Answer the acts that count, by rule and entry."""
    found: dict[tuple[str, str], list[Row[Any]]] = defaultdict(list)
    rules = {name: counting(evidence.configuration, name) for name in evidence.configuration.rules}
    for act in evidence.table("records"):
        if act.result == "done":
            for name, kinds in rules.items():
                if act.kind in kinds:
                    found[name, act.entry_id].append(act)
    return found


def nobody_is_overdue_overnight(evidence: Evidence) -> Iterator[Breach]:
    """A rule that became stricter today makes nothing overdue today."""
    for rule, entry in evidence.overnight:
        yield Breach("nobody-is-overdue-overnight", entry, rule)


def audits_find_nothing(evidence: Evidence) -> Iterator[Breach]:
    """The weekly audit is done, and it finds nothing to do."""
    for at, fault, subject in evidence.findings:
        yield Breach("audits-find-nothing", subject, f"{fault} on {evidence.local(at):%m-%d}")
    if evidence.clock_was_wrong:
        return
    done = {evidence.local(at).date() for at in evidence.audits}
    for begun, ended in evidence.lives:
        day = evidence.local(begun).date() + timedelta(days=1)
        while day < evidence.local(ended).date():
            if day.weekday() == 6 and day not in done:  # Sunday
                yield Breach("audits-find-nothing", str(day), "no audit")
            day += timedelta(days=1)
