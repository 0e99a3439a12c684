"""A notice becomes a message: what is still true, in the words of its reader's role."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from alerts.contents import Said, read_echoed, read_true, take_out
from alerts.directory import batches
from alerts.errors import CannotCompose
from alerts.forms import form_id
from alerts.gathered import Gathered
from alerts.gist import gist_of
from alerts.mentions import EVERYBODY, due_members
from alerts.pages import Drawn, Page, Reader
from alerts.render import RENDER_ERRORS, Templates, begun_with
from alerts.short import Short, ShortWriter
from alerts.tables import notices
from alerts.timetable import Timetable
from alerts.voices import MAIL, Voice, voices_of
from channels.protocol import Form, Message
from config.lean import dataclass
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
        echoing = {row.id: row.echo_of for row in rows if row.echo_of is not None}
        said |= read_echoed(connection, echoing, configuration)
        gathered = Gathered(connection, configuration, revisions)
        gathered.names(one.item.lives_in for of_notice in said.values() for one in of_notice)
        desk = _Desk(self, gathered, voices_of(configuration), now)
        return {row.id: desk.write(row, said[row.id], revision=revisions[row.id]) for row in rows}


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the messages of one batch are written."""

    composer: Composer
    gathered: Gathered
    voices: Mapping[str, Voice]
    now: datetime

    def write(
        self, row: Row[Any], said: Sequence[Said], *, revision: int
    ) -> Message | CannotCompose | None:
        voice = self.voices.get(row.channel, MAIL)
        try:
            address = self._address(row, voice.address)
            if address is None:
                if row.echo_of is None:
                    take_out(self.gathered.connection, [one.telling_id for one in said])
                return None
            drawn = self._drawn(row, said, voice, revision=revision)
            if drawn is None:
                return None
            return self._message(row, said, drawn, (voice, address, f"{row.id}.{revision}"))
        except (*RENDER_ERRORS, UnreadableValue) as error:
            return CannotCompose(row.id, str(error))

    def _drawn(
        self, row: Row[Any], said: Sequence[Said], voice: Voice, *, revision: int
    ) -> Drawn | None:
        timetable = self.composer.timetable
        reader = Reader(
            row.id,
            row.person_id,
            row.role,
            row.klass,
            row.made_at,
            row.may_repeat,
            takes_files=voice.form is Form.MAIL,
            language=self._language(row),
            group=voice.group,
        )
        page = Page(self.gathered, timetable, reader, said, timetable.today(self.now))
        return page.draw(now=self.now, form_id=form_id(row.id, revision))

    def _message(
        self, row: Row[Any], said: Sequence[Said], drawn: Drawn, way: tuple[Voice, str, str]
    ) -> Message:
        voice, address, out_id = way
        first = list(dict.fromkeys(one.first_line for one in said if one.first_line))
        language = self._language(row)
        if voice.form is Form.SMS:
            key, short = self._short(drawn, voice, language, "；".join(first))
            return Message(
                out_id,
                address,
                subject="",
                text=short.text,
                dated=self.now,
                template=key,
                variables=short.variables,
            )
        words = self.composer.templates.render(drawn.kind, language, drawn.view, voice.form)
        words = begun_with(words, first)
        return Message(
            out_id,
            address,
            subject=words.subject,
            text=words.text,
            html=words.html,
            dated=self.now,
            attachments=drawn.attachments,
            mentions=self._mentions(voice),
        )

    def _short(self, drawn: Drawn, voice: Voice, language: str, first: str) -> tuple[str, Short]:
        """Write an SMS: in the text a vendor approved, where the channel has one."""
        writer = ShortWriter(self.composer.templates, language, voice.room)
        gist = gist_of(drawn.view, first)
        approved = voice.writing.approved(drawn.kind, urgent=gist.view.urgent)
        if approved is None:
            return "", writer.write(drawn.kind, gist)
        key, text = approved
        return key, writer.fill(text, gist)

    def _mentions(self, voice: Voice) -> tuple[str, ...]:
        if voice.group is None or voice.mention == "none":
            return ()
        if voice.mention == "all":
            return (EVERYBODY,)
        today = self.composer.timetable.today(self.now)
        return due_members(
            self.gathered.connection, self.composer.vault, place=voice.group, today=today
        )

    def _language(self, row: Row[Any]) -> str:
        return row.language or self.composer.timetable.configuration.language

    def _address(self, row: Row[Any], kind: str) -> str | None:
        """Open the one address the channel needs, "" for a group; who has left has none any more."""
        if row.left_on is not None and row.left_on <= self.composer.timetable.today(self.now):
            return None
        if not kind:
            return ""
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
            notices.c.echo_of,
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
