"""`user disable | enable | reset | scope | password`: what changes about those who sign in."""

from collections.abc import Callable
from datetime import datetime

import click
from sqlalchemy import Connection

from config.language import catalogue
from config.lean import dataclass
from ledgers.access import users
from ledgers.access.events import Act, user, write
from ledgers.access.passwords import Hasher
from ledgers.access.roles import Right, scope_for
from service.authority import authority, identified
from service.commandline import argument, flag, for_users, make
from service.commands.sites import opened
from service.enrolling import Told, chosen_password, first_password, tell
from service.naming import region_called
from service.terminal import Terminal

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Whom:
    """The user it is about."""

    user: str


@dataclass(frozen=True, slots=True)
class Reset:
    """Whose; a new code, or a new first password; without either: a password."""

    user: str
    code: bool
    password: bool


@dataclass(frozen=True, slots=True)
class Rescope:
    """Whose, and which divisions from now on."""

    user: str
    regions: tuple[str, ...]


def regions_option() -> click.Option:
    """Declare which divisions a user sees."""
    return click.Option(
        ["--region", "regions"],
        multiple=True,
        metavar="REGION",
        help=_("a division the user sees, by code or name; as often as needed"),
    )


def _whom() -> click.Argument:
    return argument("user", about=_("U-0001 or the name they type"))


@for_users
def disable() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _("Lets a user in no more. Open sessions end at once; nothing is deleted.")
    return make(Whom, _disable, name="disable", about=about, params=[_whom()])


@for_users
def enable() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _("Lets a user in again, with the password and the code they had.")
    return make(Whom, _enable, name="enable", about=about, params=[_whom()])


@for_users
def reset() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _(
        "Gives a user a first password, which must be changed within 7 days, or with --code a new "
        "second factor, when the phone is lost. What was open ends."
    )
    params = [
        _whom(),
        flag("--code", about=_("a new second factor")),
        flag("--password", about=_("a new first password, beside a new code")),
    ]
    return make(Reset, _reset, name="reset", about=about, params=params)


@for_users
def scope() -> click.Command:
    """Answer the command, in the language of the moment."""
    params = [
        _whom(),
        regions_option(),
    ]
    about = _("Says which divisions a user sees from now on.")
    return make(Rescope, _rescope, name="scope", about=about, params=params)


def password() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _("Asks for your password and code, and then for a new password. What was open ends.")
    return make(Whom, _password, name="password", about=about, params=[_whom()])


def _disable(wish: Whom, terminal: Terminal) -> int:
    return _changed(wish, terminal, Act.DISABLED, users.disable_user)


def _enable(wish: Whom, terminal: Terminal) -> int:
    def enable_user(connection: Connection, user_id: str, *, now: datetime) -> None:
        users.enable_user(connection, user_id)

    return _changed(wish, terminal, Act.ENABLED, enable_user)


def _changed(wish: Whom, terminal: Terminal, act: Act, change: Callable[..., None]) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.MANAGE_USERS, of_all=True)
        now = site.clock()
        with site.database.writing() as connection:
            found = users.find_user(connection, site.vault, wish.user)
            change(connection, found.id, now=now)
            write(connection, act, actor=who.actor, now=now, about={"subject": found.handle})
    terminal.say(_("%(handle)s: done.") % {"handle": found.handle})
    terminal.answer({"handle": found.handle})
    return 0


def _reset(wish: Reset, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.MANAGE_USERS, of_all=True)
        with site.database.reading() as connection:
            found = users.find_user(connection, site.vault, wish.user)
        made = first_password() if wish.password or not wish.code else None
        kept = made and Hasher(site.vault, terminal.effort).hash(found.id, made)
        now, enrolment = site.clock(), None
        acts = [act for act, is_so in ((Act.PASSWORD, made), (Act.FACTOR, wish.code)) if is_so]
        with site.database.writing() as connection:
            if kept:
                users.set_password(connection, found.id, kept, must_change=True, now=now)
            if wish.code:
                enrolment = users.set_factor(connection, site.vault, found.id, now=now)
            for act in acts:
                write(connection, act, actor=who.actor, now=now, about={"subject": found.handle})
    terminal.say(_("%(handle)s: done.") % {"handle": found.handle})
    said = tell(terminal, Told(site.configuration.site.name, found.name, made, enrolment))
    terminal.answer({"handle": found.handle, **said})
    return 0


def _rescope(wish: Rescope, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.MANAGE_USERS, of_all=True)
        here, now = site.configuration.site.region, site.clock()
        with site.database.writing() as connection:
            found = users.find_user(connection, site.vault, wish.user)
            codes = [region_called(connection, site.configuration, one) for one in wish.regions]
            wanted = scope_for(found.role, codes, site=here)
            users.set_scope(connection, found.id, wanted)
            about = {"subject": found.handle, "divisions": str(len(wanted.regions))}
            write(connection, Act.SCOPE, actor=who.actor, now=now, about=about)
    regions = sorted(wanted.regions)
    terminal.say(
        _("%(handle)s sees: %(regions)s") % {"handle": found.handle, "regions": "、".join(regions)}
    )
    terminal.answer({"handle": found.handle, "regions": regions})
    return 0


def _password(wish: Whom, terminal: Terminal) -> int:
    with opened(terminal) as site:
        found = identified(site, terminal, wish.user)
        fresh = chosen_password(terminal, [found.name, site.configuration.site.name])
        kept = Hasher(site.vault, terminal.effort).hash(found.id, fresh)
        now = site.clock()
        with site.database.writing() as connection:
            users.set_password(connection, found.id, kept, must_change=False, now=now)
            about = {"subject": found.handle}
            write(connection, Act.PASSWORD, actor=user(found.handle), now=now, about=about)
    terminal.say(_("%(handle)s: done.") % {"handle": found.handle})
    terminal.answer({"handle": found.handle})
    return 0
