"""Who is told, rung by rung."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.directory import Directory, Person, RouteTable
from alerts.recipients import Addressee, Gap, Ladder, Recipient, Subject
from config.model import Role

VILLAGE = "990101001001"
SUBJECT = Subject("e1", VILLAGE)
ROLES = {
    "director": Role(title="儿童主任", level="village", up="supervisor"),
    "supervisor": Role(title="儿童督导员", level="township", up="county"),
    "county": Role(title="县", level="county"),
}
MAIL = frozenset({"email"})
ROUTES = RouteTable(dict.fromkeys((*ROLES, "operator"), (("mail", "email"),)))


def ladder(
    holders: Mapping[tuple[str, str], tuple[str, ...]],
    *,
    reach: Mapping[str, frozenset[str]] | None = None,
    away: Sequence[str] = (),
    deputies: Mapping[str, tuple[str, ...]] | None = None,
    assigned: Mapping[tuple[str, str], Sequence[str]] | None = None,
) -> Ladder:
    """Make a ladder on which everybody named has mail unless `reach` says otherwise."""
    names = {"operator", *(p for held in holders.values() for p in held)}
    names |= {p for stand_ins in (deputies or {}).values() for p in stand_ins}
    names |= {p for given in (assigned or {}).values() for p in given}
    people = {name: Person(name, name, (reach or {}).get(name, MAIL)) for name in sorted(names)}
    directory = Directory(people, holders, deputies or {}, frozenset(away), "operator")
    return Ladder(directory, ROLES, ROUTES, assigned or {})


def direct(person: str, role: str) -> Recipient:
    """Answer a recipient with an address of their own."""
    return Recipient(person, role, Addressee(person, role, "mail"))


POSTS = {
    ("director", VILLAGE): ("li",),
    ("director", "990101001"): ("town-li",),
    ("supervisor", "990101001"): ("wang",),
    ("county", "990101"): ("chen",),
}


def test_the_longest_prefix_post_is_told() -> None:
    """The village's own director, not the one of the whole township."""
    assert ladder(POSTS).recipients("director", SUBJECT).recipients == (direct("li", "director"),)


def test_a_shorter_prefix_serves_villages_without_a_post() -> None:
    """Another village falls to the director whose region contains it."""
    found = ladder(POSTS).recipients("director", Subject("e2", "990101001002"))
    assert found.recipients == (direct("town-li", "director"),)
    assert found.gaps == ()


def test_who_holds_the_entry_by_name_comes_before_the_post() -> None:
    """An assignment wins over the village's post."""
    given_away = ladder(POSTS, assigned={("e1", "director"): ("zhao",)})
    assert given_away.recipients("director", SUBJECT).recipients == (direct("zhao", "director"),)


def test_the_absent_are_replaced_by_a_deputy_one_hop() -> None:
    """A deputy who is away too is not replaced by a deputy of their own."""
    deputies = {"li": ("sun",), "sun": ("qian",)}
    once = ladder(POSTS, away=["li"], deputies=deputies)
    assert once.recipients("director", SUBJECT).recipients == (direct("sun", "director"),)
    twice = ladder(POSTS, away=["li", "sun"], deputies=deputies)
    assert twice.recipients("director", SUBJECT).recipients == (direct("wang", "supervisor"),)


def test_nobody_left_goes_up_and_names_the_gap() -> None:
    """The supervisor is told, and the empty post is known."""
    found = ladder(POSTS, away=["li"]).recipients("director", SUBJECT)
    assert found.recipients == (direct("wang", "supervisor"),)
    assert found.gaps == (Gap("director", VILLAGE),)


def test_the_operator_is_the_last_rung() -> None:
    """With no post held at all, the operator is told and every rung is a gap."""
    found = ladder({}).recipients("director", SUBJECT)
    assert found.recipients == (direct("operator", "operator"),)
    assert [gap.role for gap in found.gaps] == ["director", "supervisor", "county"]


def test_without_an_address_the_next_rung_passes_it_on() -> None:
    """The director stays the one who is told; the supervisor gets the text."""
    found = ladder(POSTS, reach={"li": frozenset()}).recipients("director", SUBJECT)
    relayed = Recipient("li", "director", Addressee("wang", "supervisor", "mail"))
    assert found.recipients == (relayed,)
    assert relayed.via == "wang"


def test_a_deputy_with_an_address_spares_the_relay() -> None:
    """No usable address counts as absent when somebody stands in."""
    found = ladder(POSTS, reach={"li": frozenset()}, deputies={"li": ("sun",)})
    assert found.recipients("director", SUBJECT).recipients == (direct("sun", "director"),)


def test_whoever_recorded_the_act_is_not_told_of_it() -> None:
    """Nor is anybody told in their place."""
    found = ladder(POSTS).recipients("director", SUBJECT, recorded_by="li")
    assert found.recipients == ()


def test_a_circle_of_roles_ends_at_the_operator() -> None:
    """`up` that leads back is cut rather than followed for ever."""
    circle = {
        "a": Role(title="a", level="village", up="b"),
        "b": Role(title="b", level="township", up="a"),
    }
    base = ladder({})
    turning = Ladder(base.directory, circle, RouteTable({"operator": (("mail", "email"),)}))
    assert turning.recipients("a", SUBJECT).recipients == (direct("operator", "operator"),)


@pytest.mark.parametrize(("away", "filled"), [((), True), (("li", "town-li"), False)])
def test_a_gap_closes_when_somebody_holds_the_post(away: Sequence[str], filled: bool) -> None:
    """The same function that finds gaps says when they are gone."""
    assert ladder(POSTS, away=away).is_filled(Gap("director", VILLAGE)) is filled


_PEOPLE = ["a", "b", "c", "d", "e"]
_SOME = st.lists(st.sampled_from(_PEOPLE), max_size=2, unique=True).map(tuple)
_REGIONS = st.sampled_from(["99", "990101", "990101001", VILLAGE, "990101002"])


@settings(max_examples=150)
@given(
    holders=st.dictionaries(st.tuples(st.sampled_from(list(ROLES)), _REGIONS), _SOME, max_size=6),
    away=st.lists(st.sampled_from(_PEOPLE), max_size=3),
    silent=st.lists(st.sampled_from(_PEOPLE), max_size=3),
    deputies=st.dictionaries(st.sampled_from(_PEOPLE), _SOME, max_size=3),
)
def test_somebody_here_is_always_told_once(
    holders: dict[tuple[str, str], tuple[str, ...]],
    away: list[str],
    silent: list[str],
    deputies: dict[str, tuple[str, ...]],
) -> None:
    """However posts, leaves, deputies and addresses fall: told, present, once, and reachable."""
    reach = dict.fromkeys(silent, frozenset[str]())
    found = ladder(holders, reach=reach, away=away, deputies=deputies)
    told = found.recipients("director", SUBJECT).recipients
    assert told
    assert len({recipient.person for recipient in told}) == len(told)
    assert all(recipient.person not in away for recipient in told)
    for recipient in told:
        assert recipient.addressee is not None
        assert recipient.addressee.person not in {*away, *silent}
