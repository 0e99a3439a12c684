"""What access writes into the audit chain: ids and handles only, and a source as a keyed hash."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from ledgers.audit_chain import Event, append

_SOURCE_LETTERS = 16
"""Of a source's keyed hash: enough to see that two events came from one place."""


class Act(StrEnum):
    """Kinds of events."""

    SIGNED_IN = "user.signed-in"
    REFUSED = "user.refused"
    SHUT = "user.shut-out"  # for a while: too many tries failed
    DENIED = "user.denied"  # the role has no such right
    SIGNED_OUT = "user.signed-out"
    ADDED = "user.added"
    DISABLED = "user.disabled"
    ENABLED = "user.enabled"
    PASSWORD = "user.password-set"  # noqa: S105  # a kind of event
    FACTOR = "user.factor-set"
    SCOPE = "user.scope-set"
    LINK_MADE = "link.made"
    LINK_OPENED = "link.opened"  # the second factor was given
    LINK_REFUSED = "link.refused"
    LINK_USED = "link.used"
    LINK_REVOKED = "link.revoked"
    CODE_SENT = "link.code-sent"


UNKNOWN = "user:unknown"
"""The actor of a try under a name that nobody has."""


def user(handle: str) -> str:
    """Answer how a user is named as an actor."""
    return f"user:{handle}"


def source_word(source_key: str) -> str:
    """Answer how a source is named in an event."""
    return source_key[:_SOURCE_LETTERS]


def write(
    connection: Connection,
    act: Act,
    *,
    actor: str,
    now: datetime,
    about: Mapping[str, str],
) -> None:
    """Append an event; call it last in a unit. `about` may hold `subject`, the rest are details."""
    details = {key: value for key, value in about.items() if key != "subject"}
    event = Event(act.value, actor, subject=about.get("subject"), details=details)
    append(connection, event, at=now)
