"""The threat model's claim, as far as it is cheap to hold: each test it names has a defence to take out.

That the test fails then is tried by `make defences`, which takes too long for every day.
"""

from collections import Counter

import pytest

from tests.repo.test_security_page import named_tests
from tests.security.trial import ROOT, Defence, defences


def test_every_test_of_the_page_has_a_defence() -> None:
    """And no defence is tried that the page does not tell of."""
    assert {one.test for one in defences()} == {f"{path}::{name}" for path, name in named_tests()}


def test_no_defence_is_listed_twice() -> None:
    """Each name is one edit."""
    assert [
        name for name, count in Counter(one.name for one in defences()).items() if count > 1
    ] == []


@pytest.mark.parametrize("defence", defences(), ids=lambda one: one.name)
def test_what_is_taken_out_stands_there(defence: Defence) -> None:
    """Once, so that the trial takes out what is meant; whoever changes the line changes the list."""
    assert (ROOT / defence.file).read_text("utf-8").count(defence.out) == 1
    assert defence.put != defence.out
