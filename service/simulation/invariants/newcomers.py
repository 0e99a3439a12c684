"""Promises about posts that change hands: a fortnight for whoever is new, and a word to them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from config.lean import dataclass
from config.rules import Rule
from service.simulation.invariants.evidence import Breach, Evidence

_GRACE = timedelta(days=14)
_A_SLOT = timedelta(days=21)
"""By then a weekly message has gone out, whatever holidays and caps do."""


def newcomers_are_spared(evidence: Evidence) -> Iterator[Breach]:
    """Nothing goes to those above within a fortnight of a change, once it is known, of who looks after it."""
    if evidence.clock_was_wrong:
        return
    hands = _Hands.of(evidence)
    seen: set[str] = set()
    for attempt in sorted(evidence.table("attempts"), key=lambda row: (row.started_at, row.id)):
        # Only the very bytes of a message whose answer was lost may go out again.
        if attempt.out_id in seen:
            continue
        seen.add(attempt.out_id)
        then = hands.known_before(attempt)
        day = evidence.local(attempt.started_at).date()
        for telling_id in json.loads(attempt.telling_ids):
            telling = evidence.tellings.get(telling_id)
            days = sorted(_new_below(then, telling, attempt.started_at)) if telling else []
            if days and day < _spared_until(days):
                yield Breach("newcomers-are-spared", telling_id, f"{day}, new since {days[-1]}")


def _spared_until(days: Sequence[date]) -> date:
    """Answer when a row of hand-overs puts nothing off any more: each a fortnight, all four weeks."""
    row = [days[-1]]
    for earlier in reversed(days[:-1]):
        if row[0] - earlier >= 2 * _GRACE:
            break
        row.insert(0, earlier)
    return min(row[-1] + _GRACE, row[0] + 2 * _GRACE)


def newcomers_are_told(evidence: Evidence) -> Iterator[Breach]:
    """Of what was told before they came and is still open, they hear within some weeks."""
    if evidence.now - evidence.calm_since < _A_SLOT or evidence.clock_was_wrong:
        return
    quiet = any(row.to_on >= evidence.today - _A_SLOT for row in evidence.table("silences"))
    if quiet or any(row.name == "delivery_held" for row in evidence.table("site_state")):
        return
    hands, told = _Hands.of(evidence), evidence.grouped("tellings", "alert_id")
    for alert in evidence.table("alerts"):
        rule = evidence.configuration.rules.get(alert.rule)
        if alert.closed_at is not None or rule is None or _is_put_off(evidence, alert):
            continue
        before = [one for one in told.get(alert.id, ()) if not evidence.steps[one.step_id].urgent]
        for role in sorted(_roles(rule)):
            people = _overlooked(hands, alert, role, before)
            if people and rule.kind != "signal":
                yield Breach("newcomers-are-told", alert.id, f"{role}: told to none of them")


def _is_put_off(evidence: Evidence, alert: Row[Any]) -> bool:
    return alert.deferred_until is not None and alert.deferred_until >= evidence.today - _A_SLOT


def _overlooked(hands: "_Hands", alert: Row[Any], role: str, told: Sequence[Row[Any]]) -> set[str]:
    """Answer who holds a role for some weeks, in place of somebody told, and was told nothing."""
    evidence = hands.evidence
    place = hands.place(alert.entry_id, evidence.now)
    moved = place != hands.place(alert.entry_id, evidence.now - 2 * _A_SLOT)
    held = hands.held(alert.entry_id, role, place)
    here = {one.person_id for one in held if _holds(one, evidence.today)}
    away = {row.person_id for row in evidence.table("leaves")}
    came = min((one.held_from for one in held if one.person_id in here), default=None)
    if moved or came is None or here & away or not came < evidence.today - _A_SLOT:
        return set()
    mine = [one for one in told if one.role == role]
    before = [one for one in mine if evidence.local(one.made_at).date() < came]
    people = {one.person_id for one in told}
    # Deputies and those who passed it on count as told: it went on from there.
    return set() if not before or len(mine) > len(before) or here & people else here


def _new_below(hands: "_Hands", telling: Row[Any], at: datetime) -> set[date]:
    """Answer the days on which somebody new came below whom an escalation is told to."""
    evidence = hands.evidence
    day = evidence.local(at).date()
    step, alert = evidence.steps[telling.step_id], evidence.alerts[telling.alert_id]
    rule = evidence.configuration.rules.get(alert.rule)
    if rule is None or rule.kind == "signal" or not step.escalation:
        return set()
    found: set[date] = set()
    place = hands.place(alert.entry_id, at)
    for named in _roles(rule):
        role: str | None = named
        while role is not None and role != telling.role:
            held = hands.held(alert.entry_id, role, place)
            if any(_holds(one, day) for one in held):
                if _is_below(evidence, role, telling.role):
                    found |= _hand_overs(held, day)
                break
            role = evidence.configuration.roles[role].up
    return found


def _is_below(evidence: Evidence, role: str | None, above: str) -> bool:
    while role is not None:
        role = evidence.configuration.roles[role].up
        if role == above:
            return True
    return False


def _roles(rule: Rule) -> set[str]:
    steps = [*rule.steps, *(s for over in rule.regions.values() for s in over.steps or ())]
    return {role for step in steps for role in step.tell}


@dataclass(frozen=True)
class _Hands:
    """Who lived where, and who held what, as rows say it."""

    evidence: Evidence
    lives_in: Mapping[str, str]
    moves: Mapping[str, Sequence[Row[Any]]]
    by_name: Mapping[str, Sequence[Row[Any]]]
    holdings: Mapping[str, Sequence[Row[Any]]]

    @classmethod
    def of(cls, evidence: Evidence) -> "_Hands":
        return cls(
            evidence,
            {row.id: row.lives_in for row in evidence.table("entries")},
            evidence.grouped("entry_changes", "entry_id"),
            evidence.grouped("assignments", "entry_id"),
            evidence.grouped("post_holdings", "post_id"),
        )

    def known_before(self, attempt: Row[Any]) -> "_Hands":
        """Answer those who were written down when an attempt began: ids rise with time."""

        def known(rows: Mapping[str, Sequence[Row[Any]]]) -> dict[str, list[Row[Any]]]:
            return {key: [row for row in of if row.id < attempt.id] for key, of in rows.items()}

        return replace(self, by_name=known(self.by_name), holdings=known(self.holdings))

    def place(self, entry_id: str, at: datetime) -> str:
        """Answer where an entry lived at an instant."""
        moves = [
            row for row in self.moves.get(entry_id, ()) if row.field == "lives_in" and row.at > at
        ]
        first = min(moves, key=lambda row: row.at, default=None)
        return self.lives_in[entry_id] if first is None else str(first.old_plain)

    def held(self, entry_id: str, role: str, place: str) -> Sequence[Row[Any]]:
        """Answer who has ever held a role for an entry: by name if anybody has, else by its post."""
        by_name = [row for row in self.by_name.get(entry_id, ()) if row.role == role]
        posts = [
            post
            for post in self.evidence.table("posts")
            if post.role == role and place.startswith(post.region)
        ]
        if by_name or not posts:
            return by_name
        return self.holdings.get(max(posts, key=lambda post: len(post.region)).id, [])


def _holds(held: Row[Any], day: date) -> bool:
    return held.held_from <= day and (held.held_to is None or held.held_to >= day)


def _hand_overs(held: Sequence[Row[Any]], day: date) -> set[date]:
    """Answer all days by now since which others hold it than before, if others do now."""
    if _new_since(held, day) is None:
        return set()
    changed = {one.held_from for one in held} | {
        one.held_to + timedelta(days=1) for one in held if one.held_to is not None
    }
    found = (_new_since(held, one) for one in (*changed, day) if one <= day)
    return {since for since in found if since is not None}


def _new_since(held: Sequence[Row[Any]], day: date) -> date | None:
    """Answer since when others hold it than before; None: the same do, or nobody does."""
    here = [one for one in held if _holds(one, day)]
    if not here:
        return None
    since = min(one.held_from for one in here)
    before = [one for one in held if one.held_from < since]
    if not before:
        return None
    last = max(before, key=lambda one: one.held_to or date.max)
    return None if last.person_id in {one.person_id for one in here} else since
