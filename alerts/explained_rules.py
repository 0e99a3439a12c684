"""What holds of a rule for one entry, and why nothing is sent: in sentences."""

from collections.abc import Iterator

from alerts.explanation import FailedFilter, RegionFacts, RuleStory, Why
from alerts.wording import joined
from alerts.wording_filters import field_text, filter_text
from config.language import catalogue

_ = catalogue("alerts")

_SAID_OTHERWISE = frozenset({Why.NOT_FOR_IT, Why.SILENCED, Why.ACKNOWLEDGED})


def region_lines(regions: tuple[RegionFacts, ...]) -> Iterator[str]:
    """Yield which divisions write something of the rule differently, and what it rests on there."""
    for region in regions:
        said = {
            "name": region.name or _("the division"),
            "prefix": region.prefix,
            "keys": joined(key_text(key) for key in region.changes),
            "source": region.source,
        }
        if region.changes:
            yield _("What %(name)s (%(prefix)s) changes holds here: %(keys)s.") % said
        if region.source:
            yield _("For %(name)s (%(prefix)s) it rests on: %(source)s") % said


def key_text(key: str) -> str:
    """Answer what a key of a rule is about."""
    return {
        "every": _("the interval"),
        "on_raise": _("what a raised level asks for"),
        "during": _("shorter intervals in windows"),
        "roll": _("what happens on days of rest"),
        "steps": _("when whom is told"),
        "late": _("what happens to late reminders"),
        "valid": _("from when to when it holds"),
        "window": _("the window"),
        "lead": _("how much earlier it begins"),
        "tail": _("how much later it ends"),
        "on": _("what it counts from"),
        "period": _("the period"),
        "due": _("the due day"),
        "ladder": _("the ladder"),
        "expires_after": _("when it expires"),
    }.get(key, key)


def failed_line(failed: FailedFilter) -> str:
    """Answer a condition that the entry does not meet; what the entry is stays unsaid."""
    said = {
        "field": failed.title or field_text(failed.field),
        "wanted": filter_text(failed.field, failed.wanted),
    }
    if failed.unknown:
        return _("%(field)s: nothing is written; the rule asks for: %(wanted)s") % said
    return _("%(field)s: the rule asks for: %(wanted)s") % said


def raised_line(raised_by: tuple[str, str]) -> str:
    """Answer what raises a signal rule."""
    form, what = raised_by
    texts = {
        "record": _("It is raised by each record of this kind: %(what)s."),
        "changed": _("It is raised by a change: %(what)s."),
        "imported": _("It is raised by what an import finds to differ."),
        "signal": _("It is raised by the signal %(what)s."),
        "cap": _("It is raised by a public warning: %(what)s."),
    }
    return texts[form] % {"what": _change_text(what) if form == "changed" else what}


def _change_text(what: str) -> str:
    return {
        "level raised": _("the level is raised"),
        "level lowered": _("the level is lowered"),
        "post vacated": _("a post becomes vacant"),
    }.get(what, what)


def why_lines(story: RuleStory) -> Iterator[str]:
    """Yield why nothing is sent, or not now; what stands elsewhere in the story is left out."""
    for why in story.whys:
        if why not in _SAID_OTHERWISE:
            yield _why(why, informs=story.informs)


def _why(why: Why, *, informs: bool) -> str:
    if why is Why.ALL_TOLD and informs:
        return _("All that the rule foresees was told; there is nothing to record.")
    return {
        Why.ENTRY_LEFT: _("Nothing is sent: the entry is not in the ledger any more."),
        Why.NOT_IN_FORCE: _("Nothing is sent: the time of the rule has not begun."),
        Why.NOT_CONFIGURED: _("Nothing is sent: no interval is configured for the level."),
        Why.NO_DATE: _("Nothing is sent: the date that the rule counts from is not written."),
        Why.NO_RECORD: _("Nothing is sent: there is no record yet that the rule counts from."),
        Why.NO_WINDOW: _("Nothing is sent: no calendar says when the season is."),
        Why.NO_NEXT_WINDOW: _(
            "Nothing is sent: it is over, and no calendar says when the next is."
        ),
        Why.NO_SIGNAL: _("Nothing is sent: nothing has happened that would raise it."),
        Why.SETTLED: _("Nothing is sent: what the rule asks for was done already."),
        Why.OVER: _("Nothing is sent: its time is past."),
        Why.PAST_VALIDITY: _("Nothing is sent: the rule runs out before the due date."),
        Why.IMPORT_UNFINISHED: _("Nothing is sent: the import it came with is not whole yet."),
        Why.NOT_LOOKED_AT: _("The next pass (tick) takes up what has changed."),
        Why.NOT_YET: _("Nothing is sent yet: it is too early."),
        Why.DELIVERY_HELD: _("Nothing goes out: all sending is held."),
        Why.WAITS_FOR_SLOT: _("What is due waits for the next message."),
        Why.ALL_TOLD: _("All that the rule foresees was told; it stays open until it is done."),
    }[why]
