"""The second factor of a link."""

from datetime import timedelta

import pytest

from ledgers.access import factors
from ledgers.access.errors import LinkRefused
from ledgers.access.factors import CODE_LASTS, MOST_CODES, TRIES, Factor, Given, Way
from ledgers.access.links import LinkWish, Purpose
from ledgers.access.signing_in import Door
from ledgers.persons import Person
from tests.ledgers.access.people import NOW
from tests.ledgers.access.test_links import Post

BY_SMS = LinkWish(Purpose.MATTERS, Way.PHONE, timedelta(days=2))
BY_MAIL = LinkWish(Purpose.MATTERS, Way.EMAIL, timedelta(days=2))


@pytest.fixture
def post(door: Door) -> Post:
    """Answer a post that makes links."""
    return Post(door)


def give(post: Post, link_id: str, text: str, *, after: timedelta = timedelta(0)) -> bool:
    """Give a second factor; answer whether it is right."""
    given = Given(link_id, post.person, text)
    with post.door.database.writing() as connection:
        return factors.is_right(connection, post.door.hasher.vault, given, now=NOW + after)


def send(post: Post, link_id: str) -> str:
    """Answer a code as it is sent."""
    with post.door.database.writing() as connection:
        return factors.new_code(connection, post.door.hasher.vault, link_id, now=NOW)


@pytest.mark.parametrize(
    ("way", "phone", "email", "factor"),
    [
        (Way.EMAIL, "15400000042", "a@example.invalid", Factor.PHONE),
        (Way.WECOM, "15400000042", None, Factor.PHONE),
        (Way.PHONE, "15400000042", "a@example.invalid", Factor.CODE),
        (Way.WECOM, None, "a@example.invalid", Factor.CODE),
        (Way.EMAIL, None, "a@example.invalid", None),
        (Way.PHONE, "15400000042", None, None),
        (Way.WECOM, "12", None, Factor.CODE),
    ],
)
def test_the_factor_never_travels_as_the_link_does(
    way: Way, phone: str | None, email: str | None, factor: Factor | None
) -> None:
    """A link by SMS does not ask for the phone it lies on; who has one way only gets no link."""
    person = Person("p", "P-0001", "钱五", phone=phone, email=email)
    if factor is None:
        with pytest.raises(LinkRefused, match="一种联系方式"):
            factors.factor_for(person, way)
    else:
        assert factors.factor_for(person, way) is factor
        assert factors.other_way(person, way) is not way


def test_the_last_digits_of_the_phone_open(post: Post) -> None:
    """Written as they come; all else does not."""
    id_, _ = post.make(BY_MAIL)
    assert not give(post, id_, "0043")
    assert give(post, id_, " 00-42 ")
    assert give(post, id_, "0042")


def test_a_link_is_spent_after_a_few_wrong_tries(post: Post) -> None:
    """Then even the right digits open nothing: four digits cannot be tried through."""
    id_, token = post.make(BY_MAIL)
    assert [give(post, id_, f"{number:04}") for number in range(TRIES)] == [False] * TRIES
    assert not give(post, id_, "0042")
    assert post.find(token) is None


def test_a_right_try_gives_the_tries_back(post: Post) -> None:
    """Whoever slips now and then is not shut out."""
    id_, token = post.make(BY_MAIL)
    for _ in range(3):
        assert [give(post, id_, "9999") for _ in range(TRIES - 1)] == [False] * (TRIES - 1)
        assert give(post, id_, "0042")
    assert post.find(token) is not None


@pytest.mark.parametrize("text", ["", "42", "15400000042", "abcd", "0042 0042"])
def test_other_texts_do_not_open(post: Post, text: str) -> None:
    """Neither too few digits nor too many, nor none."""
    id_, _ = post.make(BY_MAIL)
    assert not give(post, id_, text)


def test_a_code_opens_once_and_for_ten_minutes(post: Post) -> None:
    """The phone's digits do not stand for it, nor does the code of another link."""
    id_, _ = post.make(BY_SMS)
    assert not give(post, id_, "")
    code = send(post, id_)
    other, _ = post.make(BY_SMS)
    assert not give(post, other, code)
    assert not give(post, id_, "0042")
    assert not give(post, id_, code, after=CODE_LASTS)
    assert give(post, id_, code, after=CODE_LASTS - timedelta(seconds=1))
    assert not give(post, id_, code)


def test_a_new_code_voids_the_one_before_and_few_are_sent(post: Post) -> None:
    """Nobody can have somebody's phone ring all night."""
    id_, _ = post.make(BY_SMS)
    codes = [send(post, id_) for _ in range(MOST_CODES)]
    with pytest.raises(LinkRefused, match="验证码"):
        send(post, id_)
    assert give(post, id_, codes[-1])
    if codes[0] != codes[-1]:
        assert not give(post, id_, codes[0])


def test_what_was_given_is_not_shown() -> None:
    """A traceback that holds it shows no digit."""
    person = Person("p", "P-0001", "钱五")
    assert "0042" not in repr(Given("l", person, "0042")).replace(repr(person), "")
