"""A strict stand-in for WeCom: robots of groups and messages of applications, on loopback.

It counts bytes and rates as WeCom publishes them. What WeCom would refuse it refuses with WeCom's
code; what WeCom would drop without a word it drops, and writes into `violations`.
"""

import json
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from tests.emulators.http import Act, Asked, HttpEmulator, HttpFault, Said

KEY = "robot-markerzebra"
CORPID, SECRET, AGENTID = "ww-markerzebra", "secret-markerzebra", 1000002
ROBOT, APP, TOKEN = "/cgi-bin/webhook/send", "/cgi-bin/message/send", "/cgi-bin/gettoken"

_ROBOT_BYTES = {"text": 2048, "markdown": 4096, "markdown_v2": 4096}
_APP_BYTES = {"text": 2048, "markdown": 2048}
_CARD_BYTES = {"title": 128, "description": 512}
_MINUTE, _HOUR = 60.0, 3600.0


@dataclass(frozen=True)
class Limits:
    """Rates as published; a test may lift them."""

    robot_minute: int = 20
    member_minute: int = 30
    member_hour: int = 1000
    token_lives: int = 7200


UNLIMITED = Limits(10**9, 10**9, 10**9)


@dataclass
class Window:
    """What was counted lately."""

    seen: deque[float] = field(default_factory=deque)

    def is_full(self, now: float, *, count: int, seconds: float) -> bool:
        """Tell whether `count` have come in the last `seconds`."""
        return sum(1 for at in self.seen if now - at < seconds) >= count

    def add(self, now: float) -> None:
        """Count one; forget those of more than an hour ago."""
        self.seen.append(now)
        while now - self.seen[0] > _HOUR:
            self.seen.popleft()


class WecomEmulator(HttpEmulator):
    """`groups` and `members` hold what was said to whom, in its order, as documents."""

    def __init__(
        self,
        *,
        limits: Limits = Limits(),
        clock: Callable[[], float] = time.time,
        seed: int = 0,
    ) -> None:
        super().__init__(seed=seed)
        self.limits = limits
        self.clock = clock
        self.keys = {KEY}
        self.secret = SECRET
        self.unknown_members: set[str] = set()
        self.groups: dict[str, list[dict[str, object]]] = defaultdict(list)
        self.members: dict[str, list[dict[str, object]]] = defaultdict(list)
        self.tokens: dict[str, float] = {}
        self.dropped = 0
        self._windows: dict[str, Window] = defaultdict(Window)
        self._blocked_until: dict[str, float] = {}
        self._had: dict[tuple[str, str], float] = {}

    @property
    def robot_url(self) -> str:
        """The robot's webhook."""
        return f"{self.url}{ROBOT}?key={KEY}"

    def answer(self, asked: Asked) -> Said:
        """Take one request as WeCom does."""
        if asked.path == ROBOT and asked.method == "POST":
            return self._robot(asked)
        if asked.path == TOKEN and asked.method == "GET":
            return self._token(asked.query)
        if asked.path == APP and asked.method == "POST":
            return self._app(asked)
        return Said(status=404)

    def end_tokens(self) -> None:
        """Let every token end now."""
        self.tokens.clear()

    def _robot(self, asked: Asked) -> Said:
        key, now = asked.query.get("key", ""), self.clock()
        if key not in self.keys:
            return _code(93000)
        document = _document(asked)
        code = 40008 if document is None else _check_robot(document)
        if code or document is None:
            self.violations.append(f"robot: refused with {code}")
            return _code(code)
        if now < self._blocked_until.get(key, 0.0):
            self.violations.append("robot: sent while blocked")
            return _code(45009)
        window = self._windows[f"robot {key}"]
        if window.is_full(now, count=self.limits.robot_minute, seconds=_MINUTE):
            self._blocked_until[key] = now + _MINUTE - now % _MINUTE
            self.violations.append("robot: more than its rate")
            return _code(45009)
        window.add(now)
        self.groups[key].append(document)
        return _code(0)

    def _token(self, query: Mapping[str, str]) -> Said:
        if query.get("corpid") != CORPID:
            return _code(40013)
        if query.get("corpsecret") != self.secret:
            return _code(40001)
        token = f"token-markerzebra-{len(self.asked)}"
        self.tokens[token] = self.clock() + self.limits.token_lives
        return _code(0, access_token=token, expires_in=self.limits.token_lives)

    def _app(self, asked: Asked) -> Said:
        now = self.clock()
        ends = self.tokens.get(asked.query.get("access_token", ""))
        if ends is None:
            return _code(40014)
        if now >= ends:
            return _code(42001)
        document = _document(asked)
        code = 40008 if document is None else _check_app(document)
        if code or document is None:
            self.violations.append(f"app: refused with {code}")
            return _code(code)
        users = str(document["touser"]).split("|")
        invalid = [user for user in users if user in self.unknown_members]
        if len(invalid) == len(users):
            return _code(81013)
        for user in users:
            if user not in invalid:
                self._deliver(user, document, asked.body, now)
        return _code(0, invaliduser="|".join(invalid).lower(), msgid=f"msg-{len(self.asked)}")

    def _deliver(self, user: str, document: dict[str, object], body: bytes, now: float) -> None:
        seen = (user, body.decode())
        interval = document.get("duplicate_check_interval", 1800)
        if document.get("enable_duplicate_check") == 1 and isinstance(interval, int):
            if now - self._had.get(seen, float("-inf")) < interval:
                return
            self._had[seen] = now
        window = self._windows[f"member {user}"]
        per_minute, per_hour = self.limits.member_minute, self.limits.member_hour
        if window.is_full(now, count=per_minute, seconds=_MINUTE) or window.is_full(
            now, count=per_hour, seconds=_HOUR
        ):
            self.dropped += 1
            self.violations.append("member: more than the rate, dropped")
            return
        window.add(now)
        self.members[user].append(document)


def faults(share: float) -> list[HttpFault]:
    """Fail this share of requests, in every way that WeCom and the net between are known for."""
    ways = [
        HttpFault(Act.ANSWER, body=body_of(-1)),
        HttpFault(Act.ANSWER, body=body_of(45033)),
        HttpFault(Act.ANSWER, body=body_of(45009), path=ROBOT),
        HttpFault(Act.ANSWER, body=body_of(42001), path=APP),
        HttpFault(Act.ANSWER, body=body_of(0, invaliduser="somebody"), path=APP),
        HttpFault(Act.ANSWER, 503),
        HttpFault(Act.ANSWER, 502),
        HttpFault(Act.DROP),
        HttpFault(Act.LOSE),
        HttpFault(Act.HANG),
        HttpFault(Act.GARBLE, body=b"<html>"),
    ]
    return [replace(way, times=None, share=share / len(ways)) for way in ways]


def body_of(code: int, **more: object) -> bytes:
    """Write an answer."""
    return json.dumps({"errcode": code, "errmsg": "markerzebra, hint: [1]", **more}).encode()


def _code(code: int, **more: object) -> Said:
    return Said(body_of(code, **more))


def _document(asked: Asked) -> dict[str, object] | None:
    try:
        document = json.loads(asked.body.decode())
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _check_robot(document: Mapping[str, object]) -> int:
    kind = document.get("msgtype")
    content = document.get(str(kind))
    if not isinstance(content, dict):
        return 40008
    if kind == "template_card":
        return _check_card(content)
    if kind not in _ROBOT_BYTES:
        return 40008
    return _check_text(content, _ROBOT_BYTES[str(kind)])


def _check_app(document: Mapping[str, object]) -> int:
    if document.get("agentid") != AGENTID:
        return 40056
    if not 1 <= len(str(document.get("touser", "")).split("|")) <= 1000:
        return 40003
    kind = document.get("msgtype")
    content = document.get(str(kind))
    if not isinstance(content, dict):
        return 40008
    if kind == "textcard":
        given = {name: str(content.get(name, "")) for name in ("title", "description", "url")}
        is_long = any(len(given[name].encode()) > most for name, most in _CARD_BYTES.items())
        return 40058 if is_long or not all(given.values()) else 0
    if kind not in _APP_BYTES:
        return 40008
    return _check_text(content, _APP_BYTES[str(kind)])


def _check_text(content: Mapping[str, object], most: int) -> int:
    text = content.get("content")
    if not isinstance(text, str) or not text.strip():
        return 44004
    return 40058 if len(text.encode()) > most else 0


def _check_card(card: Mapping[str, object]) -> int:
    main, action = card.get("main_title"), card.get("card_action")
    pairs = card.get("horizontal_content_list", [])
    if card.get("card_type") != "text_notice" or not isinstance(main, dict):
        return 40058
    if not isinstance(action, dict) or action.get("type") != 1 or not action.get("url"):
        return 40058
    if not isinstance(pairs, list) or len(pairs) > 6:
        return 40058
    title, text = str(main.get("title", "")), str(card.get("sub_title_text", ""))
    is_long = len(title) > 26 or len(text) > 112
    is_long |= any(len(pair["keyname"]) > 5 or len(pair["value"]) > 26 for pair in pairs)
    return 40058 if is_long or not (title or text) else 0
