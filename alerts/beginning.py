"""Attempts of a batch, begun so that one notice nobody can write stops no other (DESIGN.md 3, 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from alerts.attempts import Handover, Writers, begin
from alerts.claims import Claim
from alerts.errors import CannotCompose
from channels.protocol import Message

_log = structlog.get_logger("alerts.deliver")


def begin_each(
    connection: Connection, claims: Sequence[Claim], writers: Writers, *, now: datetime
) -> list[Handover]:
    """Begin all claims together; after a fault nobody foresaw each by itself.

    One that fails alone keeps its claim: it is tried again when that runs out, and ends as failed
    when its time is over.

    Raises:
        OperationalError: the database is away, which is no notice's fault.
    """
    begun = _attempt(connection, claims, writers, now=now)
    if begun is not None:
        return begun
    found: list[Handover] = []
    for claim in claims:
        alone = _attempt(connection, [claim], writers, now=now)
        if alone is not None:
            found += alone
        elif now >= claim.give_up_at:
            begin(connection, [claim], replace(writers, compose=_give_up), now=now)
    return found


def _attempt(
    connection: Connection, claims: Sequence[Claim], writers: Writers, *, now: datetime
) -> list[Handover] | None:
    """Begin claims, or answer None and leave the database as it was."""
    try:
        with connection.begin_nested():
            return begin(connection, claims, writers, now=now)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever it is, the other notices must go out
        ids = [claim.notice_id for claim in claims]
        _log.error("notice.not_begun", notices=ids, error=type(error).__name__, exc_info=error)
        return None


def _give_up(
    connection: Connection, revisions: Mapping[str, int], *, now: datetime
) -> Mapping[str, Message | CannotCompose | None]:
    return {
        notice: CannotCompose(notice, f"not written by {now.isoformat()}") for notice in revisions
    }
