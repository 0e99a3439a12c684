"""`person list | replace | leave | prefer | back`: who holds what, and what changes hands."""

from collections import defaultdict
from datetime import date, timedelta

import click
from sqlalchemy import Connection, select

from alerts.wording import role_text
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.links import revoke_links_of
from ledgers.access.people import Belonging
from ledgers.access.roles import Right
from ledgers.handover import add_leave, end_leaves, leave_person, replace_person, set_deputy
from ledgers.persons import Person, load_persons
from ledgers.posts import Holding, load_holdings
from ledgers.regions import region_names
from ledgers.tables import persons
from service.auditing import Act, note, note_alone
from service.authority import Authority, authority
from service.commandline import Commands, Listed, argument, flag, for_users, make, option
from service.commands import person_prefer
from service.commands.sites import acting, opened
from service.errors import CommandWrong
from service.inputs import Day
from service.naming import person_called
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class List:
    """Whether names are shown, and those who have left."""

    names: bool
    all: bool


@dataclass(frozen=True, slots=True)
class Replace:
    """Who hands over to whom, from which day on."""

    old: str
    new: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Leave:
    """Who goes; for good, or until a day; who stands in."""

    person: str
    on: date | None
    until: date | None
    deputy: str | None


@dataclass(frozen=True, slots=True)
class Back:
    """Who is back, from which day on."""

    person: str
    on: date | None


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    listed = {
        "list": Listed(_("list people with their posts"), _list_command),
        "replace": Listed(_("hand everything over to somebody else"), _replace_command),
        "leave": Listed(_("somebody leaves, for good or for a while"), _leave_command),
        "prefer": Listed(_("the channel somebody wants to be told on"), person_prefer.command),
        "back": Listed(_("somebody is back from leave"), _back_command),
    }
    about = _("People who are told: by handle (P-0007), phone, mail address or name.")
    return Commands("person", listed, about=about)


@for_users
def _list_command() -> click.Command:
    params = [
        flag("--names", about=_("with names; that somebody looked is logged")),
        flag("--all", about=_("those who have left, too")),
    ]
    return make(List, _list, name="list", about=_("Lists people and posts."), params=params)


@for_users
def _replace_command() -> click.Command:
    return make(
        Replace,
        _replace,
        name="replace",
        about=_(
            "Hands the posts and children of one person over to another, who is in the ledger "
            "already. Open matters move with them."
        ),
        params=[
            argument("old", about=_("who hands over")),
            argument("new", about=_("who takes over")),
            option("--on", about=_("first day of the new one; today if left out"), kind=Day()),
        ],
    )


@for_users
def _leave_command() -> click.Command:
    return make(
        Leave,
        _leave,
        name="leave",
        about=_(
            "Notes that somebody leaves: for good, or with --until for a while. Meanwhile the "
            "deputy is told, without one the next above."
        ),
        params=[
            argument("person", about=_("who goes")),
            option("--on", about=_("first day away; today if left out"), kind=Day()),
            option("--until", about=_("last day away; without it: for good"), kind=Day()),
            option("--deputy", about=_("who stands in")),
        ],
    )


@for_users
def _back_command() -> click.Command:
    params = [
        argument("person", about=_("who is back")),
        option("--on", about=_("first day back; today if left out"), kind=Day()),
    ]
    about = _("Notes that somebody is back from leave.")
    return make(Back, _back, name="back", about=about, params=params)


def _list(wish: List, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.READ_FILE if wish.names else Right.READ_LISTS)
        with site.database.reading() as connection:
            found = _people(connection, site, who)
            held = load_holdings(connection, on=who.today, within=who.scope)
            here = site.configuration.site
            regions = {holding.post.region for holding in held}
            names = {here.region: here.name, **region_names(connection, regions)}
        people = sorted(found.values(), key=lambda person: person.handle)
        if not wish.all:
            people = [one for one in people if one.left_on is None or one.left_on > who.today]
        if wish.names:
            note_alone(site, Act.NAMES_READ, people=len(people))
    posts = _posts(held)
    rows = [_row(one, posts[one.id], names, site, with_name=wish.names) for one in people]
    headings = [_("handle"), _("posts"), _("reached by"), _("left on")]
    terminal.table(
        headings if not wish.names else [*headings, _("name")], [list(row.values()) for row in rows]
    )
    terminal.answer(rows)
    return 0


def _people(connection: Connection, site: Site, who: Authority) -> dict[str, Person]:
    query = select(persons.c.id)
    if (within := who.people()) is not None:
        query = query.where(within.where(persons.c.id))
    return load_persons(connection, site.vault, list(connection.scalars(query)))


def _posts(held: list[Holding]) -> defaultdict[str, list[Holding]]:
    posts: defaultdict[str, list[Holding]] = defaultdict(list)
    for holding in held:
        posts[holding.person_id].append(holding)
    return posts


def _row(
    person: Person, held: list[Holding], names: dict[str, str], site: Site, *, with_name: bool
) -> dict[str, str | None]:
    roles = site.configuration.roles
    posts = [
        f"{names.get(one.post.region, one.post.region)} {role_text(roles, one.post.role)}"
        for one in held
    ]
    ways = [(_("mail"), person.email), (_("phone"), person.phone), (_("WeCom"), person.wecom)]
    row: dict[str, str | None] = {
        "handle": person.handle,
        "posts": "、".join(posts),
        "reach": "、".join(word for word, address in ways if address),
        "left_on": person.left_on.isoformat() if person.left_on else None,
    }
    return row | {"name": person.name} if with_name else row


def _replace(wish: Replace, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.MANAGE_PEOPLE)
        now = site.clock()
        with acting(site, now) as (connection, _plan, today):
            old = person_called(connection, site.vault, wish.old, within=who.people(Belonging.NOW))
            new = person_called(connection, site.vault, wish.new, within=who.people())
            if old == new:
                raise CommandWrong(_("both are the same person; name two"))
            count = replace_person(connection, old, new, on=wish.on or today, now=now)
            revoke_links_of(connection, old, now=now)
            note(connection, site, Act.REPLACED, subject=old, by=new, posts=count)
    terminal.say(_("Posts handed over: %(count)s") % {"count": count})
    terminal.answer({"posts": count})
    return 0


def _leave(wish: Leave, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.MANAGE_PEOPLE)
        now = site.clock()
        with acting(site, now) as (connection, _plan, today):
            first = wish.on or today
            if wish.until is not None and wish.until < first:
                raise CommandWrong(_("--until lies before the first day away"))
            theirs = who.people(Belonging.NOW)
            person = person_called(connection, site.vault, wish.person, within=theirs)
            if wish.deputy is not None and wish.until is None:
                raise CommandWrong(
                    _("a deputy stands in for a while: add --until, or use `person replace`")
                )
            if wish.deputy is not None:
                deputy = person_called(connection, site.vault, wish.deputy, within=who.people())
                _stand_in(connection, person, deputy, first)
            if wish.until is None:
                leave_person(connection, person, on=first)
                revoke_links_of(connection, person, now=now)
            else:
                add_leave(connection, person, from_on=first, to_on=wish.until, now=now)
            until = "-" if wish.until is None else str(wish.until)
            note(connection, site, Act.LEFT, subject=person, since=str(first), until=until)
    terminal.say(
        _("Away from %(day)s for good.") % {"day": first}
        if wish.until is None
        else _("Away from %(day)s to %(until)s.") % {"day": first, "until": wish.until}
    )
    terminal.answer({"from": first.isoformat(), "until": wish.until, "for_good": not wish.until})
    return 0


def _stand_in(connection: Connection, person: str, deputy: str, first: date) -> None:
    if deputy == person:
        raise CommandWrong(_("nobody stands in for themselves; name somebody else as deputy"))
    set_deputy(connection, person, deputy, held_from=first)


def _back(wish: Back, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.MANAGE_PEOPLE)
        now = site.clock()
        with acting(site, now) as (connection, _plan, today):
            first = wish.on or today
            theirs = who.people(Belonging.NOW)
            person = person_called(connection, site.vault, wish.person, within=theirs)
            end_leaves(connection, person, on=first)
            note(connection, site, Act.BACK, subject=person, since=str(first))
    terminal.say(_("Back from %(day)s on.") % {"day": first})
    terminal.answer({"from": first.isoformat(), "last_day_away": first - timedelta(days=1)})
    return 0
