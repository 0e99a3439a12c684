"""Checks on approved texts of SMS: that a vendor will take them, and that each notice has one."""

from collections.abc import Iterator

from config.channels.http_sms import HttpSmsSettings
from config.channels.http_sms_places import OF_A_VARIABLE
from config.channels.sms import DEFAULT, SMS_FIELDS, URGENT, VARIABLE, ApprovedText, SmsWriting
from config.findings import Finding, Findings, Names
from config.labels import labels_in
from config.language import catalogue
from config.model import Configuration
from config.shape import Loc
from config.signals import SignalRule
from config.sms_rules import LONGEST, SmsRules, refusals
from config.suggest import hint

_ = catalogue("config")

KINDS = ("director", "supervisor", "summary", "operator")
"""The kinds of notice that one person may get by SMS."""

_KIND_OF_LEVEL = {"village": "director", "township": "supervisor"}
_ALONE, _SEVERAL = 70, 67
_ADJACENT = "}${"


def check_sms(configuration: Configuration, names: Names) -> Findings:
    """Answer what is wrong with the texts of each channel of SMS."""
    for name, channel in configuration.channels.items():
        if isinstance(channel, SmsWriting):
            yield from _channel(configuration, ("channels", name), channel=channel)
            if isinstance(channel, HttpSmsSettings):
                yield from _named_alone(("channels", name), channel)


def kinds_sent(configuration: Configuration, channel: str) -> tuple[str, ...]:
    """Answer the kinds of notice that routes bring to a channel."""
    delivery = configuration.delivery
    found = {"operator", "supervisor"} if _reaches_operator(configuration, channel) else set()
    for table in (delivery.routes, delivery.urgent_routes):
        for role, channels in table.items():
            if channel in channels:
                about = configuration.roles.get(role)
                level = about.level if about else "operator"
                usual = "operator" if about is None else "summary"
                found.add(_KIND_OF_LEVEL.get(level, usual))
    return tuple(kind for kind in KINDS if kind in found)


def _reaches_operator(configuration: Configuration, channel: str) -> bool:
    """Tell whether the operator, who has no routes of their own, has an address for a channel."""
    if "operator" in configuration.delivery.routes:
        return False
    operator = configuration.site.operator
    if isinstance(configuration.channels[channel], SmsWriting):
        return operator.phone is not None and operator.email is None
    return operator.email is not None or operator.wecom is not None


def _channel(configuration: Configuration, loc: Loc, *, channel: SmsWriting) -> Findings:
    rules = channel.rules
    if not channel.templates and not rules.needs_template:
        return
    if channel.signature is None:
        yield Finding(loc, _("approved texts need a signature"), at_key=True)
    known = {*KINDS, *(URGENT + kind for kind in KINDS), DEFAULT}
    for key, text in channel.templates.items():
        place = (*loc, "templates", key)
        if key not in known:
            sentence = _("there is no kind of notice “%(name)s”.") % {"name": key}
            yield Finding(place, sentence + hint(key, known), at_key=True)
        for sentence in _faults(configuration, text, channel, rules):
            yield Finding((*place, "text"), sentence)
    yield from _covered(configuration, loc, channel=channel, rules=rules)


def _named_alone(loc: Loc, channel: HttpSmsSettings) -> Findings:
    """Say which texts lack a variable that the request to a gateway names by itself."""
    named = {name.removeprefix(OF_A_VARIABLE) for name in channel.places if OF_A_VARIABLE in name}
    for key, text in channel.templates.items():
        for name in sorted(named.difference(text.variables())):
            sentence = _(
                "the request names ${variables.%(name)s}, which this text has not; "
                "write ${variables} there, for all that a text has"
            )
            yield Finding((*loc, "templates", key, "text"), sentence % {"name": name})


def _faults(
    configuration: Configuration, text: ApprovedText, channel: SmsWriting, rules: SmsRules
) -> Iterator[str]:
    """Yield what a vendor would refuse about one text."""
    yield from _variables(text)
    fixed = VARIABLE.sub("", text.text)
    yield from refusals(fixed, rules, links=channel.links)
    for word in labels_in(fixed, configuration.labelling_words):
        yield _("“%(word)s” labels a child and may not stand in a message") % {"word": word}
    if len(text.text) > LONGEST:
        yield _("a text has at most %(most)s characters") % {"most": LONGEST}
    least = len(fixed) + len(text.variables()) + len(channel.signature or "") + 2
    if least > (_ALONE if channel.parts == 1 else _SEVERAL * channel.parts):
        yield _("with the signature this is longer than parts: %(parts)s allows") % {
            "parts": channel.parts
        }


def _variables(text: ApprovedText) -> Iterator[str]:
    names = text.variables()
    for name in names:
        if name not in SMS_FIELDS:
            yield _("there is no variable “%(name)s”.") % {"name": name} + hint(name, SMS_FIELDS)
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _("the variable “%(name)s” stands here twice") % {"name": name}
    if _ADJACENT in text.text:
        yield _("two variables stand side by side; vendors want words between them")
    if names and not any(letter.isalnum() for letter in VARIABLE.sub("", text.text)):
        yield _("a text of variables only is refused; say in words what it is about")
    if "${" in VARIABLE.sub("", text.text):
        yield _("write a variable as ${name}, with letters and _ only")


def _covered(
    configuration: Configuration, loc: Loc, *, channel: SmsWriting, rules: SmsRules
) -> Findings:
    """Say which notices have no text that may be sent."""
    sent = kinds_sent(configuration, str(loc[1]))
    urgent = any(isinstance(rule, SignalRule) for rule in configuration.rules.values())
    told: set[str] = set()
    for kind in sent:
        for is_urgent in (False, True) if urgent else (False,):
            found = channel.approved(kind, urgent=is_urgent)
            if found is None:
                sentence = _("“%(kind)s” notices go this way and have no text; add templates.%(kind)s"
                             " or templates.default")  # fmt: skip
                if kind not in told:
                    yield Finding(loc, sentence % {"kind": kind}, at_key=True)
                told.add(kind)
                continue
            key, text = found
            if text.status != "approved" and key not in told:
                told.add(key)
                yield from _unapproved(loc, key, text)
            if is_urgent and kind not in told:
                yield from _first_lines(configuration, loc, key=key, text=text)
                told.add(kind)
    for key, text in channel.templates.items():
        if text.status == "approved" and rules.needs_template and not text.code:
            sentence = _("an approved text needs the vendor's code")
            yield Finding((*loc, "templates", key), sentence, at_key=True)


def _unapproved(loc: Loc, key: str, text: ApprovedText) -> Findings:
    sentence = _(
        "this text is sent but not approved yet (%(status)s); write status: approved once it is"
    )
    place = (*loc, "templates", key)
    yield Finding(place, sentence % {"status": text.status}, at_key=True)


def _first_lines(
    configuration: Configuration, loc: Loc, *, key: str, text: ApprovedText
) -> Findings:
    """Say which rules want a line said first that an approved text does not say."""
    for name, rule in configuration.rules.items():
        line = rule.first_line if isinstance(rule, SignalRule) else None
        if line and line not in text.text and "first" not in text.variables():
            sentence = _(
                "the rule “%(rule)s” wants “%(line)s” said first; this text says it not: add it, or ${first}"
            )
            place = (*loc, "templates", key, "text")
            yield Finding(place, sentence % {"rule": name, "line": line}, warning=True)
