"""Files that carry a marker in every sealed field, taken in as an operator would."""

import asyncio
from datetime import date, timedelta

from alerts.channel_store import ChannelStore
from tests.acceptance.court import Court
from tests.acceptance.markers import (
    CHILD,
    DIRECTOR,
    ELSEWHERE,
    INSTITUTION,
    SECOND,
    TOKEN,
)
from tests.acceptance.office import LAUNCH, Cell, write_sheets

SUPERVISOR = "dudao@example.invalid"
SOURCES = ("人员.xlsx", "台账.xlsx", "机构.xlsx", "对方.xlsx", "坏的.xlsx", "乱的.csv")
QUARANTINED = 3
"""The exit code of what was done, with rows set apart."""


def people() -> list[list[Cell]]:
    """Answer a list of people, two of whom cannot be taken in."""
    return [
        ["姓名", "类型", "手机号", "邮箱", "乡镇", "职责范围", "企业微信"],
        ["赵示例", "儿童督导员", "15400000001", SUPERVISOR, "柳河镇", None],
        [
            *(DIRECTOR["姓名"], "儿童主任", DIRECTOR["手机号"], DIRECTOR["邮箱"]),
            *("柳河镇", "青山村", DIRECTOR["企业微信"]),
        ],
        [SECOND["姓名"], "儿童主任", SECOND["手机号"], None, "柳河镇", "柳沟村"],
        [SECOND["姓名"], "不知道", SECOND["手机号"], None, "柳河镇", "柳沟村"],
        [DIRECTOR["姓名"], "儿童主任", SECOND["手机号"], None, "柳河镇", "石门村"],
    ]


def plant(court: Court) -> None:
    """Import people and children; some rows cannot be taken, one file cannot be read."""
    folder = court.office.folder
    good: list[Cell] = [
        "柳河镇",
        "青山村",
        *CHILD.values(),
        date(2016, 5, 1),
        "流动儿童",
        "家庭生活困难",
    ]
    born = 2 + len(CHILD)
    last: list[Cell] = [LAUNCH - timedelta(days=87), LAUNCH - timedelta(days=300)]
    heads: list[Cell] = [
        "乡镇",
        "村",
        *CHILD,
        "出生日期",
        "人群类别",
        "重点关爱情形",
        "最近联系日期",
        "最近走访日期",
    ]
    bad: list[list[Cell]] = [
        [*good[:born], "去年", *good[born + 1 :], *last],
        [*good[:3], "99010120160501", *good[4:], *last],
        ["柳河镇", None, *good[2:3], None, *good[4:], *last],
        [*good[:2], "鸜龘", *good[3:born], date(2015, 1, 1), *good[born + 1 :], *last],
    ]
    other: list[Cell] = [*good[:2], "王示例", None, *good[4:], *last]
    write_sheets(folder / "人员.xlsx", {"人员": people()})
    write_sheets(folder / "台账.xlsx", {"台账": [heads, [*good, *last], other, *bad]})
    (folder / "坏的.xlsx").write_bytes(b"PK\3\4" + "龘靐".encode() * 50)
    (folder / "乱的.csv").write_text("龘靐,15477712345\n麤鱻街七号\n", encoding="gb18030")
    for name in ("人员.xlsx", "台账.xlsx", "坏的.xlsx", "乱的.csv", "台账.xlsx"):
        court.ask("import", str(folder / name))
    court.ask("--json", "import", str(folder / "台账.xlsx"))
    changed: list[Cell] = [*good[:6], "麤鱻街八号", *good[7:], *last]
    write_sheets(folder / "台账.xlsx", {"台账": [heads, changed, other]})
    court.ask("import", str(folder / "台账.xlsx"))
    plant_beside(court, heads, changed)
    asyncio.run(plant_token(court))


def plant_beside(court: Court, heads: list[Cell], known: list[Cell]) -> None:
    """Import institutions, one of them in doubt, and compare another system's list."""
    folder = court.office.folder
    home: list[Cell] = [*INSTITUTION.values(), "福利院", "柳河镇"]
    nowhere: list[Cell] = [*INSTITUTION.values(), "福利院", "不知处"]
    grid: list[list[Cell]] = [[*INSTITUTION, "机构类型", "所属区划"], home, nowhere]
    write_sheets(folder / "机构.xlsx", {"机构": grid})
    other: list[Cell] = [*known[:7], "灪龗中学", *known[8:]]
    stranger: list[Cell] = [*known[:2], ELSEWHERE["姓名"], None, *known[4:6], ELSEWHERE["现住址"]]
    write_sheets(folder / "对方.xlsx", {"导出": [heads, other, stranger]})
    assert court.ask("import", str(folder / "机构.xlsx")) == QUARANTINED
    for words in (("import",), ("--json", "import")):
        assert court.ask(*words, str(folder / "对方.xlsx"), "--compare") == 0


async def plant_token(court: Court) -> None:
    """Let a channel keep a token for all processes."""
    site = court.office.site
    store = ChannelStore(site.database, site.vault, "平台", court.office.clock)
    await store.put("token", TOKEN, until=court.office.clock() + timedelta(days=365))
    assert await store.get("token") == TOKEN
