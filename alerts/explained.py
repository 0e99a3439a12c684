"""An explanation in plain sentences, one a line; what belongs to another stands further in."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from alerts.explain_reckonings import RecordFacts
from alerts.explained_alerts import AlertTeller, record_text
from alerts.explained_dates import level_lines, reckoning_lines
from alerts.explained_person import person_lines
from alerts.explained_routes import called_lines
from alerts.explained_rules import failed_line, raised_line, region_lines, why_lines
from alerts.explained_spells import missing_line
from alerts.explanation import (
    EntryFacts,
    Explanation,
    MatterStory,
    NextDate,
    RuleStory,
    SilenceFacts,
)
from alerts.wording import day_text, joined, result_text, status_text
from config.language import catalogue
from config.lean import dataclass

_ = catalogue("alerts")

_MOST_RECORDS = 10


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts an explanation into words. `alerts` knows the site's roles and its zone."""

    explanation: Explanation
    alerts: AlertTeller

    def lines(self) -> list[str]:
        """Answer the sentences in the language of the moment."""
        told = self.explanation
        lines = [_entry_line(told.entry), *_records(told.records)]
        if told.held_for is not None:
            lines.append(_("All sending is held until an operator releases it."))
        for story in told.rules:
            lines += ["", *self._rule(story)]
        if sum(bool(story.coming) for story in told.rules) > 1:
            lines += ["", _("The next dates under all rules:"), *self._next(told.next_dates)]
        if told.person is not None:
            lines += ["", *person_lines(told.person, self.alerts)]
        return lines

    def _rule(self, story: RuleStory) -> Iterator[str]:
        yield _("Rule “%(title)s”, version %(version)d, in force since %(day)s.") % {
            "title": story.title,
            "version": story.version,
            "day": day_text(story.effective_on),
        }
        yield from (_in(line) for line in _grounds(story))
        if story.failed:
            yield _in(_("It is not for this entry:"))
            yield from (_in(failed_line(one), 2) for one in story.failed)
        elif story.raised_by is not None:
            yield _in(raised_line(story.raised_by))
            yield from (_in(line) for line in called_lines(story.called, self.alerts))
        if story.level is not None:
            yield from (_in(line) for line in level_lines(story.level))
        yield from (_in(line) for line in self._dates(story))
        yield from (_in(_silence(one)) for one in story.silences)
        yield from (_in(line) for line in why_lines(story))
        yield from (_in(self.alerts.coming(one)) for one in story.coming)

    def _dates(self, story: RuleStory) -> Iterator[str]:
        """Tell each matter with the alerts of it, and then the alerts that are past."""
        keys = {matter.key for matter in story.matters}
        yield from (missing_line(one) for one in story.missing)
        for matter in story.matters:
            yield from self._matter(story, matter)
        for alert in story.alerts:
            if alert.key not in keys:
                yield from self.alerts.alert(alert)

    def _matter(self, story: RuleStory, matter: MatterStory) -> Iterator[str]:
        if matter.reckoning is not None:
            yield from reckoning_lines(matter.reckoning, informs=story.informs)
        if matter.suggested_on is not None and matter.suggested_on < matter.due_on:
            suggested = {"day": day_text(matter.suggested_on)}
            yield _("Suggested day: %(day)s, so that not everything comes at once.") % suggested
        for alert in story.alerts:
            if alert.key == matter.key:
                yield from self.alerts.alert(alert)

    def _next(self, dates: Sequence[NextDate]) -> Iterator[str]:
        for one in dates:
            rules = (
                _("%(rule)s (%(roles)s)")
                % {"rule": title, "roles": joined(self.alerts.title(role) for role in roles)}
                for title, roles in one.rules
            )
            said = {"day": day_text(one.on), "rules": joined(rules)}
            yield _in(_("%(day)s: %(rules)s") % said)


def sentences(explanation: Explanation, zone: ZoneInfo) -> list[str]:
    """Answer an explanation as lines of text in the language of the moment."""
    return Teller(explanation, AlertTeller(explanation.roles, zone)).lines()


def _grounds(story: RuleStory) -> Iterator[str]:
    if story.source:
        yield _("It rests on: %(source)s") % {"source": story.source}
    yield from region_lines(story.regions)
    if story.informs:
        yield _("It only informs: nothing is to be recorded.")


def _silence(silence: SilenceFacts) -> str:
    days = {"from": day_text(silence.from_on), "to": day_text(silence.to_on)}
    return _("Reminders are paused from %(from)s to %(to)s.") % days


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
