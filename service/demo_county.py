"""A fictional county for the demo: its people, its children, and the dates the office wrote down.

Everything is made up: division 990101 does not exist, phones start with 154, mail ends in
.invalid, and the checksums are right although nobody can hold the numbers.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from config.lean import dataclass

REGION = "990101"
COUNTY = "演示县"
TOWNS = {
    "青河镇": "青山 柳沟 石门 大槐 上营 下营 东庄 梨园 白塔 松坪 杨树湾 河口 龙泉 南坡",
    "柳林乡": "柳树 北庄 王坪 马家沟 水泉 土桥 东庄 西岭 桃花 双井 槐荫 平川 前洼",
    "石桥镇": "石桥 高台 红岩 桑园 枣林 小河 大坪 古井 茶店 云峰 泉沟 三岔 后湾",
}
CHILDREN = 600
_FAMILY_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN_NAMES = "晨 雨 一诺 子涵 小宝 思源 佳琪 浩然 欣怡 明轩 雅静 志强 小燕 文博 玉兰 建国 春梅 海涛 秀英 立新"
_TRIGGERS = ("家庭生活困难", "自身残疾", "监护缺失", "流浪", "心理和行为异常")
_CATEGORIES = ("", "", "", "事实无人抚养儿童", "重病重残儿童", "低保儿童", "孤儿")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Child:
    """One child as the office knows it. None: never written down."""

    name: str
    sex: str
    id_no: str
    born: date
    village: str
    population: str
    category: str
    triggers: tuple[str, ...]
    school: str
    guardian: str
    phone: str
    director: str
    last_contact: date | None
    last_visit: date | None
    last_update: date | None


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who is told. `villages` are a director's; others answer for the whole town.

    `phone`, `email` and `wecom` (an account of 企业微信) are empty where there is none.
    """

    name: str
    title: str
    phone: str
    email: str
    town: str
    villages: tuple[str, ...]
    held_from: date
    held_to: date | None = None
    wecom: str = ""


@dataclass(frozen=True, slots=True)
class Town:
    """One township with its villages, in the order of its sheet."""

    name: str
    villages: tuple[str, ...]
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class County:
    """The whole fiction; the same for the same day."""

    today: date
    towns: tuple[Town, ...]
    workers: tuple[Worker, ...]


def make_county(today: date) -> County:
    """Invent the county as its office would have it on a day."""
    chance = random.Random(REGION)  # noqa: S311  # made-up data, the same every time
    share = _shares(chance)
    workers = tuple(_workers(chance, today))
    directors = {
        (worker.town, village): worker.name
        for worker in workers
        for village in worker.villages
        if worker.held_to is None
    }
    towns = []
    for town, villages in _villages().items():
        children = [
            _child(chance, today, (town, village), directors[town, village])
            for village in villages
            for _ in range(share[town, village])
        ]
        towns.append(Town(town, villages, tuple(children)))
    return County(today, tuple(towns), workers)


def _villages() -> dict[str, tuple[str, ...]]:
    return {town: tuple(f"{name}村" for name in names.split()) for town, names in TOWNS.items()}


def _shares(chance: random.Random) -> dict[tuple[str, str], int]:
    """Spread the children over the villages: small and large ones, the sum exact."""
    keys = [(town, village) for town, villages in _villages().items() for village in villages]
    shares = dict.fromkeys(keys, 5)
    for _ in range(CHILDREN - 5 * len(keys)):
        shares[chance.choice(keys)] += 1
    return shares


def _workers(chance: random.Random, today: date) -> Iterator[Worker]:
    """Yield the county's officer, the supervisors and the directors, some of whom have left."""
    phones = iter(range(10_000_000, 99_999_999, 1_234_567))
    since = today - timedelta(days=700)
    change = today - timedelta(days=100)

    def worker(
        title: str, town: str, village: str, email: str, held: tuple[date, date | None]
    ) -> Worker:
        phone = f"154{next(phones)}"
        return Worker(_name(chance), title, phone, email, town, (village,) * bool(village), *held)

    still = since, None
    yield worker("县民政局儿童福利工作人员", "", "", "xian@example.invalid", still)
    for index, town in enumerate(TOWNS, 1):
        yield worker("儿童督导员", town, "", f"dudao{index}@example.invalid", still)
    posts = [(town, village) for town, villages in _villages().items() for village in villages]
    changed = set(posts[3::8])
    for index, (town, village) in enumerate(posts):
        mail = f"zhuren{index}@example.invalid" if index % 6 == 0 else ""
        if (town, village) in changed:
            yield worker("儿童主任", town, village, "", (since, change - timedelta(days=1)))
        held = (change, None) if (town, village) in changed else still
        director = worker("儿童主任", town, village, mail, held)
        # Few have 企业微信, and some old phones take no messages.
        wecom = f"zhuren{index}" if index % 4 == 1 else ""
        phone = "" if index % 7 == 5 else director.phone
        yield replace(director, wecom=wecom, phone=phone)


def _child(chance: random.Random, today: date, place: tuple[str, str], director: str) -> Child:
    born = today - timedelta(days=chance.randrange(3 * 365, 17 * 365))
    sex = chance.choice(("男", "女"))
    population = chance.choices(("流动儿童", "留守儿童", "困境儿童"), (75, 18, 7))[0]
    special = chance.random() < 0.45
    triggers = tuple(chance.sample(_TRIGGERS, chance.choice((1, 1, 1, 2)))) if special else ()
    town, village = place
    return Child(
        name=_name(chance),
        sex=sex,
        id_no=_id_no(chance, born, sex),
        born=born,
        village=village,
        population=population,
        category=chance.choice(_CATEGORIES) if special else "",
        triggers=triggers,
        school=f"{town[:-1]}{chance.choice(('中心小学', '希望小学', '初级中学'))}",
        guardian=_name(chance),
        phone=f"154{chance.randrange(10**7, 10**8)}",
        director=director,
        last_contact=_past(chance, today, 120, share=0.75),
        last_visit=_past(chance, today, 220, share=0.65),
        last_update=_past(chance, today, 210, share=0.6),
    )


def _name(chance: random.Random) -> str:
    return chance.choice(_FAMILY_NAMES) + chance.choice(_GIVEN_NAMES.split())


def _past(chance: random.Random, today: date, most: int, *, share: float) -> date | None:
    if chance.random() > share:
        return None
    return today - timedelta(days=chance.randrange(1, most))


def _id_no(chance: random.Random, born: date, sex: str) -> str:
    order = chance.randrange(1, 499) * 2 + (1 if sex == "男" else 0)
    body = f"{REGION}{born:%Y%m%d}{order:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]
