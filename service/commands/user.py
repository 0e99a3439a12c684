"""`user add | list | show`, and those of `user_changes`: who may sign in."""

from datetime import datetime

import click
from sqlalchemy import Connection

from config.language import catalogue
from config.lean import dataclass
from ledgers.access.events import Act, write
from ledgers.access.passwords import Hasher
from ledgers.access.roles import Right, Role, scope_for
from ledgers.access.sessions import open_sessions
from ledgers.access.users import NewUser, User, add_user, find_user, load_users
from ledgers.ids import new_id
from ledgers.persons import load_persons
from service.access_words import right_words, role_words
from service.authority import authority
from service.commandline import Commands, Listed, argument, flag, for_users, make, option
from service.commands import user_changes
from service.commands.sites import opened
from service.enrolling import Told, chosen_password, first_password, tell
from service.inputs import Word
from service.naming import person_called, region_called
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")

_ROLES = {
    Role.OPERATOR.value: ("值守",),
    Role.COUNTY.value: ("县级",),
    Role.TOWNSHIP.value: ("乡镇",),
    Role.DIRECTOR.value: ("儿童主任",),
    Role.AUDITOR.value: ("审计",),
}


@dataclass(frozen=True, slots=True)
class Add:
    """Who, in which role, for which divisions; `initial`: with a password made here."""

    name: str
    role: str
    regions: tuple[str, ...]
    person: str | None
    initial: bool


@dataclass(frozen=True, slots=True)
class List:
    """Whether names are shown, and those who are disabled."""

    names: bool
    all: bool


@dataclass(frozen=True, slots=True)
class Show:
    """Whom."""

    user: str


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    listed = {
        "add": Listed(_("let somebody in"), _add_command),
        "list": Listed(_("list users with roles and divisions"), _list_command),
        "show": Listed(_("show what a user may do, and what is open"), _show_command),
        "disable": Listed(_("let somebody in no more, and end what is open"), user_changes.disable),
        "enable": Listed(_("let somebody in again"), user_changes.enable),
        "reset": Listed(_("give a new first password, or a new code"), user_changes.reset),
        "scope": Listed(_("say which divisions a user sees"), user_changes.scope),
        "password": Listed(_("choose your own password"), user_changes.password),
    }
    about = _("People who sign in, by handle (U-0001) or by the name they type.")
    return Commands("user", listed, about=about)


@for_users
def _add_command() -> click.Command:
    return make(
        Add,
        _add,
        name="add",
        about=_(
            "Adds a user. The password is typed, or piped in; with --initial one is made that the "
            "user must change. The second factor is shown once."
        ),
        params=[
            argument("name", about=_("what the user types to sign in")),
            click.Option(
                ["--role"],
                required=True,
                type=Word("ROLE", _ROLES),
                metavar="ROLE",
                help=_("operator, county, township, director or auditor"),
            ),
            user_changes.regions_option(),
            option("--person", about=_("who it is among those who are told: P-0007 or name")),
            flag("--initial", about=_("make a first password, good for 7 days")),
        ],
    )


@for_users
def _list_command() -> click.Command:
    params = [
        flag("--names", about=_("with the names that are typed")),
        flag("--all", about=_("those who are disabled, too")),
    ]
    return make(List, _list, name="list", about=_("Lists users."), params=params)


@for_users
def _show_command() -> click.Command:
    about = _("Shows one user: rights, divisions, and open sessions.")
    return make(
        Show,
        _show,
        name="show",
        about=about,
        params=[argument("user", about=_("U-0001 or name"))],
    )


def _add(wish: Add, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.MANAGE_USERS, of_all=True)
        role, here = Role(wish.role), site.configuration.site
        with site.database.reading() as connection:
            codes = [region_called(connection, site.configuration, one) for one in wish.regions]
            person, words = _person(connection, site, wish)
        scope = scope_for(role, codes, site=here.region)
        made = first_password() if wish.initial else None
        password = made or chosen_password(terminal, [wish.name, here.name, *words])
        now = site.clock()
        id_ = new_id(now)
        kept = Hasher(site.vault, terminal.effort).hash(id_, password)
        new = NewUser(id_, wish.name, role, scope, kept, wish.initial, person)
        with site.database.writing() as connection:
            handle, enrolment = add_user(connection, site.vault, new, now=now)
            about = {"subject": handle, "role": role.value}
            write(connection, Act.ADDED, actor=who.actor, now=now, about=about)
    terminal.say(_("User %(handle)s was added.") % {"handle": handle})
    said = tell(terminal, Told(here.name, wish.name, made, enrolment))
    terminal.answer({"handle": handle, **said})
    return 0


def _person(connection: Connection, site: Site, wish: Add) -> tuple[str | None, list[str]]:
    """Answer who the user is among those who are told, and their name, which is no password."""
    if wish.person is None:
        return None, []
    id_ = person_called(connection, site.vault, wish.person)
    return id_, [load_persons(connection, site.vault, [id_])[id_].name]


def _list(wish: List, terminal: Terminal) -> int:
    with opened(terminal) as site:
        authority(site, terminal, Right.MANAGE_USERS, of_all=True)
        with site.database.reading() as connection:
            found = load_users(connection, site.vault)
    shown = [one for one in found if wish.all or one.disabled_at is None]
    names = [[one.name] if wish.names else [] for one in shown]
    terminal.table(
        [*_headings(), *([_("name")] if wish.names else [])],
        [[*_cells(one, site), *name] for one, name in zip(shown, names, strict=True)],
    )
    terminal.answer([_row(one) | ({"name": one.name} if wish.names else {}) for one in shown])
    return 0


def _show(wish: Show, terminal: Terminal) -> int:
    with opened(terminal) as site:
        authority(site, terminal, Right.MANAGE_USERS, of_all=True)
        with site.database.reading() as connection:
            found = find_user(connection, site.vault, wish.user)
            sessions = open_sessions(connection, found.id, now=site.clock())
    rights = [right for right in Right if found.may(right)]
    terminal.table(_headings(), [_cells(found, site)])
    words = right_words()
    terminal.say(_("May: %(rights)s") % {"rights": "、".join(words[one] for one in rights)})
    terminal.say(_("Open sessions: %(count)s") % {"count": len(sessions)})
    opened_at = [{"id": one.id, "began_at": one.began_at} for one in sessions]
    terminal.answer({**_row(found), "rights": rights, "sessions": opened_at})
    return 0


def _headings() -> list[str]:
    return [_("handle"), _("role"), _("divisions"), _("last signed in"), _("disabled")]


def _cells(user: User, site: Site) -> list[str | None]:
    return [
        user.handle,
        role_words()[user.role],
        "、".join(sorted(user.scope.regions)),
        *(_day(site, at) for at in (user.signed_in_at, user.disabled_at)),
    ]


def _day(site: Site, at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(site.zone):%Y-%m-%d %H:%M}"


def _row(user: User) -> dict[str, object]:
    return {
        "handle": user.handle,
        "role": user.role,
        "regions": sorted(user.scope.regions),
        "signed_in_at": user.signed_in_at,
        "disabled_at": user.disabled_at,
        "must_change": user.must_change,
    }
