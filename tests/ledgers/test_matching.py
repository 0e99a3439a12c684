"""Which entry a row is about: never by a guess."""

from dataclasses import replace
from datetime import date

import pytest

from ledgers.facts import Facts
from ledgers.matching import Candidates, Known, MatchProblem, changes_of, merge_rows
from ledgers.rows import LedgerDate
from tests.ledgers.samples import at

MAY = LedgerDate(date(2016, 5, 4))
MAY_MONTH = LedgerDate(date(2016, 5, 1), month_only=True)
JUNE = LedgerDate(date(2016, 6, 9))
QINGSHAN, LIUGOU = "990101901901", "990101901902"

ENTRY = Known("e1", "青山-01", "zhang", "id1", MAY, QINGSHAN)


def row(
    name: str | None = "zhang",
    *,
    number: str | None = None,
    id_no: str | None = None,
    born: LedgerDate | None = None,
    lives_in: str | None = QINGSHAN,
) -> Facts:
    """Answer a row's facts; keys are plain words here."""
    keys = {"name_key": name, "id_no_key": id_no}
    plain = {"lives_in": lives_in}
    if born is not None:
        plain |= {"born_on": born.day, "born_month_only": born.month_only}  # type: ignore[dict-item]
    return Facts(
        place=at(3),
        number=number,
        plain={name: value for name, value in plain.items() if value is not None},
        secrets={},
        keys={name: key for name, key in keys.items() if key is not None},
    )


@pytest.mark.parametrize(
    "facts",
    [
        row("other", number="青山-01"),
        row("other", id_no="id1"),
        row("zhang", born=MAY),
        row("zhang", born=MAY_MONTH),
        row("zhang"),
        row("zhang", born=MAY, id_no="id2"),
        row("zhang", born=MAY, lives_in=QINGSHAN[:9]),
    ],
    ids=["number", "id", "likeness", "month", "no birth", "id corrected", "township only"],
)
def test_one_hit_is_the_same_entry(facts: Facts) -> None:
    """By number, by ID, or by name, birth and village as far as they are known."""
    assert Candidates([ENTRY]).match(facts, {}) == ENTRY


@pytest.mark.parametrize(
    "facts",
    [
        row("wang", born=MAY),
        row("zhang", born=JUNE),
        row("zhang", born=MAY, lives_in=LIUGOU),
        row("zhang", id_no="id2"),
        row("wang", number="青山-77"),
    ],
    ids=["name", "birth", "village", "other id without birth", "unknown number"],
)
def test_no_hit_is_a_new_child(facts: Facts) -> None:
    """One thing that speaks against it is enough."""
    assert Candidates([ENTRY]).match(facts, {}) is None


def test_several_hits_are_a_question() -> None:
    """Two entries of one name, village and birth."""
    both = Candidates([ENTRY, replace(ENTRY, id="e2", number="青山-02", id_no_key=None)])
    assert both.match(row(born=MAY), {}) is MatchProblem.SEVERAL


def test_an_exact_birth_decides_between_two() -> None:
    """Who has the very birth date is meant, not who has none."""
    both = Candidates([ENTRY, Known("e2", "青山-02", "zhang", None, None, QINGSHAN)])
    assert both.match(row(born=MAY), {}) == ENTRY


def test_same_id_with_other_name_and_birth_is_a_question() -> None:
    """Either alone is a correction; both together are another child."""
    one = Candidates([ENTRY])
    assert one.match(row("wang", id_no="id1", born=JUNE), {}) is MatchProblem.OTHER_PERSON
    assert one.match(row("zhang", id_no="id1", born=JUNE), {}) == ENTRY


def test_number_and_id_of_two_entries_are_a_question() -> None:
    """The row names one by its number and another by its ID number."""
    both = Candidates([ENTRY, Known("e2", "青山-02", "wang", "id2", JUNE, QINGSHAN)])
    assert both.match(row(number="青山-01", id_no="id2"), {}) is MatchProblem.TWO_ENTRIES


def test_an_entry_is_not_taken_twice() -> None:
    """By ID it is a duplicate; by likeness alone the second row is another child."""
    one = Candidates([ENTRY])
    assert one.match(row(id_no="id1"), {"e1": 3}) is MatchProblem.DUPLICATE
    assert one.match(row(born=MAY), {"e1": 3}) is None


def test_filling_a_gap_is_no_change_of_identity() -> None:
    """An ID number that was missing does not count towards the tenth."""
    bare = Known("e1", "青山-01", "zhang", None, None, QINGSHAN)
    assert changes_of(row(id_no="id9", born=MAY), bare) == set()
    assert changes_of(row("wang", id_no="id9", born=JUNE), ENTRY) == {"name", "id_no", "born"}


def test_later_rows_about_one_child_are_duplicates() -> None:
    """The first stays, so that nobody is lost; the others are looked at by a person."""
    first, second = row(id_no="id1"), row("other", id_no="id1")
    kept, merged, duplicates = merge_rows([first, second])
    assert (kept, merged, duplicates) == ([first], [], [second])


def test_another_sheet_may_complete_a_row() -> None:
    """A sheet with fewer columns adds to the same child, if it says nothing else."""
    first = row(id_no="id1", born=MAY)
    second = replace(row(born=MAY), place=at(3, "走访"), triggers=("流浪",))
    kept, merged, duplicates = merge_rows([first, second])
    assert (len(kept), merged, duplicates) == (1, [0], [])
    assert kept[0].triggers == ("流浪",)
    contrary = replace(row(id_no="id1", born=JUNE), place=at(3, "走访"))
    assert merge_rows([first, contrary])[2] == [contrary]


def test_two_numbers_are_two_children() -> None:
    """Namesakes of one village and birth are told apart by their numbers."""
    rows = [row(number="青山-01", born=MAY), row(number="青山-02", born=MAY)]
    assert merge_rows(rows)[0] == rows
