"""Templates are reviewed when they are loaded, and bounded when they run."""

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from alerts.errors import OutputTooLong, TemplatesRefused
from alerts.matters import MatterKind
from alerts.render import PARTS, Templates
from alerts.views import (
    KINDS,
    PIECES,
    Area,
    Concern,
    Count,
    Day,
    DirectorView,
    GroupView,
    Line,
    ListView,
    OperatorView,
    Relayed,
    ShortView,
    SummaryView,
    SupervisorView,
    View,
    Village,
)
from channels.protocol import Form
from config.labels import labels_in
from config.language import LANGUAGES

TODAY = Day.of(date(2027, 6, 7), date(2027, 6, 7))
NEXT_YEAR = Day.of(date(2028, 1, 3), date(2027, 6, 7))
VILLAGE = Village(
    "青山村",
    (
        Line(("08",), ("走访",), "over", 3, TODAY, not_reached=True),
        Line(("11",), ("走访",), "never", 0, TODAY, not_reached=False),
        Line(("12",), ("联系",), "today", 0, TODAY, not_reached=False),
        Line(("13",), ("联系",), "tomorrow", 0, TODAY, not_reached=False),
        Line(("03", "05"), ("走访", "信息更新"), "before", 0, NEXT_YEAR, not_reached=False),
    ),
    6,
)
MATTERS = tuple(
    Concern(kind, "青山村", "儿童主任", "青山-03", 4)
    for kind in ("no-recipient", "not-reached", "not-well", "quarantine", "something-new")
)
RELAYED = Relayed("儿童主任", ("青山村",), "P-0007", (VILLAGE,), 6, 1)
DIRECTOR = DirectorView("<民政局>", "督导员", TODAY, True, True, (VILLAGE, VILLAGE), 12, 2, MATTERS)
OPERATOR = OperatorView("民政局", TODAY, 120, 3, 2, 1, MATTERS)
SAMPLES: dict[str, View] = {
    "director": DIRECTOR,
    "supervisor": SupervisorView(
        office="民政局",
        today=TODAY,
        urgent=True,
        may_repeat=True,
        places=("临河镇",),
        relayed=(RELAYED,),
        escalated=(VILLAGE,),
        uncovered=(VILLAGE,),
        relayed_total=6,
        escalated_total=6,
        uncovered_total=6,
        older=3,
        concerns=MATTERS,
        form_rows=17,
    ),
    "summary": SummaryView(
        "民政局",
        TODAY,
        urgent=False,
        may_repeat=True,
        areas=(Area("临河镇", (Count("走访", 5, 2),), 5, 2),),
        due=5,
        overdue=2,
        concerns=MATTERS,
    ),
    "operator": OPERATOR,
    "group": GroupView(
        "民政局",
        "临河镇",
        TODAY,
        True,
        True,
        (Count("走访", 5, 2), Count("安全", 9, 0, True)),
        5,
        2,
    ),
}


def site(tmp_path: Path, name: str, text: str) -> Path:
    """Write one template of a site's own; answer its folder."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_shipped_template_renders_its_view(kind: str, language: str) -> None:
    """With all branches taken, in subject, text and HTML; nothing labels a child."""
    words = Templates.load().render(kind, language, SAMPLES[kind])
    assert words.subject
    assert "\n\n\n" not in words.text
    assert words.html.lstrip().startswith("<!doctype html>")
    assert labels_in(words.subject + words.text + words.html) == []
    assert "<img" not in words.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_shipped_chat_is_in_blocks(kind: str, language: str) -> None:
    """One empty line between records, none twice; nothing labels a child."""
    words = Templates.load().render(kind, language, SAMPLES[kind], Form.CHAT)
    blocks = words.text.split("\n\n")
    assert len(blocks) > 1
    assert all(block.strip() for block in blocks)
    assert words.html == ""
    assert labels_in(words.subject + words.text) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MatterKind)
def test_every_matter_has_words(kind: MatterKind, language: str) -> None:
    """Whoever must mend it reads a sentence, or a few words in an SMS, and never our name for it."""
    templates, told = Templates.load(), (Concern(kind, "青山村", "儿童主任", "青山-03", 4),)
    view = replace(OPERATOR, concerns=told)
    short = ListView((), (), told, dated=False, named=False, total=1, cut=False)
    words = (
        templates.render("operator", language, view).text,
        templates.render("operator", language, view, Form.CHAT).text,
        templates.piece("_list.txt", language, short),
    )
    assert all(words)
    assert not [text for text in words if kind in text]


def test_a_village_is_a_block_of_a_chat() -> None:
    """A channel may cut a long message between villages and never loses whose numbers these are."""
    text = Templates.load().render("director", "zh_CN", DIRECTOR, Form.CHAT).text
    assert text.split("\n\n")[1].splitlines()[:2] == [
        "青山村：",
        "08　走访，已过3天（上次没联系上）",
    ]


def test_a_group_reads_totals_only(tmp_path: Path) -> None:
    """A template of a group that asks for villages is refused when it is loaded."""
    folder = site(
        tmp_path, "zh_CN/group/chat.txt", "{% for v in villages %}{{ v.name }}{% endfor %}"
    )
    with pytest.raises(TemplatesRefused, match="villages"):
        Templates.load(folder)


def test_html_escapes_what_it_shows() -> None:
    """An office named in angle brackets stays text."""
    html = Templates.load().render("director", "zh_CN", DIRECTOR).html
    assert "&lt;民政局&gt;" in html


def test_html_escapes_what_a_shared_part_shows() -> None:
    """A part that the text uses too is escaped where it stands in HTML."""
    concern = Concern("no-recipient", "<青山村>", "儿童主任", "", 1)
    words = Templates.load().render("director", "zh_CN", replace(DIRECTOR, concerns=(concern,)))
    assert "&lt;青山村&gt;没有" in words.html
    assert "<青山村>没有" in words.text


def test_a_site_puts_its_own_words_in_place(tmp_path: Path) -> None:
    """The file of the same name; all others stay as shipped."""
    folder = site(tmp_path, "zh_CN/director/subject.txt", "本周 {{ total }} 件\n")
    assert Templates.load(folder).render("director", "zh_CN", DIRECTOR).subject == "本周 12 件"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("好\n{{ child_name }}", 2, "child_name"),
        ("{% for v in villages %}\n{{ v.school }}{% endfor %}", 2, "v.school"),
        ("{{ office.__class__ }}", 1, "office.__class__"),
        ("{{ today.of }}", 1, "today.of"),
        ("{{ villages[0] }}", 1, "[ ]"),
        ("{{ office.upper() }}", 1, "()"),
        ("{{ range(9) }}", 1, "()"),
        ("{{ '好' * 999999999 }}", 1, "*"),
        ("{{ '%9999999d' % 1 }}", 1, "%"),
        ("{{ 9 ** 9 }}", 1, "**"),
        ("{% set x = office %}", 1, "set"),
        ("{{ office | center(999999999) }}", 1, "center"),
        ("{{ villages | map(attribute='name') }}", 1, "map"),
        ("{% for a in villages %}{% for b in villages %}.{% endfor %}{% endfor %}", 1, "for"),
        ("{% for letter in office %}.{% endfor %}", 1, "office"),
        ("{{ office | join('、') }}", 1, "office"),
        (f"{{{{ places | join('{'、' * 21}') }}}}", 1, "join"),
        ("{{ places | join(d=office) }}", 1, "join"),
        ("{% for a in villages recursive %}.{% endfor %}", 1, "for"),
        ("{% include 'secret.txt' %}", 1, "include"),
        ("{% macro m() %}{% endmacro %}", 1, "Macro"),
        ("{% if total %}", 1, "syntax"),
        ("孤儿 {{ total }} 名", 1, "孤儿"),
        ("{{ '留守' }}", 1, "留守"),
    ],
)
def test_a_template_that_asks_for_more_is_refused(
    tmp_path: Path, text: str, line: int, what: str
) -> None:
    """When it is loaded, naming template, line and field."""
    folder = site(tmp_path, "zh_CN/director/text.txt", text)
    with pytest.raises(TemplatesRefused) as refused:
        Templates.load(folder)
    found = [(one.template, one.line, one.what) for one in refused.value.refusals]
    assert ("zh_CN/director/text.txt", line, what) in found
    assert f"zh_CN/director/text.txt:{line}: " in str(refused.value)


def test_a_site_adds_its_own_labelling_words(tmp_path: Path) -> None:
    """What a county does not want said is refused in templates too."""
    folder = site(tmp_path, "zh_CN/director/text.txt", "帮扶对象：{{ total }}")
    with pytest.raises(TemplatesRefused, match="帮扶对象"):
        Templates.load(folder, labelling_words=["帮扶对象"])


def test_a_template_nobody_uses_is_a_mistake(tmp_path: Path) -> None:
    """A misspelt file name would otherwise change nothing, silently."""
    folder = site(tmp_path, "zh_CN/directors/text.txt", "{{ total }}")
    with pytest.raises(TemplatesRefused, match="directors"):
        Templates.load(folder)


def test_parts_that_include_each_other_are_refused(tmp_path: Path) -> None:
    """A circle would never end."""
    folder = site(tmp_path, "zh_CN/_when.txt", "{% include 'zh_CN/_note.txt' %}")
    site(tmp_path, "zh_CN/_note.txt", "{% include 'zh_CN/_when.txt' %}")
    with pytest.raises(TemplatesRefused) as refused:
        Templates.load(folder)
    assert {one.what for one in refused.value.refusals} == {"include"}


def test_a_result_without_end_is_stopped(tmp_path: Path) -> None:
    """A long text in a long list ends in an error, not in a full memory."""
    text = "{% for v in villages %}" + "好" * 5000 + "{% endfor %}"
    folder = site(tmp_path, "zh_CN/director/text.txt", text)
    with pytest.raises(OutputTooLong):
        Templates.load(folder).render(
            "director", "zh_CN", replace(DIRECTOR, villages=(VILLAGE,) * 100)
        )


def test_a_long_list_of_nothing_does_not_end_a_page(tmp_path: Path) -> None:
    """What says nothing for a thousand lines may still be followed by words."""
    text = "{% for v in villages %}{{ v.name }}{{ v.name }}{% endfor %}完"
    folder = site(tmp_path, "zh_CN/director/text.txt", text)
    site(tmp_path, "zh_CN/director/message.html", "")
    view = replace(DIRECTOR, villages=(Village("", (), 0),) * 1000)
    assert Templates.load(folder).render("director", "zh_CN", view).text == "完\n"


def test_both_languages_have_every_template() -> None:
    """No notice falls back to another language."""
    templates = Path(__file__).parents[2] / "alerts" / "templates"
    for language in LANGUAGES:
        for kind in KINDS:
            parts = {part for of_form in PARTS.values() for part in of_form}
            assert all((templates / language / kind / part).exists() for part in parts)


def test_every_field_is_documented() -> None:
    """The reference names each field a template may use."""
    page = (Path(__file__).parents[2] / "docs" / "templates.md").read_text("utf-8")
    shown = (
        *KINDS.values(),
        *PIECES.values(),
        ShortView,
        Day,
        Line,
        Village,
        Relayed,
        Area,
        Count,
        Concern,
    )
    missing = {f.name for view in shown for f in fields(view) if f"`{f.name}`" not in page}
    assert missing == set()
