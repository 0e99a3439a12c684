"""JSON as it goes out and comes in: as short as it can be, and read whatever its coding."""

import json
from typing import cast

from pydantic_core import from_json, to_json

_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def json_bytes(document: object) -> bytes:
    """Write a document; half a character (a lone surrogate), which has no bytes, becomes `?`."""
    try:
        return to_json(document)
    except ValueError:
        return _WRITER.encode(document).encode(errors="replace")


def json_text(document: object) -> str:
    """Write a document that becomes a part of something else."""
    return json_bytes(document).decode()


def parsed(content: bytes) -> object:
    """Read a document, in UTF-8 or as its first bytes say.

    Raises:
        ValueError: it is none. The error holds the content.
    """
    try:
        return cast("object", from_json(content))
    except ValueError:
        pass  # the standard library also reads UTF-16, and text with a byte order mark
    try:
        return cast("object", json.loads(content))
    except RecursionError as error:
        raise ValueError from error
