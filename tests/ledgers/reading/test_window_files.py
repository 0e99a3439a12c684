"""Lists of terms, exam days and seasons: what they may look like, and all that may be wrong."""

from datetime import date
from pathlib import Path

import pytest

from config.language import speaking
from ledgers.errors import FileMissing, OversizedFile, UnknownFileType
from ledgers.reading.window_files import NoCalendarColumns, read_windows
from ledgers.reading.windows import WindowRow
from tests.ledgers.reading.makers import Rows, save_csv, save_xlsx
from tests.repo.tracked import ROOT

HEADER = ("日历", "年度", "行政区划代码", "开始日期", "结束日期", "依据")
FLOOD = WindowRow("flood", "2027", "990101", date(2027, 5, 20), date(2027, 10, 10), "防汛通知")
GAOKAO = WindowRow("gaokao", "2027", "", date(2027, 6, 7), date(2027, 6, 9), None)
ROWS: Rows = (
    ("某县日历",),
    HEADER,
    ("flood", 2027, "990101000000", date(2027, 5, 20), date(2027, 10, 10), "防汛通知"),
    (),
    ("gaokao", None, "全国", date(2027, 6, 7), date(2027, 6, 9)),
)
YAML = """\
- {calendar: flood, year: 2027, region: "990101", start: 2027-05-20, end: 2027-10-10, source: 防汛通知}
- calendar: gaokao
  start: 2027-06-07
  end: 2027-06-09
  source:
"""


def written(folder: Path, text: str, name: str = "日历.yaml") -> Path:
    """Write a text file."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_workbook_a_csv_file_and_yaml_say_the_same(tmp_path: Path) -> None:
    """Titles above, blank lines, zeros behind a division's code, years as numbers."""
    book = save_xlsx(tmp_path / "日历.xlsx", {"校历": ROWS, "说明": (("只是说明",),)})
    text = save_csv(tmp_path / "日历.csv", ROWS)
    for path in (book, text, written(tmp_path, YAML)):
        found = read_windows(path)
        assert found.rows == (FLOOD, GAOKAO)
        assert found.mistakes == ()


def test_english_titles_will_do_and_one_date_is_one_day(tmp_path: Path) -> None:
    """Columns in any order, unknown ones left out."""
    rows = (("start", "remark", "calendar", "year"), ("2027-06-20", "x", "zhongkao", "2027年"))
    (row,) = read_windows(save_csv(tmp_path / "c.csv", rows)).rows
    day = date(2027, 6, 20)
    assert row == WindowRow("zhongkao", "2027", "", day, day, None)


def test_every_mistake_is_named_with_its_line_and_column(tmp_path: Path) -> None:
    """All at once, in the words of the file's own header."""
    rows = (
        HEADER,
        ("flood season!", "next", "12345", "2027-13-01", "2027-06-30"),
        ("flood", 2027, "", date(2027, 9, 30), date(2027, 6, 1)),
        ("flood", 2029, "", date(2027, 6, 1), date(2027, 9, 30)),
        ("flood", 2027, "", date(2027, 6, 1), date(2028, 9, 30)),
        ("flood", 2027, "", None, None),
        ("flood", 2027, "", "2027年6月", None),
        ("terms", "2027-spring", "13", date(2027, 2, 22), date(2027, 7, 2)),
        ("terms", "2027-spring", "130000", date(2027, 2, 22), date(2027, 7, 3)),
        ("terms", "2027-spring", "13", date(2027, 2, 22), date(2027, 7, 2)),
    )
    path = save_xlsx(tmp_path / "日历.xlsx", {"Sheet1": rows, "二": (HEADER, ("x", "y"))})
    with speaking("en"):
        mistakes = read_windows(path).mistakes
    places = [mistake.partition(": ")[0] for mistake in mistakes]
    assert places == [
        *(
            f"Sheet1 line 2, column “{title}”"
            for title in ("日历", "行政区划代码", "开始日期", "年度")
        ),
        "Sheet1 line 3, column “结束日期”",
        "Sheet1 line 4, column “年度”",
        "Sheet1 line 5, column “结束日期”",
        "Sheet1 line 6, column “开始日期”",
        "Sheet1 line 7, column “开始日期”",
        "Sheet1 line 9, column “开始日期”",
        "二 line 2, column “年度”",
        "二 line 2, column “开始日期”",
    ]
    assert "Sheet1 line 8 says other dates" in mistakes[9]
    assert "2027-spring" in mistakes[3]


def test_a_header_far_below_is_no_header(tmp_path: Path) -> None:
    """Sixteen lines of something else are something else."""
    rows = [*(("x",) for _ in range(16)), HEADER, ROWS[2]]
    with speaking("en"), pytest.raises(NoCalendarColumns, match="holiday-cn"):
        read_windows(save_csv(tmp_path / "c.csv", rows))


@pytest.mark.parametrize(
    "text", ["", "calendars: {}", "[]", "- x", "- {colour: red}", "- {start: [1]}"]
)
def test_yaml_that_is_no_list_of_windows_is_refused(tmp_path: Path, text: str) -> None:
    """A settings file, an empty one, a list of something else."""
    with pytest.raises(NoCalendarColumns):
        read_windows(written(tmp_path, text))


def test_yaml_that_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    """Not there, not text, or far too large."""
    with pytest.raises(FileMissing):
        read_windows(tmp_path / "没有.yaml")
    (tmp_path / "a.yml").write_bytes("日历".encode("gb18030"))
    with pytest.raises(UnknownFileType):
        read_windows(tmp_path / "a.yml")
    with pytest.raises(OversizedFile):
        read_windows(written(tmp_path, "#" * 1_000_001))


@pytest.mark.parametrize(("language", "count"), [("csv", 4), ("yaml", 2)])
def test_the_samples_in_the_docs_can_be_imported(tmp_path: Path, language: str, count: int) -> None:
    """What `docs/how-to/import-calendars.md` shows is what the reader reads."""
    page = (ROOT / "docs/how-to/import-calendars.md").read_text("utf-8")
    sample = page.split(f"```{language}\n")[1].split("```")[0]
    found = read_windows(written(tmp_path, sample, f"sample.{language}"))
    assert found.mistakes == ()
    assert len(found.rows) == count
