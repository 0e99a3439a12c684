"""Checks on what a site adds to its ledgers: declared fields, tags, city districts, stays."""

import re

from config.checks_names import LONGEST_NAME
from config.checks_rules import check_said
from config.checks_spans import check_interval
from config.codes import check_code, is_code
from config.extra_fields import ExtraField
from config.fields import COLUMNS, EXTENSIBLE, LEDGERS
from config.findings import Finding, Findings, Names
from config.language import catalogue
from config.model import Configuration
from config.shape import Loc
from config.suggest import hint

_ = catalogue("config")

_ID = re.compile(r"(?:[a-z]|[\u4e00-\u9fff])[a-z0-9_\u4e00-\u9fff-]*")
_CITY_DIGITS = 4
_DISTRICT_DIGITS = 6


def check_fields(configuration: Configuration, names: Names) -> Findings:
    """Answer what is wrong with declared fields."""
    for ledger, declared in configuration.fields.items():
        if ledger not in EXTENSIBLE:
            sentence = _("the ledger “%(name)s” takes no fields of your own.") % {"name": ledger}
            if ledger not in LEDGERS:
                sentence = _("there is no ledger “%(name)s”.") % {"name": ledger}
            close = hint(ledger, EXTENSIBLE)
            yield Finding(("fields", ledger), sentence + close, at_key=True)
            continue
        for name, field in declared.items():
            yield from _id(name, ("fields", ledger, name), ledger)
            yield from _kept(field, ("fields", ledger, name))


def _id(name: str, loc: Loc, ledger: str) -> Findings:
    if name in LEDGERS[ledger] or name in COLUMNS:
        sentence = _("“%(name)s” is a field the ledger has already; choose another name")
        yield Finding(loc, sentence % {"name": name}, at_key=True)
    elif _ID.fullmatch(name) is None or len(name) > LONGEST_NAME:
        sentence = _("the name of a field is lower-case letters or Chinese, digits, - and _")
        yield Finding(loc, sentence, at_key=True)


def _kept(field: ExtraField, loc: Loc) -> Findings:
    of_words = field.type in {"word", "set"}
    if field.words and not of_words:
        yield Finding((*loc, "words"), _("only the types word and set have words"), at_key=True)
    if field.storage == "keyed" and field.type != "word":
        yield Finding((*loc, "storage"), _("only a word can be looked up exactly; write sealed"))
    if field.class_ == "public" and field.storage != "plain":
        sentence = _("what everybody may see is kept plain; write storage: plain")
        yield Finding((*loc, "class"), sentence)
    elif field.class_ != "public" and field.storage == "plain" and of_words and not field.words:
        sentence = _("any text could stand here in the clear: list its words, or keep it sealed")
        yield Finding((*loc, "storage"), sentence)


def check_places(configuration: Configuration, names: Names) -> Findings:
    """Answer codes that are none, and districts that are not of their city."""
    for tag, codes in configuration.region_tags.items():
        for number, code in enumerate(codes):
            yield from check_code(code, ("region_tags", tag, number))
    for city, districts in configuration.city_districts.items():
        loc: Loc = ("city_districts", city)
        if not (is_code(city) and len(city) == _CITY_DIGITS):
            sentence = _("“%(text)s” is no code of a city; it has 4 digits")
            yield Finding(loc, sentence % {"text": city}, at_key=True)
            continue
        for number, code in enumerate(districts):
            if not (is_code(code) and len(code) == _DISTRICT_DIGITS and code.startswith(city)):
                sentence = _("“%(text)s” is no district of %(city)s; it has 6 digits, these first")
                yield Finding((*loc, number), sentence % {"text": code, "city": city})


def check_stays(configuration: Configuration, names: Names) -> Findings:
    """Answer what is wrong with how stays are counted and records are spoken of."""
    if configuration.stay.gap.amount != 0:
        yield from check_interval(configuration.stay.gap, ("stay", "gap"))
    for name, kind in configuration.records.items():
        if kind.says is not None:
            yield from check_said(kind.says, ("records", name, "says"), configuration)
