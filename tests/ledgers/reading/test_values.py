"""Choices, lists, names and numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.problems import ProblemCode
from ledgers.reading import values, words
from tests.ledgers.reading.samples import messy_inputs


@pytest.mark.parametrize("text", messy_inputs()["yes_no"]["true"])
def test_yes_in_all_its_forms(text: str) -> None:
    """A tick is a yes."""
    assert values.read_yes_no(text) == (True, None)


@pytest.mark.parametrize("text", messy_inputs()["yes_no"]["false"])
def test_no_in_all_its_forms(text: str) -> None:
    """A dash is a no."""
    assert values.read_yes_no(text) == (False, None)


def test_a_blank_says_neither_yes_nor_no() -> None:
    """Nothing written is nothing said."""
    assert values.read_yes_no(" ") == (None, None)
    assert values.read_yes_no("也许") == (None, ProblemCode.WORD_UNKNOWN)


@pytest.mark.parametrize(
    ("text", "table", "code"),
    [
        ("入户", words.METHOD, "home"),
        ("电 话", words.METHOD, "phone"),
        ("已完成", words.RESULT, "done"),
        ("√", words.RESULT, "done"),
        ("未联系上", words.RESULT, "not-reached"),
        ("已搬离", words.RESULT, "moved"),
        ("拒绝", words.RESULT, "refused"),
        ("事实无人抚养", words.CATEGORY, "事实无人抚养儿童"),
        ("孤儿", words.CATEGORY, "孤儿"),
        ("流动", words.POPULATION, "流动儿童"),
        ("去世", words.STATUS, "died"),
        ("（男）", words.SEX, "male"),
    ],
)
def test_a_known_word_becomes_its_code(text: str, table: dict[str, str], code: str) -> None:
    """Spaces, brackets and synonyms do not matter."""
    assert values.read_word(text, table) == (code, None)


def test_an_unknown_word_is_kept_and_remarked() -> None:
    """Nobody's category is lost because it is spelled unusually."""
    assert values.read_word("特殊 情况", words.CATEGORY) == ("特殊情况", ProblemCode.WORD_UNKNOWN)


@pytest.mark.parametrize("between", ["、", "，", ";", "；", "/", "\n", ","])
def test_triggers_are_split(between: str) -> None:
    """Whatever stands between them."""
    text = f"监护缺失{between}流浪{between}残疾"
    assert values.read_triggers(text) == (("监护缺失", "流浪", "自身残疾"), None)


def test_all_six_triggers_have_their_official_name() -> None:
    """The plan's own list is its own code, although one of them contains a separator."""
    text = "家庭生活困难、自身残疾、监护缺失、流浪、心理、行为异常、主动提出救助帮扶需求"
    codes, problem = values.read_triggers(text)
    assert codes == tuple(dict.fromkeys(words.TRIGGERS.values()))
    assert problem is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("青山、柳沟", ("青山", "柳沟")),
        ("青山 柳沟", ("青山", "柳沟")),
        ("青山", ("青山",)),
        ("/", ()),
    ],
)
def test_a_list_of_villages_is_split(text: str, parts: tuple[str, ...]) -> None:
    """职责范围 names one village or several."""
    assert values.split_list(text) == parts


@pytest.mark.parametrize("text", ["青山-03", "青山－３", "青 山—03", "青山-03 "])
def test_a_village_number_has_one_form(text: str) -> None:
    """Dashes, widths and a lost zero make no other number."""
    assert values.read_number(text, digits_alone=False) == ("青山-03", None)


def test_digits_alone_are_a_number_only_where_the_village_is_known() -> None:
    """序号 is never a key."""
    assert values.read_number("3", digits_alone=True) == ("03", None)
    assert values.read_number("3", digits_alone=False) == (None, ProblemCode.NUMBER_MALFORMED)


@pytest.mark.parametrize("text", ["990101", "990101001", "990101001002", "99", "9901"])
def test_a_division_code_has_known_lengths(text: str) -> None:
    """Province, prefecture, county, township, village."""
    assert values.read_region_code(text) == (text, None)
    assert values.read_region_code(text + "1") == (None, ProblemCode.REGION_CODE_MALFORMED)


def test_an_address_without_an_at_sign_is_none() -> None:
    """What cannot be written to is left out and said."""
    assert values.read_email("Wang＠example.invalid") == ("Wang@example.invalid", None)
    assert values.read_email("王测试") == (None, ProblemCode.EMAIL_MALFORMED)


@given(st.text(max_size=80))
def test_no_text_makes_a_reader_stumble(text: str) -> None:
    """Every reader answers every text."""
    readings = (
        values.read_yes_no(text),
        values.read_word(text, words.CATEGORY),
        values.read_triggers(text),
        values.read_number(text, digits_alone=True),
        values.read_region_code(text),
        values.read_email(text),
        (values.read_name(text), None),
    )
    assert "" not in [value for value, _problem in readings]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张　测 试", "张测试"),
        ("阿依・测试", "阿依·测试"),
        ("阿依．测试", "阿依·测试"),
        ("Ana  Maria", "Ana Maria"),
        ("/", None),
    ],
)
def test_a_name_has_one_form(text: str, name: str | None) -> None:
    """However it was spaced and dotted, it is the same name at the next import."""
    assert values.read_name(text) == name
