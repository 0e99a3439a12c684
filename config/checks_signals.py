"""Checks on rules of kind signal: what raises them, who is called in which order."""

from collections.abc import Sequence

from config.checks_kinds import ledger_fields, sealed_sentence, unordered_sentence
from config.checks_names import LONGEST_NAME, check_name
from config.checks_steps import Setting, check_steps, check_told
from config.durations import Duration, Unit
from config.fields import Storage
from config.findings import Finding, Findings
from config.labels import labels_in
from config.language import catalogue
from config.shape import Loc
from config.signals import OnChange, OnRecord, OnSignal, Rung, SignalOverride, SignalRule
from config.spans import SHORT
from config.suggest import hint

_ = catalogue("config")

LEVEL, POST = "level", "post"
_TO = {LEVEL: ("raised", "lowered"), POST: ("vacated",)}
_LONGEST_LINE = 30
_WAITS = SHORT | {Unit.DAYS}


def check_signal(rule: SignalRule, loc: Loc, setting: Setting) -> Findings:
    """Answer what is wrong with a signal rule."""
    yield from _source(rule, (*loc, "on"), setting)
    yield from _positive(rule.expires_after, (*loc, "expires_after"))
    yield from _first_line(rule, (*loc, "first_line"), setting)
    if bool(rule.ladder) == bool(rule.steps):
        yield Finding(loc, _("write either ladder or steps"), at_key=True)
    if rule.all_ and not rule.urgent:
        yield Finding((*loc, "all"), _("only urgent messages go out on all channels at once"))
    yield from _ladder(rule.ladder, (*loc, "ladder"), rule, setting)
    yield from check_steps(rule.steps, (*loc, "steps"), setting)


def check_signal_override(
    over: SignalOverride, rule: SignalRule, loc: Loc, setting: Setting
) -> Findings:
    """Answer what is wrong with what a region changes."""
    if over.expires_after is not None:
        yield from _positive(over.expires_after, (*loc, "expires_after"))
    for key, wanted, written in (
        ("ladder", rule.ladder, over.ladder),
        ("steps", rule.steps, over.steps),
    ):
        if written is not None and not wanted:
            sentence = _("the rule itself has no %(key)s to change here") % {"key": key}
            yield Finding((*loc, key), sentence, at_key=True)
        elif written is not None and not written:
            yield Finding((*loc, key), _("the list is empty; at least one item is needed"))
    yield from _ladder(over.ladder or (), (*loc, "ladder"), rule, setting)
    yield from check_steps(over.steps or (), (*loc, "steps"), setting)


def _first_line(rule: SignalRule, loc: Loc, setting: Setting) -> Findings:
    text = rule.first_line
    if text is None:
        return
    labels = labels_in(text, setting.configuration.labelling_words)
    if labels:
        sentence = _("“%(word)s” labels a child and may not stand in a message")
        yield Finding(loc, sentence % {"word": labels[0]})
    is_long = len(text) > _LONGEST_LINE or any(mark in text.rstrip("。！!.") for mark in "。！!\n")
    if is_long or not text.strip() or not text.isprintable():
        sentence = _("write one short sentence of at most %(limit)s letters")
        yield Finding(loc, sentence % {"limit": _LONGEST_LINE})


def _source(rule: SignalRule, loc: Loc, setting: Setting) -> Findings:
    match rule.on:
        case OnRecord(record=kind) if kind not in setting.names.records:
            sentence = _("there is no record kind “%(name)s”.") % {"name": kind}
            yield Finding((*loc, "record"), sentence + hint(kind, setting.names.records))
        case OnSignal(signal=name):
            yield from check_name(name, (*loc, "signal"), longest=LONGEST_NAME)
        case OnChange():
            yield from _change(rule.on, rule, loc, setting)
        case _:
            pass


def _change(on: OnChange, rule: SignalRule, loc: Loc, setting: Setting) -> Findings:
    allowed = _TO.get(on.changed, ())
    if on.to is not None and on.to not in allowed:
        sentence = _("“%(to)s” does not go with %(field)s; leave out to")
        if allowed:
            sentence = _("“%(to)s” does not go with %(field)s; allowed: %(words)s")
        words = {"field": on.changed, "to": on.to, "words": ", ".join(allowed)}
        yield Finding((*loc, "to"), sentence % words)
    elif on.changed == LEVEL and on.to and not setting.configuration.levels_in_order:
        yield Finding((*loc, "to"), unordered_sentence())
    if on.changed == POST:
        if on.to is None:
            yield Finding(loc, _("write what happens to the post: to: vacated"))
        return
    known = ledger_fields(rule, setting.configuration)
    if not known:
        return
    field = known.get(on.changed)
    if field is None or field.derived:
        plain = [one.name for one in known.values() if _changes(one.storage, one.derived)]
        sentence = _("no field “%(name)s” of the ledger can change.") % {"name": on.changed}
        yield Finding((*loc, "changed"), sentence + hint(on.changed, [POST, *plain]))
    elif field.storage is not Storage.PLAIN:
        yield Finding((*loc, "changed"), sealed_sentence(on.changed))
    elif on.changed == LEVEL and not setting.configuration.levels:
        sentence = _("this site has no levels yet; write them under levels")
        yield Finding((*loc, "changed"), sentence)


def _changes(storage: Storage, derived: bool) -> bool:
    return storage is Storage.PLAIN and not derived


def _ladder(ladder: Sequence[Rung], loc: Loc, rule: SignalRule, setting: Setting) -> Findings:
    for number, rung in enumerate(ladder):
        place = (*loc, number)
        yield from check_told(rung.tell, (*place, "tell"), setting.names)
        last = number == len(ladder) - 1
        if rung.wait is None and not last:
            sentence = _("how long is an answer waited for? Write wait, such as 30 minutes")
            yield Finding(place, sentence)
        elif rung.wait is not None and last:
            sentence = _(
                "nobody comes after the last rung: leave out wait, or write repeat instead"
            )
            yield Finding((*place, "wait"), sentence)
        for key, span in (("wait", rung.wait), ("repeat", rung.repeat)):
            if span is None:
                continue
            yield from _positive(span, (*place, key))
            if span.unit in SHORT and not rule.urgent:
                sentence = _("minutes and hours need urgent: true; other messages wait for a slot")
                yield Finding((*place, key), sentence)


def _positive(span: Duration, loc: Loc) -> Findings:
    if span.unit not in _WAITS:
        yield Finding(loc, _("waiting is counted in minutes, hours or days"))
    elif span.amount < 1:
        yield Finding(loc, _("write at least one minute"))
