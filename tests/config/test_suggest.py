"""“Did you mean” is asked when something is close, otherwise what is allowed is listed."""

import pytest

from config.language import speaking
from config.suggest import closest, hint


@pytest.mark.parametrize(
    ("found", "meant"), [("evry", "every"), ("走仿", "走访"), ("Every", "every"), ("xyz", None), ("e" * 99, None)]
)  # fmt: skip
def test_the_closest_word(found: str, meant: str | None) -> None:
    """Case does not matter, two Chinese characters are enough; nonsense is close to nothing."""
    assert closest(found, ["every", "走访", "done_by"]) == meant


def test_long_lists_are_cut() -> None:
    """Twenty words, then dots."""
    with speaking("en"):
        assert hint("?", [f"w{number:02}" for number in range(30)]).endswith("w19 ….")
        assert hint("?", ["a", "b"]) == " Allowed: a, b."
        assert hint("?", []) == ""
