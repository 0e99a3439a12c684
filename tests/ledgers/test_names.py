"""One place has many spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.names import full_village_name, town_name, village_name


@pytest.mark.parametrize(
    "spelling", ["青山村", "青山", "青山村民委员会", "青山村村委会", "青 山 村", "青山村3组"]
)
def test_spellings_of_a_village_fit_each_other(spelling: str) -> None:
    """Suffix variants are one village."""
    assert village_name(spelling).fits(village_name("青山村"))


def test_a_village_is_not_the_community_of_the_same_name() -> None:
    """青山村 and 青山社区 are two places, a bare 青山 could be either."""
    assert not village_name("青山村").fits(village_name("青山社区"))
    assert village_name("青山").fits(village_name("青山社区居委会"))


@pytest.mark.parametrize("spelling", ["新村", "新村村委会", "新村民委员会", "新村村民委员会"])
def test_a_short_name_keeps_its_last_letter(spelling: str) -> None:
    """新村 is a name, not a village called 新."""
    assert village_name(spelling).base == "新村"


@pytest.mark.parametrize("spelling", ["柳河镇", "柳河", "柳河镇人民政府"])
def test_spellings_of_a_township_fit_each_other(spelling: str) -> None:
    """With and without its suffix, and as an office."""
    assert town_name(spelling).fits(town_name("柳河镇"))


def test_a_village_known_by_name_only_gets_its_suffix() -> None:
    """What is shown reads like a village."""
    assert full_village_name("青山") == "青山村"
    assert full_village_name("幸福居委会") == "幸福社区"


_PIECES = st.sampled_from(
    [*"青山新李村社区居委会民员行政组队第一3３", "村民委员会", "社区", " ", "\u200b", "𠮷"]
)


@given(st.lists(_PIECES, max_size=8).map("".join) | st.text(max_size=8))
def test_a_village_is_known_again_by_the_name_that_is_kept(text: str) -> None:
    """Else every import would make it once more: 李 is kept as 李, for 李村 is another name."""
    assert village_name(full_village_name(text)).fits(village_name(text))
