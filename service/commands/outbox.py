"""`outbox list | show | retry | hold | release`: messages by ids and states, never their words."""

from collections.abc import Callable, Sequence
from datetime import datetime

import click
from sqlalchemy import Connection

from alerts.holding import (
    Allowed,
    HeldFor,
    held_notices,
    hold_delivery,
    hold_notices,
    release_delivery,
    release_notices,
)
from alerts.notices import failed_notices, list_notices, redrive, show_notice
from alerts.states import NoticeState
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from service.auditing import Act, note
from service.authority import Authority, authority
from service.commandline import Commands, Listed, arguments, for_users, make, option
from service.commands import outbox_show
from service.commands.outbox_show import line_json, when
from service.commands.sites import opened
from service.inputs import Number, Word
from service.terminal import Terminal
from service.wakeup import announce
from service.wiring import Site
from service.words import notice_words

_ = catalogue("service")

_USUAL_LIMIT = 50
_MOST = 100_000


@dataclass(frozen=True, slots=True)
class List:
    """Which messages are listed."""

    state: str | None
    person: str | None
    limit: int | None


@dataclass(frozen=True, slots=True)
class Some:
    """The messages meant; none named means all."""

    ids: tuple[str, ...]


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    listed = {
        "list": Listed(_("list messages, the newest first"), _list_command),
        "show": Listed(_("show one message: its tries and what became of it"), outbox_show.command),
        "retry": Listed(_("try failed messages again"), _some("retry", _retry)),
        "hold": Listed(_("hold messages, or all delivery"), _some("hold", _hold)),
        "release": Listed(_("let held messages go, or all delivery"), _some("release", _release)),
    }
    about = _("Messages to people, by ids and states; their words are never shown.")
    return Commands("outbox", listed, about=about)


@for_users
def _list_command() -> click.Command:
    states = {state.value: () for state in NoticeState}
    return make(
        List,
        _list,
        name="list",
        about=_("Lists messages, the newest first."),
        params=[
            option("--state", about=_("only of this state"), kind=Word("STATE", states)),
            option("--person", about=_("only to this person, by handle (P-0007)")),
            option(
                "--limit",
                about=_("how many at most; 50 if left out"),
                kind=Number(1, _MOST),
            ),
        ],
    )


def _some(name: str, act: Callable[[Some, Terminal], int]) -> Callable[[], click.Command]:
    @for_users
    def answer() -> click.Command:
        about = {
            "retry": _("Tries messages again that failed for good: those named, else all."),
            "hold": _("Holds the messages named; without ids all delivery, from now on."),
            "release": _("Lets the messages named go; without ids everything that is held."),
        }
        params = [
            arguments("ids", about=_("ids of messages; all if left out"), required=False),
        ]
        return make(Some, act, name=name, about=about[name], params=params)

    return answer


def _list(wish: List, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.READ_LISTS)
        with site.database.reading() as connection:
            lines = list_notices(
                connection,
                states=[NoticeState(wish.state)] if wish.state else [],
                person=wish.person,
                limit=wish.limit or _USUAL_LIMIT,
                within=who.scope,
            )
    if not lines:
        terminal.say(_("There are no such messages."))
    words = notice_words()
    headings = [_("id"), _("person"), _("channel"), _("state"), _("items"), _("tries"), _("due at")]
    terminal.table(
        headings,
        [
            (
                one.id,
                one.person,
                one.channel,
                words[one.state],
                one.items,
                one.tries,
                when(one.due_at, site),
            )
            for one in lines
        ],
    )
    terminal.answer([line_json(one) for one in lines])
    return 0


def _retry(wish: Some, terminal: Terminal) -> int:
    def act(unit: _Unit) -> int:
        ids = unit.named(wish.ids) or failed_notices(unit.connection, within=unit.who.scope)
        return redrive(unit.connection, ids, unit.allowed, now=unit.now)

    return _change(act, _Told(Act.RETRIED, wish, _("Messages tried again: %(count)s")), terminal)


def _hold(wish: Some, terminal: Terminal) -> int:
    def act(unit: _Unit) -> int:
        if wish.ids:
            return hold_notices(unit.connection, unit.named(wish.ids), now=unit.now)
        hold_delivery(unit.connection, HeldFor.BY_HAND, now=unit.now)
        return 0

    sentence = _("All delivery is held; `shouwang outbox release` lets it go.")
    if wish.ids:
        sentence = _("Messages held: %(count)s")
    return _change(act, _Told(Act.HELD, wish, sentence, of_all=not wish.ids), terminal)


def _release(wish: Some, terminal: Terminal) -> int:
    def act(unit: _Unit) -> int:
        if not wish.ids and unit.who.scope is None:
            return release_delivery(unit.connection, unit.allowed, now=unit.now)
        ids = unit.named(wish.ids) or held_notices(unit.connection, within=unit.who.scope)
        return release_notices(unit.connection, ids, unit.allowed, now=unit.now)

    partly = _("Messages let go: %(count)s")
    sentence = partly if wish.ids else _("Delivery goes on. Held messages let go: %(count)s")
    return _change(act, _Told(Act.RELEASED, wish, sentence, partly=partly), terminal)


@dataclass(frozen=True, slots=True)
class _Unit:
    """One unit of work, and whose it is."""

    connection: Connection
    site: Site
    who: Authority
    now: datetime

    @property
    def allowed(self) -> Allowed:
        """What moves an instant out of quiet hours."""
        return self.site.timetable.quiet.next_allowed

    def named(self, ids: Sequence[str]) -> list[str]:
        """Answer the ids, refusing what is not there, before anything is changed."""
        found = (show_notice(self.connection, id_, within=self.who.scope) for id_ in ids)
        return [one.line.id for one in found]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a change is called in the audit chain, what was asked, and what is said of it.

    `of_all`: it cannot be done for some divisions only. `partly` is said where it was done so.
    """

    kind: Act
    wish: Some
    sentence: str
    of_all: bool = False
    partly: str | None = None


def _change(act: Callable[[_Unit], int], told: _Told, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.RELEASE, of_all=told.of_all)
        with site.database.writing() as connection:
            count = act(_Unit(connection, site, who, site.clock()))
            about = told.wish.ids[0] if len(told.wish.ids) == 1 else None
            reach = "named" if told.wish.ids else "all" if who.scope is None else "divisions"
            note(connection, site, told.kind, subject=about, reach=reach, messages=count)
        announce(site.database)
    sentence = told.sentence if who.scope is None else told.partly or told.sentence
    terminal.say(sentence % {"count": count})
    terminal.answer({"count": count})
    return 0
