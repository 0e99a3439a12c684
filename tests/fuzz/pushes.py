"""Whatever a gateway pushes: all that it says is written down and moved, or nothing is."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st
from sqlalchemy import select
from starlette.types import ASGIApp

from alerts.audit import audit
from alerts.tables import awaited
from channels.inbound import Hears, Inbound
from service.receiving import Receiver
from service.wiring import Site
from tests.fuzz.asking import Ask, ask
from tests.fuzz.county import County
from tests.fuzz.cutting import PowerCut
from tests.fuzz.sheets import NASTY
from tests.fuzz.standing import changed, faults_of, picture_of
from tests.fuzz.targets import TOKEN, hearing
from tests.service.commands.desk import MONDAY
from web.receipts import Counter, receipts_app

_CHANNEL = "email"
_PHONE = "15400000003"
_REFUSED = {400, 401, 403, 404, 405, 408, 413, 429}

_SENSIBLE: tuple[Mapping[str, object], ...] = (
    {"out_id": "@0", "biz_id": "b", "success": True, "report_time": "2026-12-07 10:00:00"},
    {"out_id": "@1", "success": False, "err_code": "UNDELIV"},
    {"phone_number": _PHONE, "content": "1", "sequence_id": 7, "send_time": "2026-12-07 09:59:00"},
    {"report_status": "SUCCESS", "sid": "memory-1", "user_receive_time": "2026-12-07 10:00:00"},
    {"report_status": "FAIL", "sid": "memory-2", "errmsg": "x"},
    {"mobile": f"86{_PHONE}", "text": "收到", "time": 1_796_608_800},
    {"id": "@2", "s": "DELIVRD", "out_id": "@2", "status": "1"},
    {"out_id": "@0", "status": "2"},
    {"sender": _PHONE, "from": _PHONE, "text": "1", "id": "u1"},
)
_VALUES: st.SearchStrategy[object] = st.one_of(
    st.sampled_from(
        ["@0", "@1", "memory-1", _PHONE, "1", "SUCCESS", "FAIL", "2026-12-07 10:00:00"]
    ),
    st.sampled_from(["\\0", "\\ud800", "x" * 300, "0001-01-01 00:00:00", "9999-12-31 23:59:59"]),
    st.sampled_from(NASTY),
    st.sampled_from([None, True, False, -1, 0, 2**31, 2**63, 10**25, 1e300, [], {}, [[]]]),
    st.text(max_size=8),
)


@dataclass(frozen=True, slots=True)
class Push:
    """One request of a gateway of some kind, perhaps torn, broken off, or without its token.

    `keeps`: so many units of work before the power goes; None: it stays on.
    """

    gateway: int
    items: tuple[Mapping[str, object], ...]
    is_list: bool
    is_proven: bool
    torn_at: int | None
    breaks_off: bool
    keeps: int | None

    def request(self, names: tuple[str, ...]) -> Ask:
        """Answer it as it comes in; `names` are our ids of messages, for `@0` and so on."""
        said: object = list(self.items) if self.is_list else self.items[0]
        if self.gateway == _NESTED:
            said = {"a": {"b": said}}
        body = json.dumps(said)
        query = {key: str(text) for key, text in self.items[0].items()}
        for at, name in enumerate(names):
            body = body.replace(f"@{at}", name)
            query = {key: text.replace(f"@{at}", name) for key, text in query.items()}
        whole = body.encode("utf-8", "replace")
        if self.torn_at is not None:
            whole = whole[: self.torn_at]
        token = {"token": TOKEN} if self.is_proven else {}
        pieces = (whole[:7], whole[7:])
        path = f"/receipts/{_CHANNEL}"
        return Ask(path, query=query | token, pieces=pieces, breaks_off=self.breaks_off)


_NESTED = 3


@st.composite
def _items(draw: st.DrawFn) -> Mapping[str, object]:
    item = dict(draw(st.sampled_from(_SENSIBLE)))
    for key in draw(st.lists(st.sampled_from(sorted(item)), max_size=2)):
        item[key] = draw(_VALUES)
    return item


def _seldom(odd: st.SearchStrategy[int] | st.SearchStrategy[bool]) -> st.SearchStrategy[object]:
    return st.one_of(*[st.none()] * 4, odd)


pushes: st.SearchStrategy[Push] = st.builds(
    Push,
    gateway=st.integers(0, 3),
    items=st.lists(_items(), min_size=1, max_size=3).map(tuple),
    is_list=st.sampled_from([True, True, True, False]),
    is_proven=st.sampled_from([True] * 5 + [False]),
    torn_at=_seldom(st.integers(0, 60)),
    breaks_off=_seldom(st.just(True)).map(bool),
    keeps=_seldom(st.just(0)),
)


def is_written_whole_or_not_at_all(county: County, push: Push) -> None:
    """Hand a push in twice: what it says is taken once, and what is refused leaves nothing."""
    county.put_back()
    with county.open(keeps=push.keeps) as site:
        before = picture_of(site.database)
        request = push.request(_names(site))
        try:
            status = asyncio.run(ask(_counter(site, push.gateway), request))
        except PowerCut:
            assert changed(before, picture_of(site.database)) == []
            return
        after = picture_of(site.database)
        if status != 200:
            assert status in _REFUSED
            assert changed(before, after) == []
            return
        assert faults_of(site.database) == []
        assert _contradictions(site) == []
    if _may_be_new(push, request):
        return
    with county.open() as site:
        assert asyncio.run(ask(_counter(site, push.gateway), request)) == 200
        assert changed(after, picture_of(site.database)) == []


def _counter(site: Site, gateway: int) -> ASGIApp:
    heard: Mapping[str, Hears] = {_CHANNEL: hearing()[gateway]}
    receiver = Receiver(lambda: site, dict, lambda: None)
    return receipts_app(Counter(lambda: heard, receiver.take, site.clock))


def _may_be_new(push: Push, request: Ask) -> bool:
    """Say whether nobody can tell a repeat from another answer: it has neither id nor time."""
    inbound = Inbound("POST", {}, request.query, b"".join(request.pieces))
    heard = hearing()[push.gateway].hear(inbound, now=MONDAY)
    return any(not it.id and it.at is None for it in heard.uplinks)


def _names(site: Site) -> tuple[str, ...]:
    with site.database.reading() as connection:
        return tuple(connection.scalars(select(awaited.c.out_id).order_by(awaited.c.attempt_id)))


def _contradictions(site: Site) -> list[str]:
    """Answer what the nightly audit finds: moves that do not lead to the states that stand there."""
    now = site.clock()
    today = site.today(now)
    with site.database.writing() as connection:
        plan = site.plan(connection, today=today)
    look_ahead = site.timetable.look_ahead()
    found = audit(site.database, plan, today=today, now=now, look_ahead=look_ahead)
    return [one.fault.value for one in found]
