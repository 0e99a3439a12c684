"""Messages as WeCom takes them: one JSON document for each part.

Cards have room for few characters, so a text that does not fit one goes as text, whole. The same
message always makes the same bytes: WeCom drops those that it has had.
"""

import re
from collections.abc import Mapping, Sequence

from channels.cutting import cut
from channels.protocol import Message
from channels.robots import ALL, Called

Body = Mapping[str, object]

# A text_notice card (D1): characters of its title and text, its lines, and what a line holds.
_TITLE, _SUBTITLE, _PAIRS = 26, 112, 6
_PAIR = re.compile(r"(?P<key>[^：:]{1,5})[：:] ?(?P<value>.{1,26})")
# A text card of an application: bytes of its title and text.
_CARD_TITLE, _CARD_TEXT = 128, 512
_USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")


def is_user_id(address: str) -> bool:
    """Tell whether this is one member: not several, and not everybody."""
    return _USER_ID.fullmatch(address) is not None


def text_bodies(message: Message, limit: int) -> list[Body]:
    """Cut into texts. Who is mentioned, by mobile or user id, is called with the last."""
    parts = cut(message.text, limit)
    last = {"content": parts[-1], **_called(Called.of(message.mentions))}
    contents: list[object] = [*({"content": part} for part in parts[:-1]), last]
    return [{"msgtype": "text", "text": content} for content in contents]


def markdown_bodies(message: Message, limit: int, *, kind: str = "markdown") -> list[Body]:
    """Cut into markdown. Only `markdown` calls people, and only by user id."""
    users = Called.of(message.mentions).accounts if kind == "markdown" else ()
    calls = "".join(f"<@{user}>" for user in users)
    text = f"{message.text.rstrip()}\n\n{calls}" if calls else message.text
    return [{"msgtype": kind, kind: {"content": part}} for part in cut(text, limit)]


def card_body(message: Message, link: str) -> Body | None:
    """Make a card: a title, up to six lines `name：value`, and text; None: it does not fit."""
    title, lines = _titled(message)
    found = [match for match in map(_PAIR.fullmatch, lines) if match is not None]
    rest = "\n".join(line for line in lines if _PAIR.fullmatch(line) is None)
    if len(title) > _TITLE or len(rest) > _SUBTITLE or len(found) > _PAIRS:
        return None
    card: dict[str, object] = {
        "card_type": "text_notice",
        "main_title": {"title": title},
        "card_action": {"type": 1, "url": link},
    }
    if rest:
        card["sub_title_text"] = rest
    if found:
        card["horizontal_content_list"] = [
            {"keyname": match["key"], "value": match["value"]} for match in found
        ]
    return {"msgtype": "template_card", "template_card": card}


def text_card_body(message: Message, link: str) -> Body | None:
    """Make an application's card: a title, a text and a page; None: it does not fit."""
    title, lines = _titled(message)
    text = "\n".join(lines)
    if not text or len(title.encode()) > _CARD_TITLE or len(text.encode()) > _CARD_TEXT:
        return None
    return {"msgtype": "textcard", "textcard": {"title": title, "description": text, "url": link}}


def _titled(message: Message) -> tuple[str, Sequence[str]]:
    """Answer the title, which is the subject or the first line, and the other lines."""
    lines = [line.strip() for line in message.text.splitlines() if line.strip()]
    if message.subject:
        return message.subject.strip(), lines
    return (lines[0], lines[1:]) if lines else ("", lines)


def _called(called: Called) -> dict[str, list[str]]:
    """Name those who are called, as a text does."""
    users = [*called.accounts, *([ALL] if called.everybody else [])]
    found = {"mentioned_list": users, "mentioned_mobile_list": list(called.mobiles)}
    return {name: those for name, those in found.items() if those}
