"""`subject hold add | end | list`: what must be kept for a court, an inquiry or by statute."""

from datetime import date

import click
from sqlalchemy import Connection, select

from config.language import catalogue
from config.lean import dataclass
from ledgers.access.people import Belonging
from ledgers.access.roles import Right
from ledgers.audit_chain import Event, append
from ledgers.legal_holds import Hold, add_hold, end_holds, holds_on
from ledgers.tables import entries, persons
from service.authority import Authority, authority
from service.commandline import Commands, Listed, argument, for_users, make, option
from service.commands.sites import opened
from service.errors import CommandWrong
from service.inputs import Day, Word
from service.subjects import subject_called
from service.terminal import Terminal
from service.words import hold_words

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Add:
    """Whose data are held, why, and until which day."""

    ref: str
    reason: str
    from_: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class End:
    """Whose holds end."""

    ref: str


@dataclass(frozen=True, slots=True)
class List:
    """Nothing can be asked of it."""


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    listed = {
        "add": Listed(_("forbid erasing and reducing for a while"), _add_command),
        "end": Listed(_("end the holds on somebody"), _end_command),
        "list": Listed(_("show the holds that last"), _list_command),
    }
    about = _("Legal holds: while one lasts, nothing of somebody is erased or reduced.")
    return Commands("hold", listed, about=about)


def ref_argument() -> click.Argument:
    """Declare whom a request is about."""
    return argument(
        "ref", about=_("a village number (青山-03), or a person: P-0007, phone or name")
    )


@for_users
def _add_command() -> click.Command:
    words = hold_words()
    reason = click.Option(
        ["--reason"],
        required=True,
        type=Word("CODE", {code: (word,) for code, word in words.items()}),
        metavar="CODE",
        help=_("why: %(words)s")
        % {"words": ", ".join(f"{code} ({word})" for code, word in words.items())},
    )
    params = [
        ref_argument(),
        reason,
        option("--from", "from_", about=_("first day; today if left out"), kind=Day()),
        option("--until", about=_("last day; until it is ended if left out"), kind=Day()),
    ]
    about = _("Forbids erasing and reducing somebody while a hold lasts.")
    return make(Add, _add, name="add", about=about, params=params)


@for_users
def _end_command() -> click.Command:
    about = _("Ends all holds on somebody.")
    return make(End, _end, name="end", about=about, params=[ref_argument()])


@for_users
def _list_command() -> click.Command:
    return make(List, _list, name="list", about=_("Shows the holds that last today."))


def _add(wish: Add, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.ERASE)
        now = site.clock()
        first = wish.from_ or site.today(now)
        if wish.until is not None and wish.until < first:
            raise CommandWrong(_("--until lies before the first day"))
        with site.database.writing() as connection:
            subject = subject_called(connection, site.vault, wish.ref, who)
            hold = Hold(subject.id, wish.reason, first, wish.until, who.actor)
            add_hold(connection, hold, now=now)
            about = {"reason": wish.reason, "until": str(wish.until or "open")}
            event = Event("subject.hold", who.actor, subject=subject.id, details=about)
            append(connection, event, at=now)
    terminal.say(
        _("Held from %(day)s until %(until)s.")
        % {"day": first, "until": wish.until or _("it is ended")}
    )
    terminal.answer({"from": first, "until": wish.until, "reason": wish.reason})
    return 0


def _end(wish: End, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.ERASE)
        now = site.clock()
        with site.database.writing() as connection:
            subject = subject_called(connection, site.vault, wish.ref, who)
            count = end_holds(connection, subject.id, now=now)
            if count:
                event = Event("subject.hold-ended", who.actor, subject=subject.id)
                append(connection, event, at=now)
    terminal.say(_("Holds ended: %(count)s") % {"count": count})
    terminal.answer({"ended": count})
    return 0


def _list(_wish: List, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.READ_LISTS)
        with site.database.reading() as connection:
            found = holds_on(connection, today=who.today)
            called = _called(connection, found, who)
    words = hold_words()
    shown = [one for one in found if one.subject in called]
    rows = [
        {
            "ref": called[one.subject],
            "reason": one.reason,
            "from": one.from_on.isoformat(),
            "until": one.until_on.isoformat() if one.until_on else None,
        }
        for one in shown
    ]
    terminal.table(
        [_("held"), _("reason"), _("from"), _("until")],
        [[row["ref"], words[row["reason"] or ""], row["from"], row["until"]] for row in rows],
    )
    terminal.answer(rows)
    return 0


def _called(connection: Connection, found: list[Hold], who: Authority) -> dict[str, str]:
    """Answer numbers of entries and handles of people, by id, of those who may be seen."""
    ids = [one.subject for one in found]
    called = {} if who.scope is not None else {id_: id_ for id_ in ids}
    of_entries = select(entries.c.id, entries.c.number).where(entries.c.id.in_(ids))
    of_people = select(persons.c.id, persons.c.handle).where(persons.c.id.in_(ids))
    if who.scope is not None:
        of_entries = of_entries.where(who.scope.where(entries.c.lives_in))
    if (everybody := who.people(Belonging.ALWAYS)) is not None:
        of_people = of_people.where(everybody.where(persons.c.id))
    called |= dict(iter(connection.execute(of_entries)))
    return called | dict(iter(connection.execute(of_people)))
