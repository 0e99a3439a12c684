"""Checks on groups: fields that exist and may be filtered on, in a form that fits them."""

from config.checks_kinds import sealed_sentence
from config.checks_spans import check_interval
from config.codes import check_code
from config.durations import Duration, Unit
from config.fields import LEDGERS, Field, Form, Storage, fields_of
from config.findings import Finding, Findings, Names
from config.groups import (
    AgeRange,
    AssignmentFilter,
    DateRange,
    Filter,
    Group,
    NumberRange,
    PlaceFilter,
    SetFilter,
)
from config.language import catalogue
from config.model import Configuration
from config.shape import Loc
from config.spans import days
from config.suggest import hint

_ = catalogue("config")


def check_groups(configuration: Configuration, names: Names) -> Findings:
    """Answer what is wrong with named groups and groups written in a rule."""
    groups: list[tuple[Group, Loc]] = [
        (group, ("groups", name)) for name, group in configuration.groups.items()
    ]
    groups += [
        (rule.for_, ("rules", name, "for"))
        for name, rule in configuration.rules.items()
        if isinstance(rule.for_, Group)
    ]
    for group, loc in groups:
        yield from _group(group, loc, configuration)
        yield from _roles(group, loc, names)


def _group(group: Group, loc: Loc, configuration: Configuration) -> Findings:
    if group.ledger not in LEDGERS:
        sentence = _("there is no ledger “%(name)s”.") % {"name": group.ledger}
        yield Finding((*loc, "ledger"), sentence + hint(group.ledger, LEDGERS))
        return
    known = fields_of(configuration, group.ledger)
    for name, wanted in group.where.items():
        place = (*loc, "where", name)
        field = known.get(name)
        if field is None:
            plain = [one.name for one in known.values() if one.storage is Storage.PLAIN]
            sentence = _("the ledger has no field “%(name)s”.") % {"name": name}
            yield Finding(place, sentence + hint(name, plain), at_key=True)
        elif field.storage is not Storage.PLAIN:
            yield Finding(place, sealed_sentence(name), at_key=True)
        else:
            yield from _filter(wanted, field, place, configuration)


def _filter(wanted: Filter, field: Field, place: Loc, configuration: Configuration) -> Findings:
    if not isinstance(wanted, _FITS[field.form]):
        yield Finding(
            place,
            _("a filter on “%(name)s” is written with %(forms)s")
            % {"name": field.name, "forms": _forms(field.form)},
        )
        return
    match wanted:
        case AgeRange() if field.form is Form.STAY:
            yield from _stays(wanted, place)
        case AgeRange():
            yield from _ages(wanted, place)
        case NumberRange():
            yield from _numbers(wanted, place)
        case DateRange():
            yield from _dates(wanted, place)
        case AssignmentFilter():
            return  # its role is looked for among all that are written
        case PlaceFilter():
            yield from _tags(wanted, place, configuration)
            yield from _words(wanted, field, place, configuration)
        case _:
            yield from _words(wanted, field, place, configuration)


_FITS: dict[Form, tuple[type, ...]] = {
    Form.WORD: (str, tuple, SetFilter),
    Form.SET: (SetFilter,),
    Form.AGE: (AgeRange,),
    Form.DATES: (DateRange,),
    Form.NUMBER: (NumberRange,),
    Form.YES_NO: (str,),
    Form.REGION: (str, tuple, SetFilter, PlaceFilter),
    Form.STAY: (AgeRange,),
    Form.CITY: (str,),
    Form.ASSIGNMENT: (AssignmentFilter,),
}


def _forms(form: Form) -> str:
    return {
        Form.WORD: _("one word, a list of words, any_of or none_of"),
        Form.SET: _("any_of, all_of or none_of"),
        Form.AGE: _("at_least and under, such as {under: 16 years}"),
        Form.DATES: _("since, until or known, such as {since: 2026-09-01}"),
        Form.NUMBER: _("at_least and under, such as {at_least: 3}"),
        Form.YES_NO: _("yes or no"),
        Form.REGION: _("a division code, a list of them, any_of, none_of or tagged"),
        Form.STAY: _("at_least and under, such as {at_least: 6 months}"),
        Form.CITY: _("the code of a city, as in city_districts"),
        Form.ASSIGNMENT: _("the role that nobody has, such as {without: director}"),
    }[form]


def _words(
    wanted: str | tuple[str, ...] | SetFilter | PlaceFilter,
    field: Field,
    place: Loc,
    configuration: Configuration,
) -> Findings:
    given = _given(wanted)
    if isinstance(wanted, SetFilter) and wanted.all_of is not None and field.form is not Form.SET:
        yield Finding((*place, "all_of"), _("the field has one value only; write any_of"))
    if not given and not isinstance(wanted, PlaceFilter):
        yield Finding(place, _("this filter names nothing; name a value, or leave it out"))
    allowed = list(configuration.city_districts if field.form is Form.CITY else field.words)
    if field.name == "level":
        allowed = [level.id for level in configuration.levels]
        if not allowed:
            yield Finding(place, _("this site has no levels yet; write them under levels"))
            return
    for loc, word in given:
        if field.form is Form.REGION:
            yield from check_code(word, (*place, *loc))
        elif field.form is Form.CITY and not allowed:
            sentence = _("write the districts of the city under city_districts first")
            yield Finding((*place, *loc), sentence)
        elif allowed and word not in allowed:
            sentence = _("“%(name)s” is no value of %(field)s.")
            names = {"name": word, "field": field.name}
            yield Finding((*place, *loc), sentence % names + hint(word, allowed))


def _tags(wanted: PlaceFilter, place: Loc, configuration: Configuration) -> Findings:
    if not wanted.tagged:
        yield Finding((*place, "tagged"), _("the list is empty; at least one item is needed"))
    for number, tag in enumerate(wanted.tagged):
        if tag not in configuration.region_tags:
            sentence = _("there is no tag “%(name)s” under region_tags.") % {"name": tag}
            close = hint(tag, configuration.region_tags)
            yield Finding((*place, "tagged", number), sentence + close)


def _roles(group: Group, loc: Loc, names: Names) -> Findings:
    for name, wanted in group.where.items():
        if isinstance(wanted, AssignmentFilter) and wanted.without not in names.roles:
            sentence = _("there is no role “%(name)s”.") % {"name": wanted.without}
            place = (*loc, "where", name, "without")
            yield Finding(place, sentence + hint(wanted.without, names.roles))


def _given(
    wanted: str | tuple[str, ...] | SetFilter | PlaceFilter,
) -> list[tuple[Loc, str]]:
    if isinstance(wanted, str):
        return [((), wanted)]
    if isinstance(wanted, tuple):
        return [((number,), word) for number, word in enumerate(wanted)]
    return [
        ((key, number), word)
        for key in ("any_of", "all_of", "none_of")
        for number, word in enumerate(getattr(wanted, key, None) or ())
    ]


def _ages(wanted: AgeRange, place: Loc) -> Findings:
    months: dict[str, int] = {}
    for key, age in (("at_least", wanted.at_least), ("under", wanted.under)):
        if age is None:
            continue
        if age.unit not in {Unit.YEARS, Unit.MONTHS} or age.amount < 0:
            yield Finding(
                (*place, key), _("an age is written in years or months, such as 16 years")
            )
            return
        months[key] = _months(age)
    if not months:
        yield Finding(place, _("this filter names nothing; name a value, or leave it out"))
    elif len(months) == 2 and months["at_least"] >= months["under"]:
        yield Finding(place, _("nobody has this age: at_least must be less than under"))


def _months(age: Duration) -> int:
    return age.amount * 12 if age.unit is Unit.YEARS else age.amount


def _stays(wanted: AgeRange, place: Loc) -> Findings:
    if wanted.at_least is None and wanted.under is None:
        yield Finding(place, _("this filter names nothing; name a value, or leave it out"))
        return
    for key, span in (("at_least", wanted.at_least), ("under", wanted.under)):
        if span is not None:
            yield from check_interval(span, (*place, key))
    if wanted.at_least and wanted.under and days(wanted.at_least) >= days(wanted.under):
        yield Finding(place, _("nothing fits: at_least must be less than under"))


def _numbers(wanted: NumberRange, place: Loc) -> Findings:
    least, under = wanted.at_least, wanted.under
    if least is not None and under is not None and least >= under:
        yield Finding(place, _("nothing fits: at_least must be less than under"))


def _dates(wanted: DateRange, place: Loc) -> Findings:
    bounds = [day for day in (wanted.since, wanted.until) if day is not None]
    if not bounds and wanted.known is None:
        yield Finding(place, _("this filter names nothing; name a value, or leave it out"))
    elif bounds and wanted.known is False:
        yield Finding((*place, "known"), _("a date that is not known lies in no span"))
    elif len(bounds) == 2 and bounds[0] > bounds[1]:
        yield Finding((*place, "until"), _("the last day is before the first"))
