"""Links over HTTP, on a port that is really served."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy import Connection, select
from starlette.applications import Starlette

from ledgers.access.factors import TRIES, Way
from ledgers.access.links import Link, Purpose, revoke_link
from ledgers.access.opening import CodeToSend, LinkDoor
from ledgers.access.signing_in import Door
from ledgers.access.tables import links, sessions
from ledgers.audit_tables import audit_events
from service.web import serving
from tests.ledgers.access.people import NOW
from tests.ledgers.access.test_links import TODAY, WISH, Post
from web.limiting import PATIENT
from web.links import COOKIE, LinkCounter

PERSONAL = "某甲"


@dataclass
class Place:
    """What links are for here: one name is shown, and acts and codes are noted."""

    post: Post
    acted: list[str] = field(default_factory=list)
    sent: list[CodeToSend] = field(default_factory=list)
    after: timedelta = timedelta(0)

    def show(self, connection: Connection, link: Link) -> Mapping[str, object]:
        """Show a name."""
        return {"name": PERSONAL, "about": link.about}

    def act(
        self, connection: Connection, link: Link, texts: Mapping[str, str]
    ) -> Mapping[str, object]:
        """Note an act."""
        if texts.get("answer") != "1":
            raise ValueError
        self.acted.append(link.id)
        return {"done": True}

    async def send(self, code: CodeToSend) -> None:
        """Note a code."""
        self.sent.append(code)

    def rows(self) -> str:
        """Answer all that opening a link could change."""
        with self.post.door.database.reading() as connection:
            found = [
                connection.execute(select(one)).all() for one in (links, sessions, audit_events)
            ]
        return str(found)


Trial = Callable[[aiohttp.ClientSession, Place], Awaitable[None]]
AtTheCounter = Callable[[Trial], None]


@pytest.fixture
def at_the_counter(door: Door) -> AtTheCounter:
    """Answer what lets a trial open links that are served; cookies are kept by hand."""

    def run(trial: Trial) -> None:
        async def serve() -> None:
            place = Place(Post(door))
            opens = LinkDoor(door.database, door.hasher.vault, lambda _: TODAY)
            counter = LinkCounter(opens, place, lambda: NOW + place.after)
            async with (
                serving(Starlette(routes=counter.routes()), "127.0.0.1", 0) as port,
                aiohttp.ClientSession(
                    f"http://127.0.0.1:{port}", cookie_jar=aiohttp.DummyCookieJar()
                ) as session,
            ):
                await trial(session, place)

        asyncio.run(serve())

    return run


async def post(
    session: aiohttp.ClientSession, path: str, cookie: str = "", **texts: str
) -> tuple[int, str, str]:
    """Send texts; answer the status, what was said, and the cookie that came."""
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    async with session.post(path, json=texts, headers=headers) as answer:
        came = answer.cookies.get(COOKIE)
        return answer.status, await answer.text(), came.value if came else ""


def test_looking_shows_nothing_of_anybody_and_changes_nothing(at_the_counter: AtTheCounter) -> None:
    """A mail scanner opens every address; nothing may keep, frame or hand it on."""

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        _, token = place.post.make()
        before = place.rows()
        for _ in range(3):
            async with session.get(f"/l/{token}") as answer:
                assert await answer.json() == {"purpose": "answer", "factor": "phone"}
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert answer.headers["Cache-Control"] == "no-store"
        async with session.head(f"/l/{token}") as answer:
            assert answer.status == 200
        assert place.rows() == before
        assert place.acted == []

    at_the_counter(trial)


def test_the_second_factor_opens_and_acting_is_done_once(at_the_counter: AtTheCounter) -> None:
    """What is shown is shown then; what makes no sense spends nothing; two clicks are one."""

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        id_, token = place.post.make()
        status, shown, cookie = await post(session, f"/l/{token}", given="0042")
        assert (status, PERSONAL in shown) == (200, True)
        assert (await post(session, f"/l/{token}/act", cookie, answer="?"))[0] == 422
        clicks = [post(session, f"/l/{token}/act", cookie, answer="1") for _ in range(3)]
        assert sorted([status for status, _, _ in await asyncio.gather(*clicks)]) == [200, 404, 404]
        assert place.acted == [id_]

    at_the_counter(trial)


@pytest.mark.parametrize("given", ["0043", "", "15400000042"])
def test_without_the_second_factor_nothing_is_shown_or_done(
    at_the_counter: AtTheCounter, given: str
) -> None:
    """The answer is that for a link that never was."""

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        _, token = place.post.make()
        refused = await post(session, f"/l/{token}", given=given)
        assert refused == await post(session, "/l/" + "x" * len(token), given="0042")
        assert (refused[0], refused[1]) == (404, "")
        assert (await post(session, f"/l/{token}/act", answer="1"))[0] == 404
        assert place.acted == []

    at_the_counter(trial)


def test_a_session_is_good_for_its_own_link_only(at_the_counter: AtTheCounter) -> None:
    """Who opened one link has not opened another."""

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        _, mine = place.post.make()
        _, other = place.post.make()
        _, _, cookie = await post(session, f"/l/{mine}", given="0042")
        assert (await post(session, f"/l/{other}/act", cookie, answer="1"))[0] == 404
        assert place.acted == []

    at_the_counter(trial)


def test_a_withdrawn_or_ended_link_is_none_for_whoever_opened_it(
    at_the_counter: AtTheCounter,
) -> None:
    """Between the second factor and the act."""

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        id_, token = place.post.make()
        _, _, cookie = await post(session, f"/l/{token}", given="0042")
        with place.post.door.database.writing() as connection:
            revoke_link(connection, id_, now=NOW)
        assert (await post(session, f"/l/{token}/act", cookie, answer="1"))[0] == 404
        _, token = place.post.make()
        _, _, cookie = await post(session, f"/l/{token}", given="0042")
        place.after = timedelta(minutes=10)
        assert (await post(session, f"/l/{token}/act", cookie, answer="1"))[0] == 404
        assert place.acted == []

    at_the_counter(trial)


def test_a_spent_link_is_none(at_the_counter: AtTheCounter) -> None:
    """Wrong tries spend it; the right digits come too late."""

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        _, token = place.post.make()
        for _ in range(TRIES):
            assert (await post(session, f"/l/{token}", given="9999"))[0] == 404
        assert (await post(session, f"/l/{token}", given="0042"))[0] == 404
        async with session.get(f"/l/{token}") as answer:
            assert answer.status == 404

    at_the_counter(trial)


def test_a_code_goes_another_way_than_the_link(at_the_counter: AtTheCounter) -> None:
    """It opens, the phone's digits do not, and after a few no more are sent."""

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        _, token = place.post.make(replace(WISH, way=Way.PHONE, purpose=Purpose.MATTERS))
        assert [(await post(session, f"/l/{token}/code"))[0] for _ in range(4)] == [204] * 3 + [409]
        assert {code.way for code in place.sent} == {Way.WECOM}
        assert (await post(session, f"/l/{token}", given="0042"))[0] == 404
        assert (await post(session, f"/l/{token}", given=place.sent[-1].code))[0] == 200
        _, by_wecom = place.post.make()
        assert (await post(session, f"/l/{by_wecom}/code"))[0] == 404

    at_the_counter(trial)


def test_whoever_makes_up_links_waits(at_the_counter: AtTheCounter) -> None:
    """After some tries nothing of that source is looked at for a while."""

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        _, token = place.post.make()
        for number in range(PATIENT.free):
            async with session.get(f"/l/{number}") as answer:
                assert answer.status == 404
        async with session.get(f"/l/{token}") as answer:
            assert answer.status == 429
        for path in (f"/l/{token}", f"/l/{token}/code", f"/l/{token}/act"):
            assert (await post(session, path, given="0042"))[0] == 429
        place.after = PATIENT.longest
        async with session.get(f"/l/{token}") as answer:
            assert answer.status == 200

    at_the_counter(trial)


def test_what_happens_to_a_link_is_written_down(at_the_counter: AtTheCounter) -> None:
    """Refused, opened, used: by the person's handle, without a digit of anything."""

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        _, token = place.post.make()
        await post(session, f"/l/{token}", given="9999")
        _, _, cookie = await post(session, f"/l/{token}", given="0042")
        await post(session, f"/l/{token}/act", cookie, answer="1")
        with place.post.door.database.reading() as connection:
            rows = connection.execute(select(audit_events).order_by(audit_events.c.number)).all()
        assert [row.kind for row in rows] == ["link.refused", "link.opened", "link.used"]
        assert {row.actor for row in rows} == {f"user:{place.post.person.handle}"}
        assert token not in str(rows)

    at_the_counter(trial)
