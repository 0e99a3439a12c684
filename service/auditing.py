"""What commands and the daemon write into the audit chain, and in whose name."""

import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from getpass import getuser
from typing import Protocol

from sqlalchemy import Connection

from ledgers.audit_chain import Event, append, bind
from ledgers.database import Database
from ledgers.sealing import Vault
from service.behalf import on_behalf
from service.keys import KeySource

DAEMON = "daemon"


class Act(StrEnum):
    """Kinds of events that are written down here; exports have their own, `export.NAME`."""

    READ = "file.read"
    NAMES_READ = "person.names-read"
    IMPORTED = "ledger.imported"
    COMPARED = "ledger.compared"
    RECORDED = "record.made"
    VOIDED = "record.voided"
    PUT_OFF = "alert.put-off"
    SIGNALLED = "signal.raised"
    ANSWERED = "signal.answered"
    RULE_CHANGED = "rule.changed"
    RULE_REMOVED = "rule.removed"
    ROTATED = "keys.rotated"
    MASTER = "keys.master"
    SILENCED = "silence.added"
    UNSILENCED = "silence.ended"
    HELD = "outbox.held"
    RELEASED = "outbox.released"
    RETRIED = "outbox.retried"
    LEFT = "person.left"
    BACK = "person.back"
    REPLACED = "person.replaced"
    PREFERRED = "person.preferred"
    SAVED = "backup.made"
    RESTORED = "backup.restored"
    CHAIN_LOST = "backup.chain-lost"  # events that were noted after the backup


class Acting(Protocol):
    """What an act is done at: a site."""

    @property
    def worker(self) -> str | None:
        """The name of a daemon or `tick`; None: a command."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """Answers the moment."""

    @property
    def database(self) -> Database:
        """Where the chain is kept."""


_SUDO = "SUDO_USER"
_NOT_IN_CODES = re.compile(r"[^\w.:+/#-]+")


def actor(site: Acting) -> str:
    """Answer who acts: a user who signed in, the daemon, else the account at the command line."""
    return on_behalf.get() or _own_actor(site)


def _own_actor(site: Acting) -> str:
    return DAEMON if site.worker is not None else account()


def account(environment: Mapping[str, str] = os.environ) -> str:
    """Answer the operating system's account as an actor: `os:NAME`.

    Where `sudo` says on whose behalf it runs, `os:NAME/WHO`: several people share a service's
    account. Whoever has that account could say otherwise; the system's own log knows better.
    """
    name, behind = getuser(), environment.get(_SUDO)
    shown = name if behind in {None, "", name} else f"{name}/{behind}"
    return f"os:{_NOT_IN_CODES.sub('_', shown)[:90]}"


def note(
    connection: Connection,
    site: Acting,
    kind: str,
    *,
    subject: str | None = None,
    purpose: str | None = None,
    **details: str | int,
) -> None:
    """Write down what was done, last in the unit that did it."""
    said = {name: code(str(value)) for name, value in details.items()}
    about = None if subject is None else code(subject)
    event = Event(kind, actor(site), about, purpose, said)
    append(connection, event, at=site.clock())


def note_rule(
    connection: Connection, site: Acting, kind: str, *, rule: str, **details: str | int
) -> None:
    """Write down that a rule is another one now, in the name of whose command took it up.

    That is never a user: whoever changed the configuration has an account of this computer.
    """
    said = {name: code(str(value)) for name, value in details.items()}
    event = Event(kind, _own_actor(site), subject=code(rule), details=said)
    append(connection, event, at=site.clock())


def note_alone(
    site: Acting,
    kind: str,
    *,
    subject: str | None = None,
    purpose: str | None = None,
    **details: str | int,
) -> None:
    """Write down what changes nothing in the database: a look, an export."""
    with site.database.writing() as connection:
        note(connection, site, kind, subject=subject, purpose=purpose, **details)


def note_bare(
    database: Database, source: KeySource, kind: str, *, at: datetime, **details: str | int
) -> None:
    """Write down what is done to a database without opening its site: on its keys, a backup.

    Raises as `KeySource.ring`.
    """
    with database.reading() as connection:
        bind(database, Vault(source.ring(connection)))
    said = {name: code(str(value)) for name, value in details.items()}
    with database.writing() as connection:
        append(connection, Event(kind, account(), details=said), at=at)


def code(text: str) -> str:
    """Answer a text as it may stand in an event: a rule's name may have spaces, a code has none."""
    return _NOT_IN_CODES.sub("_", text)[:64] or "-"
