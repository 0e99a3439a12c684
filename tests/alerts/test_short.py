"""An SMS says as much as fits, and always fits."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.gist import gist_of
from alerts.render import Templates
from alerts.samples import samples, urgent
from alerts.short import Room, Short, ShortWriter
from alerts.views import KINDS, Day, DirectorView, Line, Village, When
from channels.sms_text import SmsShape
from config.channels.sms import ApprovedText
from config.labels import labels_in
from config.language import LANGUAGES

OFFICE = "演示县民政局"
SHAPE = SmsShape(OFFICE)
TEMPLATES = Templates.load()
SAMPLES = samples(("走访", "联系"), OFFICE)
TODAY = date(2027, 6, 7)
DIGEST = ApprovedText(
    text="您好，${village}有${total}户待办：${list}，请查看工作台账。", status="approved"
)


def line(numbers: tuple[str, ...], act: str, when: When, days: int = 0) -> Line:
    """Answer a line, due two days from now where its date is said."""
    return Line(numbers, (act,), when, days, Day.of(TODAY + timedelta(2), TODAY), not_reached=False)


def director(*villages: Village) -> DirectorView:
    """Answer a director's notice."""
    day, total = Day.of(TODAY, TODAY), sum(village.total for village in villages)
    return DirectorView(OFFICE, "督导员", day, False, False, villages, total, 0, ())


def written(view: DirectorView, first: str = "", parts: int = 1) -> str:
    """Write a director's SMS in Chinese."""
    writer = ShortWriter(TEMPLATES, "zh_CN", Room(SHAPE, parts))
    return writer.write("director", gist_of(view, first)).text


def filled(view: DirectorView, text: ApprovedText = DIGEST) -> Short:
    """Fill an approved text."""
    return ShortWriter(TEMPLATES, "zh_CN", Room(SHAPE)).fill(text, gist_of(view))


def test_a_short_message_says_what_whom_and_by_when() -> None:
    """Village, numbers, act and date; then what helps."""
    view = director(Village("青山村", (line(("03", "05"), "走访", "before"),), 2))
    assert written(view) == "青山村请办2户：03、05走访6月9日前。办完请告诉督导员。"


def test_several_villages_are_named() -> None:
    """Each with its numbers."""
    lines = (line(("03",), "走访", "today"),)
    view = director(Village("青山村", lines, 1), Village("柳沟村", lines, 1))
    assert written(view).startswith(
        "青山村等2村请办2户：青山村03走访今天到期；柳沟村03走访今天到期。"
    )


def test_twelve_children_stand_in_one_part() -> None:
    """All numbers, without single dates; the most pressing first, and how it stands."""
    lines = (
        line(("08",), "走访", "over", 3),
        line(("01", "02", "03", "04"), "联系", "today"),
        line(("05", "06", "07", "09", "10", "11", "12"), "走访", "before"),
    )
    text = written(director(Village("青山村", lines, 12)))
    assert SHAPE.parts(text) == 1
    assert "08、05、06、07、09、10、11、12走访，01、02、03、04联系，最急的已过3天" in text


def test_what_finds_no_room_is_counted() -> None:
    """等N户 tells how many there are in all."""
    numbers = tuple(f"{number:02}" for number in range(1, 61))
    text = written(director(Village("青山村", (line(numbers, "走访", "today"),), 60)))
    assert SHAPE.parts(text) == 1
    assert "请办60户：01、02、03" in text
    assert "走访等60户，最急的今天到期。" in text


def test_a_line_of_its_own_stands_before_everything() -> None:
    """What a rule wants said first is said first, and the list gives way."""
    text = written(urgent_director(), "请先拨打110报警")
    assert text.startswith("请先拨打110报警。青山村请办12户：")
    assert SHAPE.parts(text) == 1


def urgent_director() -> DirectorView:
    """Answer the sample director's notice, urgent."""
    view = urgent(SAMPLES["director"])
    assert isinstance(view, DirectorView)
    return view


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_fits_one_part(kind: str, language: str) -> None:
    """Signature included; nothing labels a child, nothing links anywhere."""
    for view in (SAMPLES[kind], urgent(SAMPLES[kind])):
        text = ShortWriter(TEMPLATES, language, Room(SHAPE)).write(kind, gist_of(view)).text
        assert SHAPE.parts(text) == 1
        assert labels_in(text) == []
        assert "http" not in text


_WHENS: tuple[When, ...] = ("over", "never", "today", "tomorrow", "before", "until", "from", "on")


@given(
    st.integers(0, 40),
    st.lists(st.text("走访联系核对", min_size=1, max_size=6), min_size=1, max_size=4),
    st.integers(1, 3),
    st.sampled_from(["", "请先拨打110报警"]),
)
@settings(deadline=None, max_examples=60)
def test_it_always_fits(children: int, acts: list[str], parts: int, first: str) -> None:
    """Whatever there is to do, for however many, in however many villages."""
    whens = cycle(_WHENS)
    lines = tuple(
        line((f"{number:02}",), act, next(whens), number)
        for number, act in zip(range(1, children + 1), cycle(acts), strict=False)
    )
    view = director(Village("青山村", lines, children), Village("柳沟村", lines[:2], 2))
    assert SHAPE.parts(written(view, first, parts)) <= parts


def test_an_approved_text_is_filled_in_its_order() -> None:
    """Its variables in the order they stand; the text is the same in words."""
    short = filled(director(Village("青山村", (line(("03", "05"), "走访", "today"),), 2)))
    assert short.variables == (
        ("village", "青山村"),
        ("total", "2"),
        ("list", "03、05走访今天到期"),
    )
    assert short.text == "您好，青山村有2户待办：03、05走访今天到期，请查看工作台账。"


def test_a_variable_is_never_longer_than_a_vendor_takes() -> None:
    """35 characters, even of a village with a very long name."""
    view = director(*(replace(v, name="青" * 40) for v in urgent_director().villages))
    short = filled(view)
    assert max(len(value) for _name, value in short.variables) == 35
    numbers = tuple(f"{number:02}" for number in range(1, 61))
    short = filled(director(Village("青山村", (line(numbers, "走访", "today"),), 60)))
    assert len(dict(short.variables)["list"]) <= 35
    assert dict(short.variables)["list"].endswith("走访等60户")


def test_an_approved_text_without_variables_is_sent_as_it_is() -> None:
    """Some accounts get no others approved."""
    fixed = ApprovedText(text="您有待办提醒，请查看工作台账。", status="approved")
    assert filled(urgent_director(), fixed) == Short("您有待办提醒，请查看工作台账。")
