"""`silence add | list | end`: say nothing about something from a day to a day."""

from datetime import date, datetime

import click
from sqlalchemy import ColumnElement, Connection, select

from alerts.deferring import Reason, Scope, Silence, end_silence, silence
from alerts.reasons import about_reasons, reason_text, reason_words
from alerts.tables import silences
from alerts.within import silences_within
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.people import Belonging
from ledgers.access.roles import Right
from ledgers.persons import load_persons
from ledgers.tables import entries
from service.auditing import Act, note
from service.authority import Authority, authority
from service.commandline import Commands, Listed, argument, flag, for_users, make, option
from service.commands.sites import acting, opened
from service.errors import CommandWrong
from service.inputs import Day, Word
from service.naming import doer_called, entry_called, person_called, region_called, rule_called
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Add:
    """What it lies over (one of four), and its days."""

    entry: str | None
    region: str | None
    person: str | None
    rule: str | None
    from_: date | None
    to: date
    reason: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class List:
    """Which are listed."""

    all: bool


@dataclass(frozen=True, slots=True)
class End:
    """Which one ends."""

    id: str


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    listed = {
        "add": Listed(_("say nothing about something for a while"), _add_command),
        "list": Listed(_("show the silences that hold or are to come"), _list_command),
        "end": Listed(_("end a silence early"), _end_command),
    }
    return Commands("silence", listed, about=_("Silences: they put off, they use nothing up."))


@for_users
def _add_command() -> click.Command:
    return make(
        Add,
        _add,
        name="add",
        about=_(
            "Says nothing about a child, a division, a person or a rule from one day to another."
        ),
        params=[
            option("--entry", about=_("a child, by village number")),
            option("--region", about=_("a division, by code or name; with all below it")),
            option("--person", about=_("a person, by handle, phone or name")),
            option("--rule", about=_("a rule, by name")),
            click.Option(
                ["--from", "from_"],
                type=Day(),
                metavar=Day.name,
                help=_("first day; today if left out"),
            ),
            click.Option(["--to"], type=Day(), metavar=Day.name, required=True, help=_("last day")),
            option("--reason", about=about_reasons(), kind=Word("REASON", reason_words())),
            option("--by", about=_("who says so: handle (P-0007), phone or name")),
        ],
    )


@for_users
def _list_command() -> click.Command:
    about = _("Shows the silences that hold or are to come.")
    params = [flag("--all", about=_("those that are over, too"))]
    return make(List, _list, name="list", about=about, params=params)


@for_users
def _end_command() -> click.Command:
    about = _("Ends a silence before its last day.")
    params = [argument("id", about=_("its id; `shouwang silence list` shows it"))]
    return make(End, _end, name="end", about=about, params=params)


def _add(wish: Add, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.SILENCE, of_all=wish.rule is not None)
        now = site.clock()
        with acting(site, now) as (connection, _plan, today):
            scope, target = _target(wish, connection, site, who)
            by = doer_called(connection, site.vault, wish.by, within=who.people())
            days = (wish.from_ or today, wish.to)
            quiet = Silence(scope, target, days, Reason(wish.reason or Reason.OTHER), by)
            silence_id = silence(connection, quiet, now=now)
            said = {"scope": scope, "silence": silence_id, "until": str(wish.to)}
            note(connection, site, Act.SILENCED, subject=target, **said)
    terminal.say(_("Silent to %(day)s; its id is %(id)s.") % {"day": wish.to, "id": silence_id})
    terminal.answer({"id": silence_id, "scope": scope.value, "to": wish.to.isoformat()})
    return 0


def _target(wish: Add, connection: Connection, site: Site, who: Authority) -> tuple[Scope, str]:
    given = [name for name in (wish.entry, wish.region, wish.person, wish.rule) if name]
    if len(given) != 1:
        raise CommandWrong(_("name one of --entry, --region, --person and --rule"))
    if wish.entry:
        return Scope.ENTRY, entry_called(connection, wish.entry, within=who.scope)
    if wish.region:
        return Scope.REGION, region_called(
            connection, site.configuration, wish.region, within=who.scope
        )
    if wish.person:
        theirs = who.people(Belonging.NOW)
        return Scope.PERSON, person_called(connection, site.vault, wish.person, within=theirs)
    return Scope.RULE, rule_called(site.configuration, given[0])


@dataclass(frozen=True, slots=True)
class _Line:
    id: str
    scope: str
    target: str
    from_on: date
    to_on: date
    reason: str
    ended_at: datetime | None


def _list(wish: List, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.READ_LISTS)
        query = select(silences).order_by(silences.c.to_on, silences.c.id)
        if not wish.all:
            query = query.where(silences.c.ended_at.is_(None), silences.c.to_on >= who.today)
        if (only := _only(who)) is not None:
            query = query.where(only)
        with site.database.reading() as connection:
            lines = [
                _Line(
                    row.id,
                    row.scope,
                    _shown(connection, site, row.scope, row.target),
                    row.from_on,
                    row.to_on,
                    row.reason,
                    row.ended_at,
                )
                for row in connection.execute(query).all()
            ]
    if not lines:
        terminal.say(_("There is no silence."))
    headings = [_("id"), _("about"), _("which"), _("from"), _("to"), _("why")]
    about = _scopes()
    terminal.table(
        headings,
        [
            (
                *(one.id, about[one.scope], one.target),
                *(str(one.from_on), str(one.to_on), reason_text(one.reason)),
            )
            for one in lines
        ],
    )
    terminal.answer(
        [
            {
                "id": one.id,
                "scope": one.scope,
                "target": one.target,
                "from": one.from_on,
                "to": one.to_on,
                "reason": one.reason,
                "ended_at": one.ended_at,
            }
            for one in lines
        ]
    )
    return 0


def _only(who: Authority) -> ColumnElement[bool] | None:
    """Answer which silences may be seen and ended; None: all."""
    people = who.people(Belonging.NOW)
    return None if people is None else silences_within(people)


def _scopes() -> dict[str, str]:
    return {
        Scope.ENTRY: _("child"),
        Scope.REGION: _("division"),
        Scope.PERSON: _("person"),
        Scope.RULE: _("rule"),
    }


def _shown(connection: Connection, site: Site, scope: str, target: str) -> str:
    """Answer a target as people call it: a number or a handle in place of an id."""
    if scope == Scope.ENTRY:
        number = select(entries.c.number).where(entries.c.id == target)
        return connection.scalar(number) or target
    if scope == Scope.PERSON:
        found = load_persons(connection, site.vault, [target])
        return found[target].handle if target in found else target
    return target


def _end(wish: End, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.SILENCE)
        now = site.clock()
        with acting(site, now) as (connection, _plan, _today):
            end_silence(connection, wish.id, now=now, only=_only(who))
            note(connection, site, Act.UNSILENCED, silence=wish.id)
    terminal.say(_("The silence is over."))
    terminal.answer({"ended": wish.id})
    return 0
