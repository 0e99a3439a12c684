"""The 走访登记表: made, filled in, read back."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

from alerts.forms import CHOICES, HEADINGS, Form, form_id, form_items, make_form
from alerts.items import Item
from ledgers.exporting import SheetPlan, write_workbook
from ledgers.reading.reader import read
from ledgers.rows import RecordRow
from tests.alerts.county import written

MADE = datetime(2027, 6, 7, 1, tzinfo=UTC)
DAY = date(2027, 6, 7)
NAMES = {"990101001001": "青山村"}


def item(number: str, kind: str = "visit", act: str = "走访") -> Item:
    """Make one line's item."""
    return Item(f"a-{number}-{kind}", number, number, "990101001001", act, kind, DAY, never=False)


FORM = Form("f" * 32, "p" * 32, MADE, (item("青山-03"), item("青山-05")))


def test_equal_forms_are_equal_bytes() -> None:
    """A repeat of the message is the same to the byte."""
    first, again = (make_form(FORM, NAMES, day=DAY) for _ in range(2))
    assert first == again
    assert first.content != make_form(replace(FORM, id="e" * 32), NAMES, day=DAY).content


def test_each_revision_has_a_form_of_its_own() -> None:
    """What joins or leaves between two tries makes another form."""
    assert form_id("n", 1) == form_id("n", 1)
    assert form_id("n", 1) != form_id("n", 2)
    assert len(form_id("n", 1)) == 32


def test_a_form_asks_for_the_strongest_act_only() -> None:
    """One line for the visit, none for the contact it settles too."""
    items = [
        item("青山-03", "contact", "联系"),
        item("青山-03"),
        item("青山-05", "contact", "联系"),
    ]
    assert [(one.number, one.act) for one in form_items(items, written())] == [
        ("青山-03", "走访"),
        ("青山-05", "联系"),
    ]


def test_a_word_that_would_not_come_back_is_replaced_by_the_kinds_title() -> None:
    """A rule may say what it likes; the form must be understood."""
    (line,) = form_items([item("青山-03", act="看望")], written())
    assert line.act == "入户走访"


def test_an_empty_form_is_recognised_and_asks_nothing(tmp_path: Path) -> None:
    """Returned as it was sent, it is known by its hidden id and records nothing."""
    path = tmp_path / "form.xlsx"
    path.write_bytes(make_form(FORM, NAMES, day=DAY).content)
    (sheet,) = read(path).sheets
    assert sheet.form_id == FORM.id
    assert all(isinstance(row, RecordRow) and row.happened is None for row in sheet.rows)


def test_a_filled_in_form_is_read_back(tmp_path: Path) -> None:
    """Every word a drop-down offers is understood."""
    rows = [
        ("青山村", "青山-03", "走访", DAY, "2027-06-03", how, result, "是", "否")
        for how in CHOICES[5]
        for result in CHOICES[6]
    ]
    stream = BytesIO()
    hidden = SheetPlan("_shouwang", ("form", FORM.id), [("person", "p1")], hidden_sheet=True)
    write_workbook(stream, (SheetPlan("走访登记表", HEADINGS, rows), hidden), created=MADE)
    path = tmp_path / "form.xlsx"
    path.write_bytes(stream.getvalue())
    (sheet,) = read(path).sheets
    assert sheet.problems == ()
    found = [row for row in sheet.rows if isinstance(row, RecordRow)]
    assert len(found) == 16
    assert {row.method for row in found} == {"home", "phone", "video", "school"}
    assert {row.result for row in found} == {"done", "not-reached", "moved", "refused"}
    assert {(row.seen_in_person, row.all_well, row.recorded_by) for row in found} == {
        (True, False, "p1")
    }
