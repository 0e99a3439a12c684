"""Whatever is typed where tokens, factors and passwords are asked for: no link is spent by a guess."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st
from sqlalchemy import Connection, func, insert, select
from starlette.applications import Starlette

from ledgers.access.factors import Way
from ledgers.access.links import Link, LinkWish, Maker, Purpose, make_link
from ledgers.access.opening import CodeToSend, LinkDoor
from ledgers.access.passwords import Hasher
from ledgers.access.signing_in import Door
from ledgers.access.tables import sessions
from ledgers.persons import load_persons
from ledgers.tables import persons, site_state
from service.wiring import Site
from tests.fuzz.asking import Ask, ask
from tests.fuzz.county import County
from tests.fuzz.cutting import PowerCut
from tests.fuzz.sheets import NASTY
from tests.fuzz.standing import changed, faults_of, picture_of
from tests.service.commands.desk import CHEAP
from web.links import COOKIE, LinkCounter
from web.signing_in import Entrance

_OPEN, _SEND, _ACT, _SIGN_IN = "/l/TOKEN", "/l/TOKEN/code", "/l/TOKEN/act", "/sign-in"
_LEFT_BY = {_OPEN: ("links", "audit_events"), _SIGN_IN: ("throttles", "audit_events")}
"""What a guess may leave behind: a try less, or a wait."""

_REFUSED = {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429}
_KEYS = ("given", "answer", "name", "password", "code")
_TEXTS = st.sampled_from(["0003", "1", "", "\ud800", "\0", *NASTY]) | st.text(max_size=12)


@dataclass(frozen=True, slots=True)
class Knock:
    """One request: to a link whose token is `turned` somewhere (None: it is the right one), or to sign in.

    `has_opened`: by whoever gave the right factor before.
    """

    where: str
    turned: tuple[int, str] | None
    texts: Mapping[str, str]
    has_opened: bool
    cookie: str
    kind: str
    torn_at: int | None
    keeps: int | None

    def request(self, token: str, session: str) -> tuple[Ask, bool]:
        """Answer it as it comes in, and whether its token is the right one."""
        given = token
        if self.turned is not None:
            at, sign = self.turned
            given = token[: at % len(token)] + sign + token[at % len(token) + 1 :]
        body = json.dumps(self.texts).encode()[: self.torn_at]
        headers = {"content-type": self.kind, "cookie": f"{COOKIE}={session or self.cookie}"}
        path = self.where.replace("TOKEN", given)
        return Ask(path, pieces=(body,), headers=headers), given == token


knocks: st.SearchStrategy[Knock] = st.builds(
    Knock,
    where=st.sampled_from([_OPEN, _OPEN, _SEND, _ACT, _ACT, _SIGN_IN]),
    turned=st.none()
    | st.none()
    | st.tuples(st.integers(0, 60), st.sampled_from([*"aA0-_é%?", "", "\0", "a" * 99])),
    texts=st.fixed_dictionaries({}, optional=dict.fromkeys(_KEYS, _TEXTS))
    | st.fixed_dictionaries({"given": st.just("0003"), "answer": st.just("1") | _TEXTS}),
    has_opened=st.booleans(),
    cookie=st.sampled_from(["", "x", "a.b.c", "A" * 200]),
    kind=st.sampled_from(["application/json"] * 4 + ["text/plain"]),
    torn_at=st.sampled_from([None] * 5 + [0, 1, 12]),
    keeps=st.sampled_from([None, None, None, 0]),
)


class _Notes:
    """What links are for here: an answer is noted."""

    def show(self, connection: Connection, link: Link) -> Mapping[str, object]:
        """Show nothing of anybody."""
        return {}

    def act(
        self, connection: Connection, link: Link, texts: Mapping[str, str]
    ) -> Mapping[str, object]:
        """Note an answer, and refuse afterwards what makes no sense."""
        row = {"name": f"note:{link.id}", "value": "", "at": link.made_at}
        connection.execute(insert(site_state).values(row))
        if texts.get("answer") != "1":
            raise ValueError
        return {"done": True}

    async def send(self, code: CodeToSend) -> None:
        """Send nothing."""


def is_let_in_by_nothing_but_the_right_words(county: County, knock: Knock) -> None:
    """Knock once: a guess leaves its count behind and nothing else, a power cut not even that."""
    county.put_back()
    with county.open() as site:
        token, session = _link(site, opened=knock.has_opened)
        before, begun = picture_of(site.database), _sessions(site)
    request, is_right = knock.request(token, session)
    with county.open(keeps=knock.keeps) as site:
        try:
            status = asyncio.run(ask(_app(site), request))
        except PowerCut:
            assert changed(before, picture_of(site.database)) == []
            return
        assert faults_of(site.database) == []
        if status in _REFUSED:
            left = _LEFT_BY.get(knock.where, ()) if is_right or knock.where == _SIGN_IN else ()
            assert changed(before, picture_of(site.database), but=left) == []
            return
        assert (status, is_right) == (200, True)
        if knock.where == _OPEN:
            assert knock.texts["given"] == "0003"
            assert _sessions(site) == begun + 1
        else:
            assert (knock.where, knock.has_opened, knock.texts["answer"]) == (_ACT, True, "1")
            after = picture_of(site.database)
            assert asyncio.run(ask(_app(site), request)) == 404
            assert changed(after, picture_of(site.database)) == []


def _app(site: Site) -> Starlette:
    links = LinkDoor(site.database, site.vault, site.today)
    counter = LinkCounter(links, _Notes(), site.clock)
    entrance = Entrance(Door(site.database, Hasher(site.vault, CHEAP)), site.clock)
    return Starlette(routes=[*counter.routes(), *entrance.routes()])


def _link(site: Site, *, opened: bool) -> tuple[str, str]:
    """Make a link for whoever has the phone that ends in 0003; answer its token and a session."""
    now = site.clock()
    wish = LinkWish(Purpose.ANSWER, Way.EMAIL, timedelta(days=2))
    with site.database.writing() as connection:
        ids = list(connection.scalars(select(persons.c.id)))
        people = load_persons(connection, site.vault, ids).values()
        (person,) = (one for one in people if (one.phone or "").endswith("0003"))
        by = Maker("user:U-0001", now, site.today(now))
        _made, token = make_link(connection, site.vault, person, wish, by=by)
    door = LinkDoor(site.database, site.vault, site.today)
    session = door.open(token, "0003", source="192.0.2.7", now=now) if opened else None
    return token, session or ""


def _sessions(site: Site) -> int:
    with site.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(sessions)) or 0
