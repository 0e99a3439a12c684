"""The month in the documentation is a real one, and an ordinary one is quiet."""

from datetime import timedelta

import pytest

from tests.service.simulation.month import PAGE, SIGNED, Lived, live_month, page, weeks


@pytest.fixture(scope="module")
def lived() -> Lived:
    """The month, lived through once."""
    return live_month()


def test_the_page_shows_what_arrives(lived: Lived) -> None:
    """To the letter; write it anew with `python -m tests.service.simulation.month`."""
    assert PAGE.read_text(encoding="utf-8") == page(lived)


def test_an_ordinary_month_brings_at_most_six_messages(lived: Lived) -> None:
    """To a director with twelve children."""
    assert 0 < len(lived.came) <= 6


def test_each_is_one_sms_without_a_link(lived: Lived) -> None:
    """With the signature, and without anybody's name."""
    texts = [message.text for _, message in lived.came]
    assert [SIGNED.parts(text) for text in texts] == [1] * len(texts)
    assert not [text for text in texts if "http" in text or len(SIGNED.whole(text)) > 70]


def test_a_week_with_nothing_due_brings_none(lived: Lived) -> None:
    """Each message falls into a week in which a matter was open."""
    for monday in weeks():
        sunday = monday + timedelta(days=6)
        came = [at for at, _ in lived.came if monday <= at.date() <= sunday]
        owed = [one for one in lived.owed if one[0] <= sunday and one[1] >= monday]
        assert owed or not came
