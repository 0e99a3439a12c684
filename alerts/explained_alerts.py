"""Alerts, what was told of them and what comes next, in sentences."""

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from alerts.explain_reckonings import RecordFacts, SignalFacts
from alerts.explanation import AlertFacts, Coming, Expected, StepFacts, TellingFacts
from alerts.newcomers import Newcomer
from alerts.states import Closed, Outcome
from alerts.wording import (
    closed_text,
    day_text,
    instant_text,
    joined,
    month_text,
    outcome_text,
    reason_text,
    role_text,
)
from config.language import catalogue
from config.lean import dataclass

_ = catalogue("alerts")

_SAID_BY_THE_OUTCOME = frozenset(how.value for how in Closed)


@dataclass(frozen=True, slots=True)
class AlertTeller:
    """Puts what was told into words. `roles` are titles by role; `zone`: the site's."""

    roles: Mapping[str, str]
    zone: ZoneInfo

    def alert(self, alert: AlertFacts) -> Iterator[str]:
        """Yield when an alert was opened, for when, how it ended, and all that was told of it."""
        yield _standing(alert)
        if alert.signal is not None:
            yield from self._signal(alert.signal, is_open=alert.closed_on is None)
        if alert.answer is not None:
            answered = {
                "person": alert.answer.person,
                "at": instant_text(alert.answer.at, self.zone),
            }
            yield _("Answered by %(person)s (%(at)s).") % answered
        for step in alert.steps:
            yield from (f"  {line}" for line in self._step(step))
        if alert.deferred_until is not None and alert.closed_on is None:
            until = {"day": day_text(alert.deferred_until)}
            yield _("Somebody knows of it; nothing new is said up to %(day)s.") % until

    def _signal(self, signal: SignalFacts, *, is_open: bool) -> Iterator[str]:
        said = {
            "name": signal.name,
            "raised": instant_text(signal.raised_at, self.zone),
            "expires": instant_text(signal.expires_at, self.zone),
            "rung": signal.rung,
            "next": instant_text(signal.next_at, self.zone) if signal.next_at else "",
        }
        yield _("Raised by “%(name)s” (%(raised)s); nothing is sent after %(expires)s.") % said
        if not is_open or signal.rung is None:
            return
        if signal.next_at is None:
            yield _("Nobody has answered yet; it has come to rung %(rung)d.") % said
        else:
            text = _(
                "Nobody has answered yet; it has come to rung %(rung)d, and goes on at %(next)s."
            )
            yield text % said

    def _step(self, step: StepFacts) -> Iterator[str]:
        day = {"day": day_text(step.on_date)}
        if step.skipped:
            skipped = {**day, "count": step.skipped}
            yield _("%(day)s: repeated; earlier repeats nobody needed: %(count)d") % skipped
        if step.ended is not None:
            ended = {**day, "outcome": outcome_text(step.ended)}
            yield _("%(day)s: %(outcome)s") % ended + _reason(step.ended_reason)
        for telling in step.tellings:
            yield _("%(day)s: %(telling)s") % {**day, "telling": self.telling(telling)}
        if step.waiting:
            roles = joined(self.title(role) for role in step.waiting)
            yield _("%(day)s: still to be told: %(roles)s") % {**day, "roles": roles}

    def telling(self, telling: TellingFacts) -> str:
        """Answer who was told, and what became of it."""
        who = {"role": self.title(telling.role), "person": telling.person}
        if telling.via is None:
            text = _("%(role)s %(person)s") % who
        else:
            through = {**who, "via": telling.via}
            text = _("%(role)s %(person)s, through %(via)s who passes it on") % through
        return _("%(who)s: %(moves)s") % {"who": text, "moves": self._moves(telling)}

    def _moves(self, telling: TellingFacts) -> str:
        """Tell the last word with its time; of the way there only what is worth knowing."""
        parts = []
        last = len(telling.moves) - 1
        for position, move in enumerate(telling.moves):
            passing = move.became in (Outcome.PENDING, Outcome.SENDING)
            if passing and move.reason is None and position != last:
                continue
            said = {
                "outcome": outcome_text(move.became),
                "at": instant_text(move.at, self.zone),
            }
            parts.append(_("%(outcome)s (%(at)s)") % said + _reason(move.reason))
        return _("; then ").join(parts)

    def coming(self, coming: Coming) -> str:
        """Answer what is told next, in which message, to whom."""
        role = self.title(coming.role)
        said = {"day": day_text(coming.on_date), "role": role}
        gaps = joined(self.title(gap) for gap in coming.gaps)
        if coming.slot is None:
            nobody = _("Next, for %(day)s: %(role)s should be told, but nobody can be reached.")
            return nobody % said
        said |= {"slot": day_text(coming.slot), "people": people_text(coming.expected)}
        if coming.urgent:
            text = _("Next, for %(day)s: %(role)s is told at once on %(slot)s: %(people)s.")
        elif coming.escalation:
            text = _(
                "Next, for %(day)s: %(role)s is told, one rung up, in the message of"
                " %(slot)s: %(people)s."
            )
        else:
            text = _("Next, for %(day)s: %(role)s is told in the message of %(slot)s: %(people)s.")
        sentence = text % said + self._spared(coming.spares)
        if gaps:
            sentence += _(" Nobody holds the post: %(roles)s.") % {"roles": gaps}
        return sentence

    def _spared(self, new: Newcomer | None) -> str:
        if new is None:
            return ""
        said = {
            "role": self.title(new.role),
            "since": day_text(new.since),
            "day": day_text(new.free_on),
        }
        return _(" It waits until %(day)s: %(role)s is new since %(since)s.") % said

    def title(self, role: str) -> str:
        """Answer what a role is called."""
        return self.roles.get(role) or role_text({}, role)


def record_text(record: RecordFacts) -> str:
    """Answer a record in a few words: its day and its kind."""
    day = month_text(record.happened_on) if record.month_only else day_text(record.happened_on)
    return _("%(kind)s on %(day)s") % {"kind": kind_text(record), "day": day}


def kind_text(record: RecordFacts) -> str:
    """Answer what a record is, with the other division that it names."""
    if record.counterpart is None:
        return record.kind
    return _("%(kind)s (other division: %(name)s)") % {
        "kind": record.kind,
        "name": record.counterpart,
    }


def _standing(alert: AlertFacts) -> str:
    days = {"opened": day_text(alert.opened_on), "due": day_text(alert.due_on)}
    if alert.closed_on is None or alert.closed_how is None:
        if alert.signal is not None:
            return _("Open since %(opened)s.") % days
        return _("Open since %(opened)s, due on %(due)s.") % days
    days |= {"closed": day_text(alert.closed_on), "how": _closing(alert)}
    if alert.signal is not None:
        return _("Opened on %(opened)s; closed on %(closed)s: %(how)s.") % days
    return _("Opened on %(opened)s, due on %(due)s; closed on %(closed)s: %(how)s.") % days


def _closing(alert: AlertFacts) -> str:
    how = closed_text(alert.closed_how) if alert.closed_how else ""
    if alert.closed_by is None:
        return how
    said = {"how": how, "record": record_text(alert.closed_by)}
    return _("%(how)s, by %(record)s") % said


def _reason(reason: str | None) -> str:
    if reason is None or reason in _SAID_BY_THE_OUTCOME:
        return ""
    return _(" [%(reason)s]") % {"reason": reason_text(reason)}


def people_text(expected: Sequence[Expected]) -> str:
    """Answer who would be told, and through whom."""
    return joined(_one(one) for one in expected)


def _one(expected: Expected) -> str:
    if expected.via is not None:
        said = {"person": expected.person, "via": expected.via}
        return _("%(person)s, through %(via)s who passes it on") % said
    if expected.channel is None:
        return _("%(person)s (no address)") % {"person": expected.person}
    if expected.also:
        channels = joined((expected.channel, *expected.also))
        said = {"person": expected.person, "channels": channels}
        return _("%(person)s (at once on %(channels)s)") % said
    return expected.person
