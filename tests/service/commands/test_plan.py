"""`plan`: against another configuration, and as a workbook."""

from python_calamine import CalamineWorkbook

from tests.service.commands.desk import Desk

UNTIL = ("--to", "2027-03-31")


def _other(desk: Desk, said: str) -> str:
    """Write the desk's configuration with one rule said otherwise, and answer the file."""
    text = (desk.folder / "本县设置.yaml").read_text("utf-8")
    other = desk.folder / "别的设置.yaml"
    other.write_text(f"{text}\nrules:\n  重点对象季度联系:\n    {said}\n", "utf-8")
    return other.name


def test_other_words_would_change_nothing(desk: Desk) -> None:
    """What is said differs, when and to whom does not."""
    answer = desk.done("--lang", "en", "plan", *UNTIL, "--against", _other(desk, "say: 问候"))
    assert answer.out == "The same messages would be sent on the same days.\n"


def test_a_longer_interval_would_move_messages(desk: Desk) -> None:
    """Of that rule only, from one day to another; the ledger is as it was."""
    other = _other(desk, "every: 4 months")
    found = desk.done("--json", "plan", *UNTIL, "--against", other).json["against"]
    assert found["moved"]["items"] > 0
    lists = [one for kind in found.values() for one in kind["list"]]
    assert {one["rule"] for one in lists} == {"重点对象季度联系"}
    again = desk.done("--lang", "en", "plan", *UNTIL, "--against", "本县设置.yaml").out
    assert again == "The same messages would be sent on the same days.\n"


def test_a_plan_is_kept_as_a_workbook(desk: Desk) -> None:
    """By day and by week, with what would change; one that is there is not overwritten."""
    other = _other(desk, "every: 4 months")
    words = ("--lang", "en", "plan", *UNTIL, "--against", other, "--xlsx", "预览.xlsx")
    desk.done(*words)
    book = CalamineWorkbook.from_path(str(desk.folder / "预览.xlsx"))
    assert book.sheet_names == ["by day", "by week", "changes"]
    assert all(len(book.get_sheet_by_name(name).to_python()) > 1 for name in book.sheet_names)
    assert desk.run(*words).code == 2
    desk.done(*words, "--replace")


def test_the_fullest_week_is_told(desk: Desk) -> None:
    """Who gets the most messages in a week."""
    out = desk.done("--lang", "en", "plan", *UNTIL).out
    assert "The most messages to one person in a week: " in out


def test_a_plan_is_written_only_to_a_workbook(desk: Desk) -> None:
    """Another ending is refused before anything is done."""
    assert desk.run("plan", "--xlsx", "预览.csv").code == 2
