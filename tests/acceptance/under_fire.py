"""Four channels at once, each to a strict stand-in that fails one request in ten in every way it knows."""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, select

from alerts.channel_store import ChannelStore
from alerts.deliver import Lane, lanes_of, run_until_idle
from alerts.errors import CannotCompose
from alerts.policies import Policy
from alerts.rates import Limits
from alerts.tables import attempts, notices
from channels.protocol import Message, Tools
from channels.registry import make
from config.channels.types import ChannelSettings
from ledgers.database import Database
from ledgers.sealing import Keyring, Vault
from tests.alerts.posting import Clock, means_of
from tests.channels.vendor_trials import aliyun_settings
from tests.emulators import faults as smtp_faults
from tests.emulators import wecom
from tests.emulators.aliyun import AliyunEmulator
from tests.emulators.http import HERE, Act, HttpFault
from tests.emulators.smtp import SmtpEmulator
from tests.emulators.wecom import WecomEmulator

CHANNELS = ("group", "wecom", "sms", "email")
_SETTINGS: TypeAdapter[ChannelSettings] = TypeAdapter(ChannelSettings)
_IMPATIENT = timedelta(seconds=0.4)
_LONGEST_STEP = timedelta(minutes=1)
_SHARE = 0.1


@dataclass(frozen=True)
class Fates:
    """What became of the notices of one channel, by notice id."""

    states: Mapping[str, str]
    unknowns: Counter[str]
    copies: Counter[str]


@dataclass(frozen=True)
class FarSides:
    """The stand-ins."""

    wecom: WecomEmulator
    aliyun: AliyunEmulator
    smtp: SmtpEmulator

    def violations(self) -> list[str]:
        """Answer every limit that was exceeded."""
        return self.wecom.violations + self.aliyun.violations

    def copies(self) -> dict[str, Counter[str]]:
        """Count what each took, by the notice's id."""
        said = {
            "group": [one for each in self.wecom.groups.values() for one in each],
            "wecom": [one for each in self.wecom.members.values() for one in each],
        }
        found = {name: Counter(map(_first_line, documents)) for name, documents in said.items()}
        found["sms"] = Counter(sms.out_id.split(".")[0] for sms in self.aliyun.sent)
        mails = (mail.message_id[1:].split("@")[0] for mail in self.smtp.received)
        return found | {"email": Counter(out_id.split(".")[0] for out_id in mails)}


def deliver(database: Database, clock: Clock, *, seed: int = 0) -> tuple[FarSides, int]:
    """Deliver all there is, letting time pass; answer the far sides, and how often all rested."""
    return asyncio.run(_deliver(database, clock, seed))


def fates(database: Database, far: FarSides, channel: str) -> Fates:
    """Read what became of a channel's notices."""
    unknown = attempts.c.result == "unknown"
    with database.reading() as connection:
        states = connection.execute(
            select(notices.c.id, notices.c.state).where(notices.c.channel == channel)
        ).all()
        unknowns = connection.execute(
            select(attempts.c.notice_id, func.count()).where(unknown).group_by(attempts.c.notice_id)
        ).all()
    return Fates(
        {row.id: row.state for row in states},
        Counter({row[0]: row[1] for row in unknowns}),
        far.copies()[channel],
    )


async def _deliver(database: Database, clock: Clock, seed: int) -> tuple[FarSides, int]:
    async with _far_sides(clock, seed) as far, _lanes(database, clock, far) as lanes:
        for rests in range(10_000):
            await run_until_idle(lanes)
            wait = _next(database, lanes, clock())
            if wait is None:
                return far, rests
            clock.now = max(clock() + timedelta(seconds=1), min(wait, clock() + _LONGEST_STEP))
    raise AssertionError("it never ends")


def _next(database: Database, lanes: list[Lane], now: datetime) -> datetime | None:
    """Answer when anything is due; None: all has ended."""
    due = func.min(notices.c.next_attempt_at)
    with database.reading() as connection:
        at: datetime | None = connection.execute(
            select(due).where(notices.c.ended_at.is_(None))
        ).scalar_one()
    if at is None or at > now:
        return at
    return min((lane.rest_until for lane in lanes if lane.rest_until), default=now)


@asynccontextmanager
async def _far_sides(clock: Clock, seed: int) -> AsyncIterator[FarSides]:
    async with AsyncExitStack() as stack:
        chat = WecomEmulator(clock=lambda: clock().timestamp(), seed=seed)
        sms = AliyunEmulator(clock, seed=seed)
        mail = SmtpEmulator(*_smtp_ways(), seed=seed)
        for server in (chat, sms, mail):
            await stack.enter_async_context(server)
        chat.fail(*wecom.faults(_SHARE))
        sms.fail(*_aliyun_ways())
        yield FarSides(chat, sms, mail)


@asynccontextmanager
async def _lanes(database: Database, clock: Clock, far: FarSides) -> AsyncIterator[list[Lane]]:
    vault = Vault(Keyring.create())
    written = {name: _SETTINGS.validate_python(given) for name, given in _given(far).items()}
    channels = {
        name: make(
            it,
            Tools(ChannelStore(database, vault, name, clock), clock),
            {"host": "127.0.0.1", "port": far.smtp.port, "allow_private": HERE, **_SMTP}
            if name == "email"
            else {},
        )
        for name, it in written.items()
    }
    policies = {
        name: Policy(Limits(f"channel:{name}", it.limits(), it.limits_per_person()))
        for name, it in written.items()
        if it.limits() or it.limits_per_person()
    }
    means = dataclasses.replace(means_of(database, clock, compose=_compose), vault=vault)
    yield lanes_of(channels, means, limits=dict.fromkeys(channels, 8), policies=policies)
    for channel in channels.values():
        await channel.close()


_SMTP = {
    "security": "none",
    "from": "noreply@example.invalid",
    "timeout": _IMPATIENT,
    "answer_timeout": _IMPATIENT,
}


def _given(far: FarSides) -> dict[str, dict[str, object]]:
    chat = {"allow_private": HERE, "timeout": _IMPATIENT, "connections": 8}
    app = {"corpid": wecom.CORPID, "secret": wecom.SECRET, "agentid": wecom.AGENTID}
    sms = aliyun_settings(far.aliyun.url, timeout=_IMPATIENT)
    smtp = {"type": "smtp", "host": "127.0.0.1", "from": "noreply@example.invalid"}
    return {
        "group": {"type": "wecom-robot", "url": far.wecom.robot_url, **chat},
        "wecom": {"type": "wecom-app", "api": far.wecom.url, **app, **chat},
        "sms": {name: getattr(sms, name) for name in sms.model_fields_set},
        "email": smtp,
    }


def _compose(
    connection: Connection, revisions: Mapping[str, int], *, now: datetime
) -> dict[str, Message | CannotCompose | None]:
    """Say who it is for and which notice it is; each person has one address on each channel."""
    rows = connection.execute(
        select(notices.c.id, notices.c.person_id, notices.c.channel).where(
            notices.c.id.in_(list(revisions))
        )
    ).all()
    return {
        row.id: _message(row.id, row.person_id, row.channel, revisions[row.id], now) for row in rows
    }


def _message(notice: str, person: str, channel: str, revision: int, now: datetime) -> Message:
    addresses = {
        "group": "",
        "wecom": f"d-{person}",
        "sms": f"154{int(person[-12:], 16) % 10**8:08}",
        "email": f"{person}@example.invalid",
    }
    return Message(
        f"{notice}.{revision}",
        addresses[channel],
        "提醒",
        f"{notice}\n青山-03：走访，最迟 6 月 30 日",
        now,
        template="default",
    )


def _first_line(document: Mapping[str, object]) -> str:
    content = document["text"]
    assert isinstance(content, dict)
    return str(content["content"]).split("\n")[0]


def _aliyun_ways() -> list[HttpFault]:
    said = (b'{"Code": "Throttling.User"}', b'{"Code": "isp.SYSTEM_ERROR"}')
    minute = '{"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发分钟级流控Permits:1"}'
    ways = [
        *(HttpFault(Act.ANSWER, body=body) for body in (*said, minute.encode())),
        HttpFault(Act.ANSWER, body=b'{"Code": "isv.CUSTOMER_REFUSED"}'),
        HttpFault(Act.ANSWER, 503),
        HttpFault(Act.DROP),
        HttpFault(Act.LOSE),
        HttpFault(Act.HANG),
        HttpFault(Act.GARBLE, body=b"<html>"),
    ]
    return [dataclasses.replace(way, times=None, share=_SHARE / len(ways)) for way in ways]


def _smtp_ways() -> list[smtp_faults.Fault]:
    at, act = smtp_faults.Phase, smtp_faults.Act
    ways = [
        smtp_faults.Fault(at.RCPT, answer="450 4.2.1 busy"),
        smtp_faults.Fault(at.RCPT, answer="550 5.1.1 unknown"),
        smtp_faults.Fault(at.DOT, answer="451 4.3.0 later"),
        smtp_faults.Fault(at.DATA, act=act.DROP),
        smtp_faults.Fault(at.DOT, act=act.LOSE),
        smtp_faults.Fault(at.DOT, act=act.HANG),
        smtp_faults.Fault(at.DOT, answer="??", keeps=True),
    ]
    return [dataclasses.replace(way, share=_SHARE / len(ways)) for way in ways]
