"""Which passwords are taken."""

import pytest

from ledgers.access.errors import PasswordRefused
from ledgers.access.password_policy import LEAST, MOST, check

OWN = ["柳河赵", "zhaoliu", "演示县民政局"]


def is_taken(password: str) -> bool:
    """Say whether somebody of that name and office may choose a password."""
    try:
        check(password, OWN)
    except PasswordRefused:
        return False
    return True


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "woaini123456",
        "woaini20270307",
        "5201314woaini",
        "admin12345678",
        "ａｄｍｉｎ１２３４５６７８",
        "qwertyuiop12",
        "aaaaaaaaaaaaa",
        "minzhengju123",
        "wanglei19880101",
        "15400000001wang",
        "990101198801011234",
        "Password2027!",
    ],
)
def test_what_is_soon_guessed_is_refused(password: str) -> None:
    """Habits, keyboards, repeats, birthdays, phones and ID numbers; the password is not repeated."""
    with pytest.raises(PasswordRefused, match="很快") as refused:
        check(password, OWN)
    assert password not in str(refused.value)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "清风徐来水波不兴举酒属客", "kQ7#vnP2xLz9", "一本书 两条河 三只鸟儿"],
)
def test_what_is_long_and_odd_is_taken(password: str) -> None:
    """A few words need no digits, no capitals, no signs."""
    assert is_taken(password)


@pytest.mark.parametrize(
    "password", ["zhaoliu 清风徐来水波不兴", "ZHAOLIU kQ7#vnP2xLz9", "柳河赵kQ7#vnP2xLz9"]
)
def test_names_are_refused(password: str) -> None:
    """What colleagues know of somebody is tried first."""
    with pytest.raises(PasswordRefused, match="名"):
        check(password, OWN)


def test_bounds_are_kept() -> None:
    """One letter fewer, just enough, just not too many, one more."""
    odd = "kQ7#vnP2xLz9" * 11
    for refused in (odd[: LEAST - 1], odd[: MOST + 1]):
        with pytest.raises(PasswordRefused, match="个字符"):
            check(refused, OWN)
    check(odd[:LEAST], OWN)
    check("kQ7#vnP2xLz9 清风徐来" + odd[: MOST - 17], OWN)


def test_control_characters_are_refused() -> None:
    """Not every keyboard could type them again."""
    with pytest.raises(PasswordRefused, match="控制"):
        check("kQ7#vnP2\x00xLz9", OWN)
