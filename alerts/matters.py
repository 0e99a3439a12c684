"""Matters: what the office itself must mend, told once a day until it is mended."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, Date, bindparam, or_, select, update
from sqlalchemy.sql.selectable import Select

from alerts.directory import OPERATOR
from alerts.inserting import insert_new
from alerts.tables import matters
from config.lean import dataclass
from ledgers.ids import new_ids


class MatterKind(StrEnum):
    """What can be the matter. Templates have a sentence for each, and one for any other word."""

    NO_RECIPIENT = "no-recipient"  # a post nobody holds; subject `role:region`
    NO_DIRECTOR_REACHED = "not-reached"  # 未联系上 twice within 14 days; subject: entry id
    NOT_WELL = "not-well"  # a record says not all is well; subject: entry id
    QUARANTINE = "quarantine"  # rows to be mended; subject: import id
    IMPORT_BROKEN_OFF = (
        "import-broken-off"  # what it wrote waits until it is whole; subject: imports
    )
    BACKLOG_HELD = "backlog-held"  # late notices wait for a look; subject: slot
    DELIVERY_FAILED = "delivery-failed"  # dead letters; subject: channel
    CHANNEL_PAUSED = "channel-paused"  # nothing goes through; subject: channel
    BUDGET_LOW = "budget-low"  # a day's SMS are nearly used up; subject: channel
    BUDGET_SPENT = "budget-spent"  # routine notices wait for tomorrow; subject: channel
    CALENDAR_MISSING = "calendar-missing"  # no holiday notice; subject: year
    WINDOW_MISSING = "window-missing"  # a calendar of the site lacks a year; subject `flood 2028`
    NOT_CONFIGURED = "not-configured"  # a level without interval; subject `rule|village|level`
    CONSENT_MISSING = "consent-missing"  # children without consent; subject: township
    NOTHING_SENT = "nothing-sent"  # due, but nothing went out
    AUDIT_FOUND = "audit-found"  # the nightly audit found something to do
    AUDIT_CUT = "audit-cut"  # events of the audit chain are gone; subject: audit
    CLOCK_JUMPED = "clock-jumped"
    OTHER_RULES = "other-rules"  # two daemons with different rules; subject: configuration
    CONFIGURATION_REFUSED = "configuration-refused"  # an older one holds; subject: configuration
    UPGRADED_MEANWHILE = "upgraded-meanwhile"  # the daemon is of an older version; same subject


ABOUT_ENTRIES = frozenset({MatterKind.NO_DIRECTOR_REACHED, MatterKind.NOT_WELL})
"""Kinds whose subject is an entry."""

ABOUT_CHANNELS = frozenset(
    {MatterKind.CHANNEL_PAUSED, MatterKind.BUDGET_LOW, MatterKind.BUDGET_SPENT}
)
"""Kinds whose subject is a channel."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter to be told to the holders of `role` for `region`.

    `subject` and `detail` hold ids, codes and counts only.
    """

    kind: str
    subject: str
    role: str = OPERATOR
    region: str | None = None
    detail: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """A matter that is not closed, as it stands."""

    id: str
    matter: Matter
    opened_at: datetime
    last_told_on: date | None = None


def open_matters(connection: Connection, found: Sequence[Matter], *, now: datetime) -> None:
    """Open matters; one that is open already stays as it is."""
    ids = new_ids(now, len(found))
    insert_new(
        connection,
        matters,
        [
            {
                "id": id_,
                "kind": matter.kind,
                "subject": matter.subject,
                "region": matter.region,
                "role": matter.role,
                "detail": json.dumps(dict(matter.detail), ensure_ascii=False, sort_keys=True),
                "opened_at": now,
            }
            for id_, matter in zip(ids, found, strict=True)
        ],
    )


def close_matters(
    connection: Connection, kind: str, subjects: Sequence[str], *, now: datetime
) -> int:
    """Close the open matters of one kind about these subjects; answer how many there were."""
    changed = connection.execute(
        update(matters)
        .where(
            matters.c.kind == kind,
            matters.c.subject.in_(subjects),
            matters.c.closed_at.is_(None),
        )
        .values(closed_at=now)
    )
    return changed.rowcount


def still_open(
    connection: Connection,
    *,
    role: str | None = None,
    kind: str | None = None,
    untold_on: date | None = None,
) -> list[OpenMatter]:
    """Answer open matters, the oldest first; with `untold_on`, those not told that day."""
    asked = {"of_role": role, "of_kind": kind, "untold_on": untold_on}
    values = {name: value for name, value in asked.items() if value is not None}
    rows = connection.execute(_open_matters(frozenset(values)), values)
    return [
        OpenMatter(
            row.id,
            Matter(row.kind, row.subject, row.role, row.region, json.loads(row.detail)),
            row.opened_at,
            row.last_told_on,
        )
        for row in rows
    ]


@cache
def _open_matters(asked: frozenset[str]) -> Select[Any]:
    """Write a question once: slots and audits ask it all the time."""
    untold_on = bindparam("untold_on", type_=Date)
    asks = {
        "of_role": matters.c.role == bindparam("of_role"),
        "of_kind": matters.c.kind == bindparam("of_kind"),
        "untold_on": or_(matters.c.last_told_on.is_(None), matters.c.last_told_on < untold_on),
    }
    query = select(matters).where(matters.c.closed_at.is_(None))
    query = query.where(*(asks[name] for name in sorted(asked)))
    return query.order_by(matters.c.opened_at, matters.c.id)


def mark_told(connection: Connection, ids: Sequence[str], day: date) -> None:
    """Note that matters were told on a day, so that they are told again tomorrow at the earliest."""
    if ids:
        connection.execute(update(matters).where(matters.c.id.in_(ids)).values(last_told_on=day))
