"""Declared fields: cells are read by type, kept by storage, and replaced whole."""

from datetime import date

import pytest

from ledgers.database import Database
from ledgers.declared import (
    DeclaredField,
    FieldValue,
    Values,
    read_declared,
    shown,
    values_of,
    write_values,
)
from ledgers.problems import ProblemCode
from tests.ledgers.samples import VAULT, at, bare_entry

FIELDS = {
    field.name: field
    for field in (
        DeclaredField("house", "word", "plain", ("自有", "租住")),
        DeclaredField("aid", "set", "plain"),
        DeclaredField("permit", "date", "plain"),
        DeclaredField("people", "number", "plain"),
        DeclaredField("boarding", "yes-no", "plain"),
        DeclaredField("card", "word", "keyed"),
        DeclaredField("story", "word"),
    )
}


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("house", " 租 住 ", (FieldValue("租住"),)),
        ("aid", "低保、医疗救助", (FieldValue("低保"), FieldValue("医疗救助"))),
        ("permit", "2027年6月30日", (FieldValue(on_date=date(2027, 6, 30)),)),
        ("permit", "2027-06", (FieldValue(on_date=date(2027, 6, 1), month_only=True),)),
        ("people", "1,200", (FieldValue(number=1200.0),)),
        ("boarding", "√", (FieldValue("yes"),)),
        ("boarding", "—", (FieldValue("no"),)),
    ],
)
def test_cells_are_read_by_type(name: str, text: str, values: Values) -> None:
    """As ledgers write them."""
    found = read_declared({name: text}, FIELDS, VAULT, at(3))
    assert (found.values, found.texts, found.problems) == ({name: values}, {}, ())


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("house", "借住", ProblemCode.WORD_UNKNOWN),
        ("aid", "长" * 65, ProblemCode.WORD_UNKNOWN),
        ("permit", "6月30日", ProblemCode.DATE_WITHOUT_YEAR),
        ("people", "三口", ProblemCode.NOT_A_NUMBER),
        ("people", "inf", ProblemCode.NOT_A_NUMBER),
        ("boarding", "也许", ProblemCode.WORD_UNKNOWN),
    ],
)
def test_what_cannot_be_read_is_left_out_and_said(name: str, text: str, code: ProblemCode) -> None:
    """The rest of the row is taken."""
    found = read_declared({name: text, "story": "安静"}, FIELDS, VAULT, at(3))
    assert (found.values, found.texts) == ({}, {"story": "安静"})
    assert [(one.field, one.code, one.value) for one in found.problems] == [(name, code, None)]


def test_what_is_not_plain_stays_to_be_sealed() -> None:
    """A keyed field is found by its hash, and by nothing else; an unknown column is a secret."""
    found = read_declared({"card": "证 1", "story": "安静", "more": "x"}, FIELDS, VAULT, at(3))
    again = read_declared({"card": "证1"}, FIELDS, VAULT, at(4))
    assert found.texts == {"card": "证 1", "story": "安静", "more": "x"}
    assert found.keyed == again.keyed
    assert found.keyed.keys() == {"card"}
    assert "证" not in str(found.keyed)


def test_a_blank_says_nothing() -> None:
    """A dash in a column of words is no word."""
    assert read_declared({"house": "/", "permit": "—"}, FIELDS, VAULT, at(3)).values == {}


def test_values_replace_those_before(database: Database) -> None:
    """Field by field; what a row does not say stays."""
    first = {"aid": (FieldValue("低保"), FieldValue("医疗救助")), "people": (FieldValue(number=3),)}
    with database.writing() as connection:
        bare_entry(connection)
        write_values(connection, {"e1": first}, replacing=False)
        write_values(connection, {"e1": {"aid": (FieldValue("低保"),)}}, replacing=True)
        kept = values_of(connection, ["e1", "e2"])
    assert kept == {"e1": {"aid": (FieldValue("低保"),), "people": (FieldValue(number=3.0),)}}
    assert shown((*kept["e1"]["aid"], *kept["e1"]["people"])) == "低保、3"
