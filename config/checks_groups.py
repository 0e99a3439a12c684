"""Checks on groups: fields that exist and may be filtered on, in a form that fits them."""

from datetime import date

from config.durations import Duration, Unit
from config.fields import LATER_LEDGERS, LEDGERS, Field, Form, Storage
from config.findings import Finding, Findings, Names
from config.groups import AgeRange, DateRange, Filter, Group, SetFilter
from config.language import catalogue
from config.model import Configuration
from config.shape import Loc
from config.suggest import hint

_ = catalogue("config")

_REGION_LENGTHS = {2, 4, 6, 9, 12}


def check_groups(configuration: Configuration, names: Names) -> Findings:
    """Answer what is wrong with named groups and groups written in a rule."""
    for name, group in configuration.groups.items():
        yield from _group(group, ("groups", name), configuration)
    for name, rule in configuration.rules.items():
        if isinstance(rule.for_, Group):
            yield from _group(rule.for_, ("rules", name, "for"), configuration)


def _group(group: Group, loc: Loc, configuration: Configuration) -> Findings:
    if group.ledger not in LEDGERS:
        if group.ledger in LATER_LEDGERS:
            sentence = _("“%(word)s” comes with a later version; so far there is: %(words)s")
            words = {"word": group.ledger, "words": ", ".join(LEDGERS)}
            yield Finding((*loc, "ledger"), sentence % words)
        else:
            sentence = _("there is no ledger “%(name)s”.") % {"name": group.ledger}
            yield Finding((*loc, "ledger"), sentence + hint(group.ledger, LEDGERS))
        return
    known = LEDGERS[group.ledger]
    for name, wanted in group.where.items():
        place = (*loc, "where", name)
        field = known.get(name)
        if field is None:
            plain = [one.name for one in known.values() if one.storage is Storage.PLAIN]
            sentence = _("the ledger has no field “%(name)s”.") % {"name": name}
            yield Finding(place, sentence + hint(name, plain), at_key=True)
        elif field.storage is Storage.SEALED:
            yield Finding(
                place,
                _(
                    "“%(name)s” is sealed: it is stored encrypted to protect the child, and no rule "
                    "may look at it"
                )
                % {"name": name},
                at_key=True,
            )
        else:
            yield from _filter(wanted, field, place, configuration)


def _filter(wanted: Filter, field: Field, place: Loc, configuration: Configuration) -> Findings:
    if not isinstance(wanted, _FITS[field.form]):
        yield Finding(
            place,
            _("a filter on “%(name)s” is written with %(forms)s")
            % {"name": field.name, "forms": _forms(field.form)},
        )
    elif isinstance(wanted, AgeRange):
        yield from _ages(wanted, place)
    elif isinstance(wanted, DateRange):
        yield from _dates(wanted.since, wanted.until, place)
    else:
        yield from _words(wanted, field, place, configuration)


_FITS: dict[Form, tuple[type, ...]] = {
    Form.WORD: (str, tuple, SetFilter),
    Form.SET: (SetFilter,),
    Form.AGE: (AgeRange,),
    Form.DATES: (DateRange,),
    Form.REGION: (str, tuple),
}


def _forms(form: Form) -> str:
    return {
        Form.WORD: _("one word, a list of words, any_of or none_of"),
        Form.SET: _("any_of, all_of or none_of"),
        Form.AGE: _("at_least and under, such as {under: 16 years}"),
        Form.DATES: _("since and until, such as {since: 2026-09-01}"),
        Form.REGION: _("a division code or a list of them"),
    }[form]


def _words(
    wanted: str | tuple[str, ...] | SetFilter,
    field: Field,
    place: Loc,
    configuration: Configuration,
) -> Findings:
    given = _given(wanted)
    if isinstance(wanted, SetFilter) and wanted.all_of is not None and field.form is Form.WORD:
        yield Finding((*place, "all_of"), _("the field has one value only; write any_of"))
    if not given:
        yield Finding(place, _("this filter names nothing; name a value, or leave it out"))
    allowed = list(field.words)
    if field.name == "level":
        allowed = [level.id for level in configuration.levels]
        if not allowed:
            yield Finding(place, _("this site has no levels yet; write them under levels"))
            return
    for loc, word in given:
        if field.form is Form.REGION and not (word.isdecimal() and len(word) in _REGION_LENGTHS):
            sentence = _("“%(text)s” is no division code; it has 2, 4, 6, 9 or 12 digits")
            yield Finding((*place, *loc), sentence % {"text": word})
        elif allowed and word not in allowed:
            sentence = _("“%(name)s” is no value of %(field)s.")
            names = {"name": word, "field": field.name}
            yield Finding((*place, *loc), sentence % names + hint(word, allowed))


def _given(wanted: str | tuple[str, ...] | SetFilter) -> list[tuple[Loc, str]]:
    if isinstance(wanted, str):
        return [((), wanted)]
    if isinstance(wanted, tuple):
        return [((number,), word) for number, word in enumerate(wanted)]
    return [
        ((key, number), word)
        for key in ("any_of", "all_of", "none_of")
        for number, word in enumerate(getattr(wanted, key) or ())
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


def _dates(since: date | None, until: date | None, place: Loc) -> Findings:
    if since is None and until is None:
        yield Finding(place, _("this filter names nothing; name a value, or leave it out"))
    elif since is not None and until is not None and since > until:
        yield Finding((*place, "until"), _("the last day is before the first"))
