"""Header words: the built-in ones, headings of other people, and a site's own."""

from dataclasses import fields

import pytest

from ledgers.errors import UnknownField
from ledgers.reading.headings import heading_of
from ledgers.reading.text import word_key
from ledgers.reading.vocabulary import BUILT_IN, Kind
from ledgers.rows import ChildRow, InstitutionRow, PersonRow, RecordRow, RegionRow
from tests.ledgers.reading.samples import messy_inputs

_NAMES = {
    "birth": "born",
    "household_addr": "registered_place",
    "live_addr": "address",
    "guardian_phone": "phone",
    "relation": None,
    "risk": "level",
    "updated": "last_update",
}
_RECORDED = [
    (word, _NAMES.get(field, field))
    for field, words in messy_inputs()["headers"].items()
    for word in words
]


def _field(*path: str) -> str | None:
    return BUILT_IN.field_for(Kind.CHILDREN, [word_key(word) for word in path])


@pytest.mark.parametrize(("word", "field"), _RECORDED)
def test_recorded_header_words_are_known(word: str, field: str | None) -> None:
    """Each word of the collection means its field."""
    assert _field(word) == field


@pytest.mark.parametrize("word", ["*姓 名", "姓\n名", "１．姓名", "【姓名】", "姓名："])
def test_decoration_does_not_matter(word: str) -> None:
    """Stars, spaces, line breaks, numbers and brackets are not part of a word."""
    assert _field(word) == "name"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (("家庭情况", "父亲", "姓名"), None),
        (("家庭情况", "父亲", "联系电话"), None),
        (("家庭情况", "监护人"), "guardian"),
        (("监护人情况", "姓名"), "guardian"),
        (("监护人信息", "联系电话"), "phone"),
        (("儿童主任", "姓名"), "director"),
        (("儿童主任", "联系电话"), None),
        (("儿童基本情况", "姓名"), "name"),
        (("演示县台账", "基本信息", "出生年月"), "born"),
    ],
)
def test_a_heading_says_whose_name_it_is(path: tuple[str, ...], field: str | None) -> None:
    """A father's name is not the child's, a guardian's phone is the one to keep."""
    assert _field(*path) == field


def test_a_site_adds_its_own_words_and_extra_columns() -> None:
    """Synonyms win over built-in words; extras are kept under their name."""
    own = BUILT_IN.extended(
        {"born": ["生日"], "level": ["类别"]}, extras={"民族": ["民族", "族别"]}
    )
    assert own.field_for(Kind.CHILDREN, ["生日"]) == "born"
    assert own.field_for(Kind.CHILDREN, ["类别"]) == "level"
    assert own.field_for(Kind.CHILDREN, ["族别"]) == "extra:民族"
    assert BUILT_IN.field_for(Kind.CHILDREN, ["生日"]) is None


def test_words_for_no_field_are_refused() -> None:
    """A misspelt field name is named."""
    with pytest.raises(UnknownField, match="brith"):
        BUILT_IN.extended({"brith": ["生日"]})


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (Kind.CHILDREN, ChildRow),
        (Kind.INSTITUTIONS, InstitutionRow),
        (Kind.PERSONS, PersonRow),
        (Kind.RECORDS, RecordRow),
        (Kind.REGIONS, RegionRow),
    ],
)
def test_what_is_written_out_is_known_when_read_again(
    kind: Kind, row: type[ChildRow | InstitutionRow | PersonRow | RecordRow | RegionRow]
) -> None:
    """Each field of each kind of row has a heading, and it means that field."""
    for field in fields(row):
        if field.name not in {"place", "extras"}:
            heading = heading_of(field.name, kind=kind)
            assert heading is not None
            assert BUILT_IN.field_for(kind, [word_key(heading)]) == field.name


@pytest.mark.parametrize(
    ("word", "field"),
    [
        ("最近一次入户走访时间", "last_visit"),
        ("上次家访日期", "last_visit"),
        ("最后一次电话联系时间", "last_contact"),
        ("档案更新日期", "last_update"),
    ],
)
def test_acts_are_headed_in_many_ways(word: str, field: str) -> None:
    """Last, latest, once, at home or by phone: the date of an act is not lost."""
    assert _field(word) == field
