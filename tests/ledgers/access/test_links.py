"""Links: whose, for what, how long, and how they are withdrawn."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ledgers.access import links as doors
from ledgers.access.errors import LinkRefused
from ledgers.access.factors import Factor, Way
from ledgers.access.links import LONGEST, Link, LinkWish, Maker, Purpose
from ledgers.access.signing_in import Door
from ledgers.access.tables import links
from ledgers.handover import leave_person
from ledgers.persons import Person, PersonDetails, add_persons, load_persons
from tests.ledgers.access.people import NOW

TODAY = date(2027, 3, 1)
WISH = LinkWish(Purpose.ANSWER, Way.WECOM, timedelta(days=2), about="a" * 32)


@dataclass(slots=True)
class Post:
    """Makes links for one director, whose phone, WeCom and mail are on file."""

    door: Door
    person: Person = field(init=False)

    def __post_init__(self) -> None:
        details = PersonDetails("钱五", "15400000042", "qian@example.invalid", "qian")
        with self.door.database.writing() as connection:
            vault = self.door.hasher.vault
            (id_,) = add_persons(connection, vault, [details], now=NOW)
            self.person = load_persons(connection, vault, [id_])[id_]

    def make(self, wish: LinkWish = WISH) -> tuple[str, str]:
        """Make a link; answer its id and token."""
        by = Maker("user:U-0001", NOW, TODAY)
        with self.door.database.writing() as connection:
            vault = self.door.hasher.vault
            link, token = doors.make_link(connection, vault, self.person, wish, by=by)
        return link.id, token

    def find(self, token: str, *, after: timedelta = timedelta(0)) -> Link | None:
        """Answer the link of a token, some time later."""
        now = NOW + after
        with self.door.database.reading() as connection:
            vault = self.door.hasher.vault
            return doors.link_of(connection, vault, token, now=now, today=TODAY + after)


@pytest.fixture
def post(door: Door) -> Post:
    """Answer a post that makes links."""
    return Post(door)


def test_a_link_knows_whose_it_is_and_what_for(post: Post) -> None:
    """One person, one purpose, one matter; its token is not kept."""
    id_, token = post.make()
    link = post.find(token)
    assert link is not None
    assert (link.id, link.person_id, link.purpose) == (id_, post.person.id, Purpose.ANSWER)
    assert (link.about, link.made_by) == (WISH.about, "user:U-0001")
    with post.door.database.reading() as connection:
        assert token not in str(connection.execute(select(links)).all())


@pytest.mark.parametrize(("seconds", "is_good"), [(-1, True), (0, False), (1, False)])
def test_a_link_ends(post: Post, seconds: int, is_good: bool) -> None:
    """A second before its time, at it and after."""
    _, token = post.make()
    found = post.find(token, after=WISH.lasts + timedelta(seconds=seconds))
    assert (found is not None) is is_good


def test_a_link_may_not_last_long(post: Post) -> None:
    """Nor for no time at all."""
    for lasts in (timedelta(0), -timedelta(days=1), LONGEST + timedelta(seconds=1)):
        with pytest.raises(LinkRefused, match="14"):
            post.make(replace(WISH, lasts=lasts))
    assert post.make(replace(WISH, lasts=LONGEST))


def test_a_withdrawn_link_is_none(post: Post) -> None:
    """Alone, or all of one person; withdrawing twice does nothing."""
    id_, first = post.make()
    _, second = post.make()
    with post.door.database.writing() as connection:
        assert doors.revoke_link(connection, id_, now=NOW)
        assert not doors.revoke_link(connection, id_, now=NOW)
    assert (post.find(first), post.find(second) is not None) == (None, True)
    with post.door.database.writing() as connection:
        assert doors.revoke_links_of(connection, post.person.id, now=NOW) == 1
        assert doors.revoke_links_of(connection, post.person.id, now=NOW) == 0
    assert post.find(second) is None


def test_whoever_left_has_no_links(post: Post) -> None:
    """Also those made before, from the day they left; and none is made any more."""
    _, token = post.make()
    with post.door.database.writing() as connection:
        leave_person(connection, post.person.id, on=TODAY + timedelta(days=1))
    assert post.find(token) is not None
    assert post.find(token, after=timedelta(days=1)) is None
    post.person = replace(post.person, left_on=TODAY)
    with pytest.raises(LinkRefused, match="离任"):
        post.make()


def test_what_is_done_once_spends_the_link(post: Post) -> None:
    """Of two clicks at once one acts; looking may be repeated."""
    for purpose, times in ((Purpose.ANSWER, 1), (Purpose.RECORD, 1), (Purpose.MATTERS, 2)):
        _, token = post.make(replace(WISH, purpose=purpose))
        link = post.find(token)
        assert link is not None
        with post.door.database.writing() as connection:
            uses = [doors.use_link(connection, link, now=NOW) for _ in range(2)]
        assert uses.count(True) == times
        assert (post.find(token) is not None) is (times == 2)


def test_a_withdrawn_link_does_not_act(post: Post) -> None:
    """Also for whoever opened it before."""
    id_, token = post.make()
    link = post.find(token)
    assert link is not None
    with post.door.database.writing() as connection:
        doors.revoke_link(connection, id_, now=NOW)
        assert not doors.use_link(connection, link, now=NOW)


def test_a_made_up_token_is_no_link(post: Post) -> None:
    """Neither a changed one nor one of another kind."""
    _, token = post.make()
    for made_up in ("", token[:-1], token.swapcase(), "x" * 59):
        assert post.find(made_up) is None


def test_good_links_are_listed(post: Post) -> None:
    """The newest first; of one person or of all; without those that ended."""
    first, _ = post.make(replace(WISH, lasts=timedelta(hours=1)))
    second, _ = post.make()
    with post.door.database.reading() as connection:
        found = doors.good_links(connection, now=NOW, today=TODAY, person_id=post.person.id)
        assert [one.id for one in found] == [second, first]
        assert doors.good_links(connection, now=NOW, today=TODAY, person_id="other") == []
        later = doors.good_links(connection, now=NOW + timedelta(hours=2), today=TODAY)
        assert [one.id for one in later] == [second]
        one = doors.link_with(connection, second, now=NOW, today=TODAY)
    assert one is not None
    assert one.factor is Factor.PHONE
