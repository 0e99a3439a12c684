"""Signing in over HTTP, on a port that is really served."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from starlette.applications import Starlette

from ledgers.access.signing_in import Door
from ledgers.access.throttles import BACKOFFS, Kind
from ledgers.access.users import disable_user
from service.web import serving
from tests.ledgers.access.people import NAME, PASSWORD, TOWN, Office
from web.answers import COOKIE
from web.signing_in import LARGEST_BODY, MOST_WAITING, Entrance

Trial = Callable[[aiohttp.ClientSession, Office], Awaitable[None]]
AtTheEntrance = Callable[[Trial], None]


@pytest.fixture
def at_the_entrance(door: Door) -> AtTheEntrance:
    """Answer what lets a trial talk to an entrance that is served; cookies are kept by hand."""

    def run(trial: Trial) -> None:
        async def serve() -> None:
            office = Office(door)
            entrance = Entrance(door, lambda: office.now)
            app = Starlette(routes=entrance.routes())
            async with (
                serving(app, "127.0.0.1", 0) as port,
                aiohttp.ClientSession(
                    f"http://127.0.0.1:{port}", cookie_jar=aiohttp.DummyCookieJar()
                ) as session,
            ):
                await trial(session, office)

        asyncio.run(serve())

    return run


def typed(office: Office, **wrong: str) -> dict[str, str]:
    """Answer what she types; whatever is not named is right."""
    return {"name": NAME, "password": PASSWORD, "code": office.code()} | wrong


async def signed_in(session: aiohttp.ClientSession, office: Office) -> dict[str, str]:
    """Sign in; answer what her browser sends along from then on."""
    async with session.post("/sign-in", json=typed(office)) as answer:
        assert answer.status == 204
        return {"Cookie": f"{COOKIE}={answer.cookies[COOKIE].value}"}


async def whose(session: aiohttp.ClientSession, headers: dict[str, str]) -> int:
    """Answer how the question whose session it is is answered."""
    async with session.get("/session", headers=headers) as answer:
        return answer.status


def test_a_session_begins_and_ends(at_the_entrance: AtTheEntrance) -> None:
    """Its holder is known until she signs out."""

    async def trial(session: aiohttp.ClientSession, office: Office) -> None:
        headers = await signed_in(session, office)
        async with session.get("/session", headers=headers) as answer:
            assert await answer.json() == {
                "handle": "U-0001",
                "role": "township",
                "regions": [TOWN],
            }
        async with session.post("/sign-out", headers=headers) as answer:
            assert answer.status == 204
        assert await whose(session, headers) == 401
        assert office.events()[-1] == ("user.signed-out", "user:U-0001")

    at_the_entrance(trial)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    at_the_entrance: AtTheEntrance,
) -> None:
    """And nothing of an answer is kept or framed."""

    async def trial(session: aiohttp.ClientSession, office: Office) -> None:
        async with session.post("/sign-in", json=typed(office)) as answer:
            cookie, headers = answer.cookies[COOKIE], answer.headers
        assert (cookie["httponly"], cookie["secure"], cookie["path"]) == (True, True, "/")
        assert cookie["samesite"] == "strict"
        assert headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]

    at_the_entrance(trial)


def test_whatever_is_wrong_is_answered_alike(at_the_entrance: AtTheEntrance) -> None:
    """Name, password or code; and without a session nobody is anybody."""

    async def trial(session: aiohttp.ClientSession, office: Office) -> None:
        answers = []
        for wrong in ({"name": "nobody"}, {"password": "wrong"}, {"code": "000000"}):
            async with session.post("/sign-in", json=typed(office, **wrong)) as answer:
                answers.append((answer.status, await answer.read(), answer.cookies.get(COOKIE)))
        assert answers == [(401, b'{"error":"wrong"}', None)] * 3
        for headers in ({}, {"Cookie": f"{COOKIE}=made-up"}):
            assert await whose(session, headers) == 401

    at_the_entrance(trial)


def test_too_many_failures_wait(at_the_entrance: AtTheEntrance) -> None:
    """How long is said, and the right password is not looked at meanwhile."""

    async def trial(session: aiohttp.ClientSession, office: Office) -> None:
        for _ in range(BACKOFFS[Kind.USER_FROM].free):
            async with session.post("/sign-in", json=typed(office, password="wrong")) as answer:
                assert answer.status == 401
        async with session.post("/sign-in", json=typed(office)) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "30")

    at_the_entrance(trial)


def test_a_disabled_user_is_out_with_the_next_request(at_the_entrance: AtTheEntrance) -> None:
    """No session outlives its user."""

    async def trial(session: aiohttp.ClientSession, office: Office) -> None:
        headers = await signed_in(session, office)
        with office.door.database.writing() as connection:
            disable_user(connection, office.user.id, now=office.now)
        assert await whose(session, headers) == 401

    at_the_entrance(trial)


def test_use_keeps_a_session_open(at_the_entrance: AtTheEntrance) -> None:
    """Half an hour without a request ends it, requests in between do not let it end."""

    async def trial(session: aiohttp.ClientSession, office: Office) -> None:
        headers = await signed_in(session, office)
        for _ in range(3):
            office.wait(minutes=20)
            assert await whose(session, headers) == 200
        office.wait(minutes=30)
        assert await whose(session, headers) == 401

    at_the_entrance(trial)


def test_what_another_sites_form_can_send_is_refused(at_the_entrance: AtTheEntrance) -> None:
    """Only JSON, only texts, and not too much of it."""

    async def trial(session: aiohttp.ClientSession, office: Office) -> None:
        async with session.post("/sign-in", data=typed(office)) as answer:
            assert answer.status == 415
        for body, status in (
            (b"{", 400),
            (b'["name"]', 400),
            (b'{"name": 1}', 400),
            (b"[" * 4000, 400),
            (b'{"name": "\\ud800"}', 400),
            (b" " * (LARGEST_BODY + 1), 413),
        ):
            kind = {"Content-Type": "application/json"}
            async with session.post("/sign-in", data=body, headers=kind) as answer:
                assert answer.status == status, body[:20]

    at_the_entrance(trial)


def test_a_crowd_is_told_to_come_again(at_the_entrance: AtTheEntrance) -> None:
    """Passwords are tried two at a time; of hundreds at once most are not even queued."""

    async def trial(session: aiohttp.ClientSession, office: Office) -> None:
        async def one(number: int) -> int:
            wrong = typed(office, name=f"nobody{number}")
            async with session.post("/sign-in", json=wrong) as answer:
                return answer.status

        answers = await asyncio.gather(*(one(number) for number in range(3 * MOST_WAITING)))
        assert set(answers) <= {401, 429, 503}
        assert 503 in answers

    at_the_entrance(trial)
