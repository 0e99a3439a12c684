"""An explanation in plain sentences, one a line; what belongs to another stands further in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from alerts.explained_dates import reckoning_lines
from alerts.explanation import (
    AlertFacts,
    Coming,
    EntryFacts,
    Expected,
    Explanation,
    FailedFilter,
    PersonStory,
    RecordFacts,
    RuleStory,
    StepFacts,
    TellingFacts,
    Why,
)
from alerts.states import Closed, Outcome
from alerts.wording import (
    closed_text,
    day_text,
    instant_text,
    joined,
    month_text,
    outcome_text,
    reason_text,
    result_text,
    role_text,
    status_text,
)
from alerts.wording_filters import field_text, filter_text
from config.language import catalogue

_ = catalogue("alerts")

_MOST_RECORDS = 10
_SAID_BY_THE_OUTCOME = frozenset(how.value for how in Closed)


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts an explanation into words. `zone`: the site's, for times of day."""

    explanation: Explanation
    zone: ZoneInfo

    def lines(self) -> list[str]:
        """Answer the sentences in the language of the moment."""
        told = self.explanation
        lines = [_entry_line(told.entry), *_records(told.records)]
        if told.held_for is not None:
            lines.append(_("All sending is held until an operator releases it."))
        for story in told.rules:
            lines += ["", *self._rule(story)]
        if told.person is not None:
            lines += ["", *self._person(told.person)]
        return lines

    def _rule(self, story: RuleStory) -> Iterator[str]:
        yield _("Rule “%(title)s”, version %(version)d, in force since %(day)s.") % {
            "title": story.title,
            "version": story.version,
            "day": day_text(story.effective_on),
        }
        if story.source:
            yield _in(_("It rests on: %(source)s") % {"source": story.source})
        if story.failed:
            yield _in(_("It is not for this entry:"))
            yield from (_in(_failed(one), 2) for one in story.failed)
        if story.reckoning is not None:
            yield from (_in(line) for line in reckoning_lines(story.reckoning))
        for alert in story.alerts:
            yield from (_in(line) for line in self._alert(alert))
        for silence in story.silences:
            days = {"from": day_text(silence.from_on), "to": day_text(silence.to_on)}
            yield _in(_("Reminders are paused from %(from)s to %(to)s.") % days)
        yield from (_in(line) for line in self._whys(story))
        yield from (_in(self._coming(one)) for one in story.coming)

    def _alert(self, alert: AlertFacts) -> Iterator[str]:
        days = {"opened": day_text(alert.opened_on), "due": day_text(alert.due_on)}
        if alert.closed_on is None or alert.closed_how is None:
            yield _("Open since %(opened)s, due on %(due)s.") % days
        else:
            yield _("Opened on %(opened)s, due on %(due)s; closed on %(closed)s: %(how)s.") % {
                **days,
                "closed": day_text(alert.closed_on),
                "how": _closing(alert),
            }
        for step in alert.steps:
            yield from (_in(line) for line in self._step(step))
        if alert.deferred_until is not None and alert.closed_on is None:
            until = {"day": day_text(alert.deferred_until)}
            yield _("Somebody knows of it; nothing new is said up to %(day)s.") % until

    def _step(self, step: StepFacts) -> Iterator[str]:
        day = {"day": day_text(step.on_date)}
        if step.skipped:
            skipped = {**day, "count": step.skipped}
            yield _("%(day)s: repeated; earlier repeats nobody needed: %(count)d") % skipped
        if step.ended is not None:
            yield _("%(day)s: %(outcome)s") % {**day, "outcome": outcome_text(step.ended)}
        for telling in step.tellings:
            yield _("%(day)s: %(telling)s") % {**day, "telling": self._telling(telling)}
        if step.waiting:
            roles = joined(self._title(role) for role in step.waiting)
            yield _("%(day)s: still to be told: %(roles)s") % {**day, "roles": roles}

    def _telling(self, telling: TellingFacts) -> str:
        who = {"role": self._title(telling.role), "person": telling.person}
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

    def _whys(self, story: RuleStory) -> Iterator[str]:
        said_otherwise = {Why.NOT_FOR_IT, Why.SILENCED, Why.ACKNOWLEDGED}
        for why in story.whys:
            if why not in said_otherwise:
                yield _why(why)

    def _coming(self, coming: Coming) -> str:
        role = self._title(coming.role)
        said = {"day": day_text(coming.on_date), "role": role}
        gaps = joined(self._title(gap) for gap in coming.gaps)
        if coming.slot is None:
            nobody = _("Next, for %(day)s: %(role)s should be told, but nobody can be reached.")
            return nobody % said
        said |= {"slot": day_text(coming.slot), "people": _people(coming.expected)}
        if coming.escalation:
            text = _(
                "Next, for %(day)s: %(role)s is told, one rung up, in the message of"
                " %(slot)s: %(people)s."
            )
        else:
            text = _("Next, for %(day)s: %(role)s is told in the message of %(slot)s: %(people)s.")
        if gaps:
            return text % said + _(" Nobody holds the post: %(roles)s.") % {"roles": gaps}
        return text % said

    def _person(self, story: PersonStory) -> Iterator[str]:
        who = {"person": story.handle}
        if story.roles:
            roles = joined(self._title(role) for role in story.roles)
            yield _("%(person)s is told of this entry as %(roles)s.") % {**who, "roles": roles}
        else:
            yield _("%(person)s is not told of this entry.") % who
        yield from (_in(line) for line in self._person_whys(story))
        for _rule, step, telling in story.told:
            said = {"day": day_text(step.on_date), "telling": self._telling(telling)}
            yield _in(_("%(day)s: %(telling)s") % said)
        if not story.told:
            yield _in(_("So far nothing of it was said to %(person)s.") % who)

    def _person_whys(self, story: PersonStory) -> Iterator[str]:
        if story.left_on is not None:
            yield _("Left on %(day)s.") % {"day": day_text(story.left_on)}
        if story.away:
            yield _("On leave.")
        if story.silenced_until is not None:
            until = {"day": day_text(story.silenced_until)}
            yield _("Messages to this person are paused up to %(day)s.") % until
        if not story.reach and story.left_on is None:
            yield _("There is no address for this person; somebody else passes messages on.")
        for role, people in () if story.roles else story.instead.items():
            if people:
                said = {"role": self._title(role), "people": _people(people)}
                yield _("As %(role)s there is told: %(people)s.") % said

    def _title(self, role: str) -> str:
        return self.explanation.roles.get(role) or role_text({}, role)


def sentences(explanation: Explanation, zone: ZoneInfo) -> list[str]:
    """Answer an explanation as lines of text in the language of the moment."""
    return Teller(explanation, zone).lines()


def record_text(record: RecordFacts) -> str:
    """Answer a record in a few words: its day and its kind."""
    day = month_text(record.happened_on) if record.month_only else day_text(record.happened_on)
    return _("%(kind)s on %(day)s") % {"kind": record.kind, "day": day}


def _in(line: str, steps: int = 1) -> str:
    return "  " * steps + line


def _entry_line(entry: EntryFacts) -> str:
    place = joined(name for name in (entry.village, entry.township) if name)
    said = {
        "number": entry.number,
        "place": place or "—",
        "status": status_text(entry.status),
        "day": day_text(entry.entered_on),
    }
    if entry.left_on is not None:
        left = {**said, "left": day_text(entry.left_on)}
        return _("%(number)s (%(place)s): entered on %(day)s; %(status)s on %(left)s.") % left
    return _("%(number)s (%(place)s): %(status)s, entered on %(day)s.") % said


def _records(records: Sequence[RecordFacts]) -> Iterator[str]:
    if not records:
        yield _("Nothing was ever recorded.")
        return
    yield _("Records, the newest first:")
    yield from (_in(_record(record)) for record in records[:_MOST_RECORDS])
    if len(records) > _MOST_RECORDS:
        yield _in(_("earlier ones: %(count)d") % {"count": len(records) - _MOST_RECORDS})


def _record(record: RecordFacts) -> str:
    parts = [record_text(record), result_text(record.result)]
    if record.late_entry:
        parts.append(_("entered late, on %(day)s") % {"day": day_text(record.recorded_on)})
    if record.by is not None:
        parts.append(_("by %(person)s") % {"person": record.by})
    if record.voided_on is not None:
        parts.append(_("void since %(day)s") % {"day": day_text(record.voided_on)})
    return _("%(what)s [id %(id)s]") % {"what": joined(parts), "id": record.id}


def _failed(failed: FailedFilter) -> str:
    said = {
        "field": failed.title or field_text(failed.field),
        "wanted": filter_text(failed.field, failed.wanted),
    }
    if failed.unknown:
        return _("%(field)s: nothing is written; the rule asks for: %(wanted)s") % said
    return _("%(field)s: the rule asks for: %(wanted)s") % said


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


def _people(expected: Sequence[Expected]) -> str:
    return joined(_one(one) for one in expected)


def _one(expected: Expected) -> str:
    if expected.via is not None:
        said = {"person": expected.person, "via": expected.via}
        return _("%(person)s, through %(via)s who passes it on") % said
    if expected.channel is None:
        return _("%(person)s (no address)") % {"person": expected.person}
    return expected.person


def _why(why: Why) -> str:
    return {
        Why.ENTRY_LEFT: _("Nothing is sent: the entry is not in the ledger any more."),
        Why.NOT_IN_FORCE: _("Nothing is sent: the time of the rule has not begun."),
        Why.PAST_VALIDITY: _("Nothing is sent: the rule runs out before the due date."),
        Why.IMPORT_UNFINISHED: _("Nothing is sent: the import it came with is not whole yet."),
        Why.NOT_LOOKED_AT: _("The next pass (tick) takes up what has changed."),
        Why.NOT_YET: _("Nothing is sent yet: it is too early."),
        Why.DELIVERY_HELD: _("Nothing goes out: all sending is held."),
        Why.WAITS_FOR_SLOT: _("What is due waits for the next message."),
        Why.ALL_TOLD: _("All that the rule foresees was told; it stays open until it is done."),
    }[why]
