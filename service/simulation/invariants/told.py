"""Promises 1 to 3: nothing is lost, nothing is said twice, and a crash is owned."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from service.simulation.invariants.evidence import Breach, Evidence

WAITING = {"pending", "held", "sending", "unknown"}
SAID = {"sent", "delivered", "relayed"}
UNSENT = {"merged", "resolved", "silenced", "suppressed", "late-recorded", "expired"}
FINAL = SAID | UNSENT | {"failed"}

# Written down from DESIGN.md 3, not taken from the engine's own table.
ALLOWED = (
    {("pending", end) for end in UNSENT | {"held", "sending", "failed"}}
    | {("held", end) for end in UNSENT | {"pending", "failed"}}
    | {("sending", end) for end in ("sent", "relayed", "pending", "unknown", "failed")}
    | {("unknown", end) for end in ("sending", "sent", "relayed", "pending", "failed")}
    | {(said, end) for said in ("sent", "relayed") for end in ("failed", "pending")}
    | {("sent", "delivered"), ("failed", "pending")}
    # A receipt that comes late, or after another that said the contrary.
    | {("pending", "delivered"), ("failed", "delivered")}
)

KEYS = {
    "alerts": ("rule", "entry_id", "anchor", "cycle"),
    "steps": ("alert_id", "step", "occurrence"),
    "tellings": ("step_id", "person_id"),
    "notices": ("person_id", "channel", "slot", "revision"),
}

_STUCK_AFTER = timedelta(days=10)


def one_outcome(evidence: Evidence) -> Iterator[Breach]:
    """Every telling has exactly one state, and the rows of its moves lead there."""
    moves = evidence.grouped("outcomes", "telling_id")
    for telling in evidence.table("tellings"):
        mine = moves.get(telling.id, [])
        ends = Counter(row.became for row in mine)
        ends.subtract(row.was for row in mine if row.was is not None)
        made = [row for row in mine if row.was is None]
        left = {state for state, count in ends.items() if count}
        if len(made) != 1 or left != {telling.state} or ends[telling.state] != 1:
            yield Breach("one-outcome", telling.id, f"{telling.state} of {sorted(left)}")
        if telling.state not in WAITING | FINAL:
            yield Breach("one-outcome", telling.id, f"no state: {telling.state}")
    for id_ in moves.keys() - evidence.tellings.keys():
        yield Breach("one-outcome", id_, "moves of no telling")


def allowed_moves(evidence: Evidence) -> Iterator[Breach]:
    """Only moves that DESIGN.md 3 knows."""
    for row in evidence.table("outcomes"):
        if row.was is not None and (row.was, row.became) not in ALLOWED:
            yield Breach("allowed-moves", row.telling_id, f"{row.was} to {row.became}")


def waiting_has_a_reason(evidence: Evidence) -> Iterator[Breach]:
    """What is not finished stands in a notice that is not over, or waits for a slot in none."""
    calm = evidence.calm_since
    for telling in evidence.table("tellings"):
        if telling.state not in WAITING:
            continue
        notice = evidence.notices.get(telling.notice_id)
        if notice is None:
            if telling.state != "pending" or evidence.alerts[telling.alert_id].closed_at:
                yield Breach("waiting-has-a-reason", telling.id, f"{telling.state}, no notice")
        elif notice.ended_at is not None:
            yield Breach("waiting-has-a-reason", telling.id, f"{telling.state}, notice over")
        elif (
            notice.state != "held"
            and evidence.now - max(notice.due_at, calm) > _STUCK_AFTER
            and not _is_held(evidence)
        ):
            yield Breach("waiting-has-a-reason", telling.id, f"{telling.state} for too long")


def steps_end(evidence: Evidence) -> Iterator[Breach]:
    """A step nobody waits for was told, or carries its outcome itself; a closed alert has none."""
    told = {row.step_id for row in evidence.table("tellings")}
    for step in evidence.table("steps"):
        if step.waiting and evidence.alerts[step.alert_id].closed_at is not None:
            yield Breach("steps-end", step.id, "waits, and its alert is closed")
        if not step.waiting and step.ended is None and step.id not in told:
            yield Breach("steps-end", step.id, "neither waits nor was told nor ended")


def keys_are_unique(evidence: Evidence) -> Iterator[Breach]:
    """The four keys of DESIGN.md 3, 2; and one open alert for a rule and an anchor."""
    for table, key in KEYS.items():
        counts = Counter(tuple(row._mapping[name] for name in key) for row in evidence.table(table))
        for value, count in counts.items():
            if count > 1:
                yield Breach("keys-are-unique", str(value), table)


def sent_was_accepted(evidence: Evidence) -> Iterator[Breach]:
    """Nothing is called sent that no channel took, and no channel is said to have taken more."""
    accepted: set[str] = set()
    for attempt in evidence.table("attempts"):
        if attempt.result == "accepted":
            accepted.update(json.loads(attempt.telling_ids))
    for telling in evidence.table("tellings"):
        if (
            telling.state in SAID
            and telling.id not in accepted
            and _is_of_this_trial(evidence, telling)
        ):
            yield Breach("sent-was-accepted", telling.id, telling.state)
    taken = Counter(one.message.out_id for one in evidence.handed if one.taken and one.answered)
    for out_id, attempts in evidence.grouped("attempts", "out_id").items():
        said = sum(row.result == "accepted" for row in attempts)
        if attempts[0].started_at >= evidence.began and said > taken[out_id]:
            yield Breach("sent-was-accepted", out_id, f"{said} accepted, {taken[out_id]} taken")


def copies_are_bounded(evidence: Evidence) -> Iterator[Breach]:
    """A telling arrives once, and once more at most for each attempt whose answer was lost."""
    arrived = Counter(one.message.out_id for one in evidence.handed if one.taken)
    out_ids: dict[str, set[str]] = defaultdict(set)
    lost: Counter[str] = Counter()
    for attempt in evidence.table("attempts"):
        unknown = attempt.result == "unknown" or attempt.ended_at is None
        for telling in json.loads(attempt.telling_ids):
            out_ids[telling].add(attempt.out_id)
            lost[telling] += unknown
    for telling, mine in out_ids.items():
        copies = sum(arrived[out_id] for out_id in mine)
        if copies > 1 + lost[telling]:
            yield Breach("copies-are-bounded", telling, f"{copies}, answers lost: {lost[telling]}")


def nothing_unasked(evidence: Evidence) -> Iterator[Breach]:
    """Nothing is handed over that no attempt speaks of."""
    known = {row.out_id for row in evidence.table("attempts")}
    for one in evidence.handed:
        if one.message.out_id not in known:
            yield Breach("nothing-unasked", one.message.out_id)


def _is_of_this_trial(evidence: Evidence, row: Row[Any]) -> bool:
    return bool(row.made_at >= evidence.began)


def _is_held(evidence: Evidence) -> bool:
    return any(row.name == "delivery_held" for row in evidence.table("site_state"))
