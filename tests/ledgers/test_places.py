"""Names become codes, and never by a guess."""

import pytest

from ledgers.places import PlaceProblem, Places, Written
from ledgers.regions import Region

SITE = "990101"
LIUHE, DONGSHAN = Region("990101100", "柳河镇"), Region("990101200", "东山乡")
QINGSHAN = Region("990101100201", "青山村")


def places(*known: Region, site: str = SITE) -> Places:
    """Answer the places of a small county."""
    return Places(site, known)


def test_a_known_village_is_found_under_its_township() -> None:
    """Names with and without suffix lead to the real code, and nothing is invented."""
    found = places(LIUHE, QINGSHAN)
    assert found.find(Written("柳河", "青山村民委员会")) == QINGSHAN.code
    assert found.find(Written(None, "青山")) == QINGSHAN.code
    assert found.find(Written(None, "柳河镇青山村")) == QINGSHAN.code
    assert not found.invented


def test_unknown_names_get_local_codes_under_their_parent() -> None:
    """A ledger with names only can be imported."""
    found = places()
    code = found.find(Written("柳河镇", "青山村"))
    assert code == "990101901901"
    assert [r.name for r in found.invented] == ["柳河镇", "青山村"]
    assert all(r.local for r in found.invented)


def test_one_village_gets_one_code_however_it_is_spelled() -> None:
    """Suffix variants do not make a second village."""
    found = places()
    codes = {found.find(Written("柳河镇", name)) for name in ("青山", "青山村", "青山村委会")}
    assert len(codes) == 1


def test_equal_names_in_two_townships_need_the_township() -> None:
    """A village without its township is not guessed, whatever the order of the rows."""
    found = places()
    bare = Written(None, "青山")
    found.find_all([bare, Written("柳河镇", "青山村"), bare, Written("东山乡", "青山村")])
    assert found.find(bare) is PlaceProblem.VILLAGE_AMBIGUOUS


def test_an_unknown_village_without_township_is_asked() -> None:
    """There is nothing it could be put under."""
    assert places(LIUHE).find(Written(None, "白石村")) is PlaceProblem.TOWN_MISSING


def test_a_township_name_that_two_share_is_asked() -> None:
    """城关镇 and 城关乡 are both 城关."""
    found = places(Region("990101101", "城关镇"), Region("990101201", "城关乡"))
    assert found.find(Written("城关")) is PlaceProblem.TOWN_AMBIGUOUS
    assert found.find(Written("城关乡")) == "990101201"


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("990101100201", "990101100201"),
        ("990101100000", "990101100"),
        ("990202100201", PlaceProblem.CODE_OUTSIDE),
    ],
)
def test_a_code_says_more_than_names(code: str, answer: str) -> None:
    """Codes are taken if they lie in the site."""
    assert places(LIUHE, QINGSHAN).find(Written(code=code)) == answer


def test_a_township_office_needs_no_township_column() -> None:
    """Where the site is one township, its villages are known by name alone."""
    found = places(site=LIUHE.code)
    assert found.find(Written(None, "青山村")) == LIUHE.code + "901"


def test_a_city_does_not_invent_a_county() -> None:
    """A township of an unknown county is asked."""
    assert places(site="9901").find(Written("柳河镇", "青山村")) is PlaceProblem.TOWN_UNKNOWN


def test_an_address_is_only_compared_with_what_is_known() -> None:
    """Where a child is registered is text; it invents no division."""
    found = places(LIUHE, DONGSHAN, QINGSHAN)
    assert found.find_inside("演示县柳河镇青山村12号") == QINGSHAN.code
    assert found.find_inside("演示县东山乡") == DONGSHAN.code
    assert found.find_inside("外省某地") is None


@pytest.mark.parametrize("name", ["青" * 300, "\ufdfa" * 90])
def test_a_name_is_cut_to_what_its_column_holds(name: str) -> None:
    """And is known again by what is left of it, so that a second import makes no second village."""
    found = places()
    code = found.find(Written(name, name))
    invented = tuple(found.invented)
    assert [len(one.name) <= 100 for one in invented] == [True, True]
    assert places(*invented).find(Written(name, name)) == code
