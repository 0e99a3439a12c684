"""A month of a director with twelve children as it arrives, for the documentation.

python -m tests.service.simulation.month writes docs/month.zh.md anew.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from alerts.tables import alerts
from channels.protocol import Channel, Message, Receipt
from channels.sms_text import SmsShape
from config.shipped import DEMO, SETTINGS_FILE, example_files
from service import logs
from service.simulation.made_up import Size
from service.simulation.people import HABITS
from service.simulation.sites import made_up
from service.simulation.trial import Seams, Wish, run
from service.simulation.weather import Post, WeatheredChannel
from tests.repo.tracked import ROOT

PAGE = ROOT / "docs" / "month.zh.md"
BEGIN = date(2027, 1, 4)
MONTH = (date(2027, 4, 1), date(2027, 4, 30))
SEED = 4

_WEEKDAYS = "一二三四五六日"
SIGNED = SmsShape("演示县民政局")
"""How the gateway of the month signs."""

_BY_SMS = f"""\
version: 1
include: {SETTINGS_FILE}
delivery:
  routes:
    director: [sms, relay]
channels:
  sms:
    type: http-sms
    url: http://127.0.0.1:13013/cgi-bin/sendsms
    allow_private: 127.0.0.1
    signature: {SIGNED.signature}
"""
_HEAD = """\
# 一位儿童主任的一个月

一个村，12 名重点关爱儿童，河北省规则，都按时办。{first:%Y 年 %-m 月}里，这位儿童主任手机上收到的全部短信如下（{count} 条），
一字未改，每条都在一条短信的 70 个字以内，不带链接。没有事项的一周，什么也不发。这一页由 `python -m tests.service.simulation.month` 写出，测试会核对。人和村都是虚构的。
"""


@dataclass(frozen=True, slots=True)
class Lived:
    """What came in the month, each with its instant on the site's clock, and days something was due.

    `owed`: for each matter the first day it could be told and the day it was over.
    """

    came: list[tuple[datetime, Message]]
    owed: list[tuple[date, date]]


def live_month() -> Lived:
    """Live from the launch to the end of the month; answer what the director got in it."""
    logs.configure("critical")
    handed: list[tuple[datetime, Message]] = []

    class Noting(WeatheredChannel):
        async def send(self, message: Message) -> Receipt:
            if self.name == "sms":
                handed.append((clock(), message))
            return await super().send(message)

    def noting(name: str, inner: Channel, post: Post) -> WeatheredChannel:
        return Noting(name, inner, post)

    size = Size(villages=1, children=12, seed=SEED)
    with (
        TemporaryDirectory() as folder,
        made_up(_config(Path(folder)), {}, size, first=BEGIN) as (
            site,
            clock,
        ),
    ):
        wish = Wish(BEGIN, MONTH[1], seed=SEED, habits=HABITS["diligent"], lively=False)
        assert run(site, clock, wish, Seams(channel=noting)).breaches == []
        came = [(at.astimezone(site.zone), message) for at, message in handed]
        with site.database.reading() as connection:
            rows = connection.execute(
                select(alerts.c.opened_on, alerts.c.closed_on, alerts.c.due_on)
            ).all()
    owed = [(row.opened_on, row.closed_on or date.max) for row in rows]
    inside = [one for one in came if MONTH[0] <= one[0].date() <= MONTH[1]]
    return Lived(inside, owed)


def _config(folder: Path) -> Path:
    """Write the shipped example, with SMS to directors."""
    for name, text in example_files(DEMO).items():
        (folder / name).write_text(text, encoding="utf-8")
    config = folder / "短信.yaml"
    config.write_text(_BY_SMS, encoding="utf-8")
    return config


def weeks() -> list[date]:
    """Answer the Mondays of the month's weeks."""
    monday = MONTH[0] - timedelta(days=MONTH[0].weekday())
    return [monday + timedelta(days=7 * number) for number in range(5)]


def page(lived: Lived) -> str:
    """Write the month down as it arrived."""
    parts = [_HEAD.format(first=MONTH[0], count=len(lived.came))]
    for at, message in lived.came:
        parts.append(f"## {at:%-m 月 %-d 日}，星期{_WEEKDAYS[at.weekday()]}，{at:%H:%M}\n")
        parts.append(f"```text\n{SIGNED.whole(message.text)}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(live_month()), encoding="utf-8")
