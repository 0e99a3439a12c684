"""A notice becomes a message: what is still true, in the words of its reader's role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from alerts.contents import Said, read_true, take_out
from alerts.directory import RouteTable, batches
from alerts.errors import CannotCompose
from alerts.forms import form_id
from alerts.gathered import Gathered
from alerts.pages import Page, Reader
from alerts.render import RENDER_ERRORS, Templates, begun_with
from alerts.tables import notices
from alerts.timetable import Timetable
from channels.protocol import Message
from ledgers.among import among_named
from ledgers.errors import UnreadableValue
from ledgers.sealing import Spot, Vault
from ledgers.tables import persons


@dataclass(frozen=True, slots=True)
class Composer:
    """Writes messages (`alerts.attempts.Compose`). Holds nothing that changes."""

    timetable: Timetable
    templates: Templates
    vault: Vault

    def __call__(
        self, connection: Connection, revisions: Mapping[str, int], *, now: datetime
    ) -> dict[str, Message | CannotCompose | None]:
        """Compose what is still true; None: there is nothing left to say, or no address any more.

        The connection must be a writing one: what is no longer true ends here.
        """
        today = self.timetable.today(now)
        configuration = self.timetable.configuration
        rows = _rows(connection, list(revisions))
        said = read_true(connection, revisions, configuration, today=today, now=now)
        gathered = Gathered(connection, configuration, revisions)
        gathered.names(one.item.lives_in for of_notice in said.values() for one in of_notice)
        desk = _Desk(self, gathered, RouteTable.of(configuration), now)
        return {row.id: desk.write(row, said[row.id], revision=revisions[row.id]) for row in rows}


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the messages of one batch are written."""

    composer: Composer
    gathered: Gathered
    routes: RouteTable
    now: datetime

    def write(
        self, row: Row[Any], said: Sequence[Said], *, revision: int
    ) -> Message | CannotCompose | None:
        kind = self.routes.address_kind(row.channel) or "email"
        try:
            address = self._address(row, kind)
            if address is None:
                take_out(self.gathered.connection, [one.telling_id for one in said])
                return None
            return self._message(row, said, address=address, kind=kind, revision=revision)
        except (*RENDER_ERRORS, UnreadableValue) as error:
            return CannotCompose(row.id, str(error))

    def _message(
        self, row: Row[Any], said: Sequence[Said], *, address: str, kind: str, revision: int
    ) -> Message | None:
        timetable = self.composer.timetable
        language = row.language or timetable.configuration.language
        reader = Reader(
            row.id,
            row.person_id,
            row.role,
            row.klass,
            row.made_at,
            row.may_repeat,
            takes_files=kind == "email",
            language=language,
        )
        page = Page(self.gathered, timetable, reader, said, timetable.today(self.now))
        drawn = page.draw(now=self.now, form_id=form_id(row.id, revision))
        if drawn is None:
            return None
        words = self.composer.templates.render(drawn.kind, language, drawn.view)
        words = begun_with(words, [one.first_line for one in said])
        return Message(
            out_id=f"{row.id}.{revision}",
            address=address,
            subject=words.subject,
            text=words.text,
            html=words.html,
            dated=self.now,
            attachments=drawn.attachments,
        )

    def _address(self, row: Row[Any], kind: str) -> str | None:
        """Open the one address the channel needs; who has left meanwhile has none any more."""
        if row.left_on is not None and row.left_on <= self.composer.timetable.today(self.now):
            return None
        sealed: bytes | None = row._mapping[f"sealed_{kind}"]
        spot = Spot("persons", f"sealed_{kind}", row.person_id)
        return None if sealed is None else self.composer.vault.open(sealed, spot)


def _rows(connection: Connection, notice_ids: Sequence[str]) -> list[Any]:
    query = _ROWS[connection.dialect.name]
    return [
        row
        for batch in batches(notice_ids)
        for row in connection.execute(query, {"notices": batch})
    ]


def _query(dialect: str) -> Select[Any]:
    return (
        select(
            notices.c.id,
            notices.c.person_id,
            notices.c.role,
            notices.c["class"].label("klass"),
            notices.c.channel,
            notices.c.made_at,
            notices.c.may_repeat,
            persons.c.language,
            persons.c.left_on,
            persons.c.sealed_email,
            persons.c.sealed_phone,
            persons.c.sealed_wecom,
        )
        .join(persons, persons.c.id == notices.c.person_id)
        .where(among_named(dialect, notices.c.id, "notices"))
    )


# Put together once, for every batch of messages.
_ROWS = {dialect: _query(dialect) for dialect in ("sqlite", "postgresql")}
