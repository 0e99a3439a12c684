"""Urgent messages on all channels of a person at once: one notice for each, one outcome for all.

What a rule with `all: true` says is in one notice, as ever; its echoes say the same on the person's
other channels and hold no tellings. When the notice fails, an echo that went out, or still may,
takes its tellings over (`alerts.rerouting`): so a telling ends as well as the best of its notices.
An answer closes the alerts, and what has not gone out by then has nothing left to say.
"""

from datetime import datetime

from sqlalchemy import Connection, select

from alerts.desk import Opening
from alerts.inserting import insert_new
from alerts.recipients import Ladder
from alerts.tables import alerts, notices, tellings
from config.model import Configuration
from config.signals import SignalRule
from ledgers.ids import new_id

_COPIED = ("person_id", "slot", "class", "role", "state", "due_at", "give_up_at", "reason")


def echo(
    connection: Connection,
    opening: Opening,
    configuration: Configuration,
    ladder: Ladder,
    *,
    now: datetime,
) -> int:
    """Let the unpublished notices of an urgent slot be said on all channels; answer on how many more.

    Calling it again adds nothing.
    """
    loud = [
        name
        for name, rule in configuration.rules.items()
        if isinstance(rule, SignalRule) and rule.all_
    ]
    if not loud:
        return 0
    rows = connection.execute(
        select(notices)
        .distinct()
        .join(tellings, tellings.c.notice_id == notices.c.id)
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .where(
            notices.c.slot == opening.slot,
            notices.c.ended_at.is_(None),
            notices.c.next_attempt_at.is_(None),
            alerts.c.rule.in_(loud),
        )
    ).mappings()
    echoes = [
        {name: row[name] for name in _COPIED}
        | {"id": new_id(now), "channel": channel, "made_at": now, "echo_of": row["id"]}
        for row in rows
        for channel in ladder.channels(row["person_id"], row["role"])
        if channel != row["channel"]
    ]
    insert_new(connection, notices, echoes)
    return len(echoes)
