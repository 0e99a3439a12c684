"""A notice becomes a message: what is still true, in the words of its reader's role."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from alerts.contents import read_true, take_out
from alerts.directory import RouteTable
from alerts.errors import CannotCompose
from alerts.forms import form_id
from alerts.pages import Page, Reader
from alerts.render import RENDER_ERRORS, Templates
from alerts.tables import notices
from alerts.timetable import Timetable
from channels.protocol import Message
from ledgers.sealing import Spot, Vault
from ledgers.tables import persons


@dataclass(frozen=True, slots=True)
class Composer:
    """Writes messages (`alerts.attempts.Compose`). Holds nothing that changes."""

    timetable: Timetable
    templates: Templates
    vault: Vault

    def __call__(
        self, connection: Connection, notice_id: str, *, revision: int, now: datetime
    ) -> Message | None:
        """Compose what is still true; None: there is nothing left to say, or no address any more.

        The connection must be a writing one: what is no longer true ends here.
        """
        today = self.timetable.today(now)
        row = _row(connection, notice_id)
        address, kind = self._address(row)
        configuration = self.timetable.configuration
        said = read_true(connection, notice_id, configuration, today=today, now=now)
        if address is None:
            take_out(connection, [one.telling_id for one in said])
            return None
        reader = Reader(
            row.id,
            row.person_id,
            row.role,
            row.klass,
            row.made_at,
            row.may_repeat,
            takes_files=kind == "email",
        )
        page = Page(connection, self.timetable, reader, said, today)
        drawn = page.draw(now=now, form_id=form_id(notice_id, revision))
        if drawn is None:
            return None
        language = row.language or configuration.language
        try:
            words = self.templates.render(drawn.kind, language, drawn.view)
        except RENDER_ERRORS as error:
            raise CannotCompose(notice_id, str(error)) from error
        return Message(
            out_id=f"{notice_id}.{revision}",
            address=address,
            subject=words.subject,
            text=words.text,
            html=words.html,
            dated=now,
            attachments=drawn.attachments,
        )

    def _address(self, row: Any) -> tuple[str | None, str]:
        """Open the one address the channel needs."""
        kind = RouteTable.of(self.timetable.configuration).address_kind(row.channel) or "email"
        sealed: bytes | None = row._mapping[f"sealed_{kind}"]
        spot = Spot("persons", f"sealed_{kind}", row.person_id)
        return (None if sealed is None else self.vault.open(sealed, spot)), kind


def _row(connection: Connection, notice_id: str) -> Any:
    return connection.execute(_ROW, {"notice": notice_id}).one()


_ROW = (
    select(
        notices.c.id,
        notices.c.person_id,
        notices.c.role,
        notices.c["class"].label("klass"),
        notices.c.channel,
        notices.c.made_at,
        notices.c.may_repeat,
        persons.c.language,
        persons.c.sealed_email,
        persons.c.sealed_phone,
        persons.c.sealed_wecom,
    )
    .join(persons, persons.c.id == notices.c.person_id)
    .where(notices.c.id == bindparam("notice"))
)
