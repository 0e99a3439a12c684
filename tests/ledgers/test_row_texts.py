"""A typed row is written out under headings that reading knows."""

from datetime import date

from ledgers.reading.vocabulary import Kind
from ledgers.row_texts import texts_of
from ledgers.rows import LedgerDate, PersonRow, Place, RegionRow

PLACE = Place("表.xlsx", "表", 3)


def test_words_dates_and_lists_are_written_as_people_write_them() -> None:
    """What the row does not say, and which row it mends, is left out."""
    held_from = LedgerDate(date(2026, 3, 1), month_only=True)
    row = PersonRow(PLACE, "王测", villages=("青山", "柳沟"), held_from=held_from, mends="1")
    texts = texts_of(row, kind=Kind.PERSONS)
    assert texts == {"姓名": "王测", "职责范围": "青山、柳沟", "任职日期": "2026-03"}


def test_a_division_has_no_persons_name() -> None:
    """Its name comes back under the heading that divisions have."""
    texts = texts_of(RegionRow(PLACE, "990101100", "柳河镇"), kind=Kind.REGIONS)
    assert texts == {"行政区划代码": "990101100", "名称": "柳河镇"}
