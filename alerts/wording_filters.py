"""What a rule's group asks for, in the reader's language: fields, words, ages, dates, numbers."""

from collections.abc import Iterable, Mapping

from alerts.wording import day_text, joined, span_text, status_text
from config.durations import Duration, Unit
from config.groups import (
    AgeRange,
    AssignmentFilter,
    DateRange,
    Filter,
    NumberRange,
    PlaceFilter,
    SetFilter,
)
from config.language import catalogue

_ = catalogue("alerts")


def field_text(field: str) -> str:
    """Answer the name of a plain field; one that the site declared has a title of its own."""
    return {
        "ledger": _("ledger"),
        "status": _("status"),
        "population": _("population"),
        "category": _("category"),
        "level": _("level"),
        "grade": _("grade"),
        "sex": _("sex"),
        "triggers": _("circumstances"),
        "age": _("age"),
        "born_on": _("date of birth"),
        "entered_on": _("day of entry"),
        "left_on": _("day of leaving"),
        "lives_in": _("place of living"),
        "registered_in": _("place of registration"),
        "stay": _("length of stay"),
        "crosses": _("lives elsewhere than registered"),
        "not_between_districts_of": _("not between the districts of one city"),
        "assignment": _("who looks after it"),
        "tier": _("kind of division"),
        "permit_until": _("last day of the permit"),
    }.get(field, field)


def filter_text(field: str, wanted: Filter) -> str:
    """Answer what a condition of a rule asks for."""
    match wanted:
        case str():
            return word_text(field, wanted)
        case AssignmentFilter():
            return _("nobody is %(role)s") % {"role": wanted.without}
        case AgeRange():
            bounds = []
            if wanted.at_least is not None:
                bounds.append(_("at least %(age)s") % {"age": _age(wanted.at_least)})
            if wanted.under is not None:
                bounds.append(_("under %(age)s") % {"age": _age(wanted.under)})
            return joined(bounds)
        case DateRange():
            days = [] if wanted.known is None else [_("known") if wanted.known else _("not known")]
            if wanted.since is not None:
                days.append(_("from %(day)s") % {"day": day_text(wanted.since)})
            if wanted.until is not None:
                days.append(_("up to %(day)s") % {"day": day_text(wanted.until)})
            return joined(days)
        case SetFilter() | PlaceFilter() | NumberRange():
            return joined(_texts(field, wanted))
        case _:
            words = joined(word_text(field, word) for word in wanted)
            return _("one of: %(words)s") % {"words": words}


def word_text(field: str, word: str) -> str:
    """Answer a word that a field may hold; one of the site's own stays as it is."""
    match field, word:
        case "status", _:
            return status_text(word)
        case "ledger", _:
            return ledger_text(word)
        case "crosses", _:
            return {
                "county": _("in another county"),
                "township": _("in another township"),
            }.get(word, word)
        case _, "yes" | "no":
            return _("yes") if word == "yes" else _("no")
        case "sex", _:
            return {"male": _("male"), "female": _("female")}.get(word, word)
        case "tier", _:
            tiers = {"village": _("village"), "township": _("township"), "county": _("county")}
            return tiers.get(word, word)
    return word


def ledger_text(ledger: str) -> str:
    """Answer what a ledger is a register of."""
    return {
        "children": _("children"),
        "institutions": _("institutions"),
        "jurisdictions": _("divisions"),
    }.get(ledger, ledger)


def _age(span: Duration) -> str:
    if span.unit is Unit.YEARS:
        return _("%(n)d years of age") % {"n": span.amount}
    return span_text(span)


def _texts(field: str, wanted: SetFilter | PlaceFilter | NumberRange) -> Iterable[str]:
    return _number_texts(wanted) if isinstance(wanted, NumberRange) else _set_texts(field, wanted)


def _number_texts(wanted: NumberRange) -> Iterable[str]:
    if wanted.at_least is not None:
        yield _("%(number)s or more") % {"number": wanted.at_least}
    if wanted.under is not None:
        yield _("less than %(number)s") % {"number": wanted.under}


def _set_texts(field: str, wanted: SetFilter | PlaceFilter) -> Iterable[str]:
    def said(words: Iterable[str]) -> Mapping[str, str]:
        return {"words": joined(word_text(field, word) for word in words)}

    if isinstance(wanted, PlaceFilter):
        yield _("tagged: %(words)s") % {"words": joined(wanted.tagged)}
    if wanted.any_of is not None:
        yield _("one of: %(words)s") % said(wanted.any_of)
    if isinstance(wanted, SetFilter) and wanted.all_of is not None:
        yield _("all of: %(words)s") % said(wanted.all_of)
    if wanted.none_of is not None:
        yield _("none of: %(words)s") % said(wanted.none_of)
