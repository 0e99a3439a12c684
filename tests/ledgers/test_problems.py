"""Every problem has a sentence, in both languages, and none shows a value."""

import pytest

from config.language import speaking
from ledgers.problems import ProblemCode, problem_sentence
from ledgers.rows import Place, Problem, Severity


def _problem(code: str) -> Problem:
    place = Place("台账.xlsx", "青山村", 7, "姓名")
    return Problem(place, "name", code, Severity.WARNING, "3 characters", "张测试")


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_has_its_sentence(code: ProblemCode) -> None:
    """What is wrong and what to do, and not the value that was found."""
    with speaking("en"):
        sentence = problem_sentence(_problem(code))
    assert len(sentence.split()) > 5
    assert "张测试" not in sentence
    assert problem_sentence(_problem(code)) != sentence


def test_a_code_from_elsewhere_is_shown_as_it_is() -> None:
    """Matching has codes of its own."""
    assert problem_sentence(_problem("several-matches")) == "several-matches"
