"""`link make | revoke | list`: links that are sent to one person for one purpose."""

from datetime import timedelta

import click

from config.language import catalogue
from config.lean import dataclass
from ledgers.access.events import Act, write
from ledgers.access.factors import Way
from ledgers.access.links import (
    LONGEST,
    Link,
    LinkWish,
    Maker,
    Purpose,
    good_links,
    make_link,
    revoke_link,
    revoke_links_of,
)
from ledgers.access.people import Belonging
from ledgers.access.roles import Right
from ledgers.persons import load_persons
from service.access_words import factor_words, purpose_words
from service.authority import authority
from service.commandline import Commands, Listed, argument, for_users, make, option
from service.commands.sites import opened
from service.errors import CommandWrong
from service.inputs import Number, Word
from service.naming import doer_called, person_called
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")

_PURPOSES = {
    Purpose.ANSWER.value: ("答复",),
    Purpose.RECORD.value: ("登记",),
    Purpose.MATTERS.value: ("待办",),
}
_WAYS = {
    Way.PHONE.value: ("sms", "短信"),
    Way.WECOM.value: ("企业微信",),
    Way.EMAIL.value: ("邮件",),
}
_USUAL_DAYS = 3


@dataclass(frozen=True, slots=True)
class Make:
    """For whom, for what, how it travels and how long it is good."""

    person: str
    purpose: str
    way: str
    about: str | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Revoke:
    """Which links: by their ids, or all of a person."""

    ids: tuple[str, ...]
    person: str | None


@dataclass(frozen=True, slots=True)
class List:
    """Whose links; None: all."""

    person: str | None


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    listed = {
        "make": Listed(_("make a link for one person"), _make_command),
        "revoke": Listed(_("withdraw links"), _revoke_command),
        "list": Listed(_("list links that are good"), _list_command),
    }
    return Commands("link", listed, about=_("Links for one person, purpose and time."))


@for_users
def _make_command() -> click.Command:
    return make(
        Make,
        _make,
        name="make",
        about=_(
            "Makes a link and shows it once. Whoever opens it gives the last digits of the phone on "
            "file, or a code that comes another way, before anything is shown."
        ),
        params=[
            argument("person", about=_("for whom: P-0007, phone or name")),
            click.Option(
                ["--for", "purpose"],
                required=True,
                type=Word("PURPOSE", _PURPOSES),
                metavar="PURPOSE",
                help=_("answer, record or matters"),
            ),
            click.Option(
                ["--way"],
                required=True,
                type=Word("WAY", _WAYS),
                metavar="WAY",
                help=_("how the link will travel: phone, wecom or email"),
            ),
            option("--about", about=_("the alert it is about, as `explain --json` names it")),
            option(
                "--days",
                about=_("how long it is good; 3 if left out, 14 at most"),
                kind=Number(1, LONGEST.days),
            ),
        ],
    )


@for_users
def _revoke_command() -> click.Command:
    params: list[click.Parameter] = [
        click.Argument(["ids"], nargs=-1, metavar="[ID…]", help=_("as `link list` shows them")),
        option("--person", about=_("all links of this person")),
    ]
    about = _("Withdraws links. They open nothing from now on.")
    return make(Revoke, _revoke, name="revoke", about=about, params=params)


@for_users
def _list_command() -> click.Command:
    params = [option("--person", about=_("only of this person"))]
    about = _("Lists links that are good, the newest first.")
    return make(List, _list, name="list", about=about, params=params)


def _make(wish: Make, terminal: Terminal) -> int:
    asked = LinkWish(
        Purpose(wish.purpose), Way(wish.way), timedelta(days=wish.days or _USUAL_DAYS), wish.about
    )
    with opened(terminal) as site:
        who = authority(site, terminal, Right.MANAGE_LINKS)
        now = site.clock()
        by = Maker(who.actor, now, site.today(now))
        with site.database.writing() as connection:
            theirs = who.people(Belonging.NOW)
            id_ = person_called(connection, site.vault, wish.person, within=theirs)
            person = load_persons(connection, site.vault, [id_])[id_]
            link, token = make_link(connection, site.vault, person, asked, by=by)
            about = {"subject": link.id, "person": person.handle, "purpose": link.purpose.value}
            write(connection, Act.LINK_MADE, actor=who.actor, now=now, about=about)
    terminal.say(_("Link, shown once: %(path)s") % {"path": f"/l/{token}"})
    terminal.say(_("Opens with: %(factor)s") % {"factor": factor_words()[link.factor]})
    terminal.answer({**_row(link, person.handle), "path": f"/l/{token}"})
    return 0


def _revoke(wish: Revoke, terminal: Terminal) -> int:
    if not wish.ids and wish.person is None:
        raise CommandWrong(_("name links, or a person with --person"))
    with opened(terminal) as site:
        who = authority(site, terminal, Right.MANAGE_LINKS)
        now = site.clock()
        with site.database.writing() as connection:
            theirs = who.people(Belonging.NOW)
            count = sum(revoke_link(connection, one, now=now, within=theirs) for one in wish.ids)
            if wish.person is not None:
                person = person_called(connection, site.vault, wish.person, within=theirs)
                count += revoke_links_of(connection, person, now=now)
            about = {"count": str(count)}
            write(connection, Act.LINK_REVOKED, actor=who.actor, now=now, about=about)
    terminal.say(_("Links withdrawn: %(count)s") % {"count": count})
    terminal.answer({"revoked": count})
    return 0


def _list(wish: List, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.MANAGE_LINKS)
        theirs = who.people(Belonging.NOW)
        with site.database.reading() as connection:
            whose = doer_called(connection, site.vault, wish.person, within=theirs)
            found = good_links(
                connection, now=site.clock(), today=who.today, person_id=whose, within=theirs
            )
            people = load_persons(connection, site.vault, {link.person_id for link in found})
    rows = [_row(link, people[link.person_id].handle) for link in found]
    terminal.table(
        [_("link"), _("person"), _("for"), _("opens with"), _("good until")],
        [_cells(link, people[link.person_id].handle, site) for link in found],
    )
    terminal.answer(rows)
    return 0


def _cells(link: Link, handle: str, site: Site) -> list[str]:
    until = link.expires_at.astimezone(site.zone)
    words = purpose_words()[link.purpose], factor_words()[link.factor]
    return [link.id, handle, *words, f"{until:%Y-%m-%d %H:%M}"]


def _row(link: Link, handle: str) -> dict[str, object]:
    return {
        "id": link.id,
        "person": handle,
        "purpose": link.purpose,
        "about": link.about,
        "factor": link.factor,
        "made_by": link.made_by,
        "expires_at": link.expires_at,
    }
