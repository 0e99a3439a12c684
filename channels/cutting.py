"""A long text becomes numbered parts, each within a limit of bytes.

Blocks are what stands between empty lines: a record, a heading with its lines. A part ends where a
block ends; a block that fits no part by itself is cut at a line, a line that fits none at a
character.
"""

from unicodedata import category

LEAST_LIMIT = 64
_BLOCK, _LINE = "\n\n", "\n"
_MOST_DIGITS = 6


def cut(text: str, limit: int) -> tuple[str, ...]:
    """Cut into parts of at most `limit` bytes of UTF-8; more than one begin with `(1/3)` and a line.

    Nothing is lost but empty lines where a part begins or ends.

    Raises:
        ValueError: `limit` is less than `LEAST_LIMIT`.
    """
    if limit < LEAST_LIMIT:
        raise ValueError(f"a part needs at least {LEAST_LIMIT} bytes")
    valid = text.encode(errors="replace").decode()  # a lone surrogate has no bytes
    whole = valid.replace("\r\n", _LINE).strip(_LINE)
    if _size(whole) <= limit:
        return (whole,)
    for digits in range(1, _MOST_DIGITS):
        pieces = _pieces(whole, limit - 2 * digits - len("(/)\n"))
        if len(pieces) < 10**digits:
            break
    return tuple(
        f"({number}/{len(pieces)})\n{piece}" for number, piece in enumerate(pieces, start=1)
    )


def _pieces(text: str, room: int) -> list[str]:
    pieces = []
    rest = text
    while _size(rest) > room:
        end = _end(rest, room)
        pieces.append(rest[:end].rstrip(_LINE))
        rest = rest[end:].lstrip(_LINE)
    if rest:
        pieces.append(rest)
    return pieces


def _end(text: str, room: int) -> int:
    """Answer where the first piece of a text that is too long ends."""
    most = len(text.encode()[:room].decode(errors="ignore"))
    for border in (_BLOCK, _LINE):
        end = text.rfind(border, 0, most + len(border))
        if end > 0 and _size(_first(text[end:].lstrip(_LINE), border)) <= room:
            return end
    while most > 1 and category(text[most]) in {"Mn", "Me"}:  # stays with the character before it
        most -= 1
    return most


def _first(text: str, border: str) -> str:
    return text.partition(border)[0]


def _size(text: str) -> int:
    return len(text.encode())
