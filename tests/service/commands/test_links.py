"""`link …`: made, listed, withdrawn."""

import pytest

from tests.service.commands.desk import Desk
from tests.service.commands.test_users import add


def make(desk: Desk, person: str, *more: str) -> dict[str, str]:
    """Make a link that travels by WeCom unless it is said otherwise."""
    words = ("--for", "answer", "--way", "wecom", *more)
    made: dict[str, str] = desk.done("--json", "link", "make", person, *words).json
    return made


def listed(desk: Desk, *more: str) -> list[str]:
    """Answer the ids of links that are good."""
    return [row["id"] for row in desk.done("--json", "link", "list", *more).json]


def test_a_link_is_shown_once(desk: Desk) -> None:
    """Afterwards only its id is known, and the events hold nothing of it."""
    made = make(desk, "P-0003", "--days", "2")
    assert made["path"].startswith("/l/")
    assert (made["person"], made["factor"], made["purpose"]) == ("P-0003", "phone", "answer")
    shown = desk.done("link", "list").out + desk.done("--json", "link", "list").out
    assert made["id"] in shown
    assert made["path"].removeprefix("/l/") not in shown


def test_links_are_withdrawn_one_by_one_or_all_of_a_person(desk: Desk) -> None:
    """Twice does nothing; without a name nothing is meant."""
    first, second, third = make(desk, "P-0003"), make(desk, "P-0003"), make(desk, "P-0002")
    assert desk.done("--json", "link", "revoke", first["id"], first["id"]).json == {"revoked": 1}
    assert listed(desk) == [third["id"], second["id"]]
    assert desk.done("--json", "link", "revoke", "--person", "P-0003").json == {"revoked": 1}
    assert (listed(desk), listed(desk, "--person", "P-0003")) == ([third["id"]], [])
    assert desk.run("link", "revoke").code == 2


def test_whoever_leaves_or_hands_over_has_no_links(desk: Desk) -> None:
    """Also when they come back: what was sent to the post is no longer theirs."""
    make(desk, "P-0003")
    other = make(desk, "P-0002")
    desk.done("person", "replace", "P-0003", "P-0004")
    assert listed(desk) == [other["id"]]
    desk.done("person", "leave", "P-0002")
    desk.done("person", "replace", "P-0004", "P-0002")
    assert listed(desk) == []


@pytest.mark.parametrize(
    ("person", "way", "factor"), [("P-0003", "短信", "code"), ("P-0004", "email", "phone")]
)
def test_what_a_link_asks_follows_from_how_it_travels(
    desk: Desk, person: str, way: str, factor: str
) -> None:
    """By SMS it asks for a code, which needs another way on file."""
    assert make(desk, person, "--way", way)["factor"] == factor
    refused = desk.run("link", "make", "P-0004", "--for", "answer", "--way", "phone")
    assert (refused.code, "一种联系方式" in refused.err) == (1, True)


def test_links_are_made_by_those_who_may(desk: Desk) -> None:
    """The county does, a township does not."""
    county = add(desk, "县赵", "county")
    township = add(desk, "乡赵", "township", "--region", "柳河镇")
    words = ("link", "make", "P-0003", "--for", "matters", "--way", "email")
    assert county.run(*words).code == 0
    assert township.run(*words).code == 1
    assert township.run("link", "revoke", "--person", "P-0003").code == 1
    assert desk.done("--json", "link", "list").json[0]["made_by"] == "user:U-0001"
