"""`outbox list | show | retry | hold | release`: messages by ids and states, never their words."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import click
from sqlalchemy import Connection

from alerts.awaiting import Heard, heard_of
from alerts.holding import (
    HeldFor,
    hold_delivery,
    hold_notices,
    release_delivery,
    release_notices,
)
from alerts.notices import (
    NoticeLine,
    Try,
    failed_notices,
    list_notices,
    redrive,
    show_notice,
)
from alerts.states import NoticeState
from alerts.wording import outcome_text, reason_text
from config.language import catalogue
from service.auditing import Act, note
from service.commandline import Commands, Listed, argument, arguments, make, option
from service.commands.sites import opened
from service.inputs import Number, Word
from service.terminal import Terminal
from service.wakeup import announce
from service.wiring import Site
from service.words import notice_words, result_words

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
class Show:
    """Which message is shown."""

    id: str


@dataclass(frozen=True, slots=True)
class Some:
    """The messages meant; none named means all."""

    ids: tuple[str, ...]


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    listed = {
        "list": Listed(_("list messages, the newest first"), _list_command),
        "show": Listed(_("show one message: its tries and what became of it"), _show_command),
        "retry": Listed(_("try failed messages again"), _some("retry", _retry)),
        "hold": Listed(_("hold messages, or all delivery"), _some("hold", _hold)),
        "release": Listed(_("let held messages go, or all delivery"), _some("release", _release)),
    }
    about = _("Messages to people, by ids and states; their words are never shown.")
    return Commands("outbox", listed, about=about)


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


def _show_command() -> click.Command:
    about = _("Shows one message: its tries, and how many tellings stand how.")
    params = [argument("id", about=_("its id; `shouwang outbox list` shows it"))]
    return make(Show, _show, name="show", about=about, params=params)


def _some(name: str, act: Callable[[Some, Terminal], int]) -> Callable[[], click.Command]:
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
    with opened(terminal) as site, site.database.reading() as connection:
        lines = list_notices(
            connection,
            states=[NoticeState(wish.state)] if wish.state else [],
            person=wish.person,
            limit=wish.limit or _USUAL_LIMIT,
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
                _when(one.due_at, site),
            )
            for one in lines
        ],
    )
    terminal.answer([_line_json(one) for one in lines])
    return 0


def _show(wish: Show, terminal: Terminal) -> int:
    with opened(terminal) as site, site.database.reading() as connection:
        shown = show_notice(connection, wish.id)
        heard = heard_of(connection, wish.id)
    line = shown.line
    terminal.say(
        _("%(id)s to %(person)s on %(channel)s: %(state)s")
        % {
            "id": line.id,
            "person": line.person,
            "channel": line.channel,
            "state": notice_words()[line.state],
        }
    )
    if line.reason:
        terminal.say(_("reason: %(reason)s") % {"reason": reason_text(line.reason)})
    _show_tries(terminal, shown.tries, site)
    _show_receipts(terminal, heard, site)
    terminal.table(
        [_("tellings"), _("how many")],
        [(outcome_text(state), count) for state, count in shown.tellings],
    )
    terminal.answer(
        {
            **_line_json(line),
            "give_up_at": shown.give_up_at,
            "may_repeat": shown.may_repeat,
            "attempts": [asdict(one) for one in shown.tries],
            "receipts": [asdict(one) for one in heard],
            "tellings": {state.value: count for state, count in shown.tellings},
        }
    )
    return 0


def _show_tries(terminal: Terminal, tries: Sequence[Try], site: Site) -> None:
    results = result_words()
    terminal.table(
        [_("tried at"), _("channel"), _("result"), _("reason"), _("answer")],
        [
            (
                _when(one.started_at, site),
                one.channel,
                results.get(one.result, one.result) if one.result else _("no answer yet"),
                _why(one.reason),
                one.detail or one.reference,
            )
            for one in tries
        ],
    )


def _show_receipts(terminal: Terminal, heard: Sequence[Heard], site: Site) -> None:
    if not heard:
        return
    terminal.table(
        [_("receipt at"), _("channel"), _("part"), _("result"), _("reason")],
        [
            (
                _when(one.received_at, site),
                one.channel,
                one.part or "",
                _("arrived") if one.arrived else _("not arrived"),
                one.reason,
            )
            for one in heard
        ],
    )


def _retry(wish: Some, terminal: Terminal) -> int:
    def act(connection: Connection, site: Site, now: datetime) -> int:
        ids = [*map(_known(connection), wish.ids)] or failed_notices(connection)
        return redrive(connection, ids, site.timetable.quiet.next_allowed, now=now)

    return _change(act, _Told(Act.RETRIED, wish, _("Messages tried again: %(count)s")), terminal)


def _hold(wish: Some, terminal: Terminal) -> int:
    def act(connection: Connection, _site: Site, now: datetime) -> int:
        if wish.ids:
            return hold_notices(connection, [*map(_known(connection), wish.ids)], now=now)
        hold_delivery(connection, HeldFor.BY_HAND, now=now)
        return 0

    sentence = _("All delivery is held; `shouwang outbox release` lets it go.")
    if wish.ids:
        sentence = _("Messages held: %(count)s")
    return _change(act, _Told(Act.HELD, wish, sentence), terminal)


def _release(wish: Some, terminal: Terminal) -> int:
    def act(connection: Connection, site: Site, now: datetime) -> int:
        allowed = site.timetable.quiet.next_allowed
        if wish.ids:
            ids = [*map(_known(connection), wish.ids)]
            return release_notices(connection, ids, allowed, now=now)
        return release_delivery(connection, allowed, now=now)

    sentence = _("Delivery goes on. Held messages let go: %(count)s")
    if wish.ids:
        sentence = _("Messages let go: %(count)s")
    return _change(act, _Told(Act.RELEASED, wish, sentence), terminal)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a change is called in the audit chain, what was asked, and what is said of it."""

    kind: Act
    wish: Some
    sentence: str


def _change(
    act: Callable[[Connection, Site, datetime], int], told: _Told, terminal: Terminal
) -> int:
    with opened(terminal) as site:
        with site.database.writing() as connection:
            count = act(connection, site, site.clock())
            about = told.wish.ids[0] if len(told.wish.ids) == 1 else None
            reach = "named" if told.wish.ids else "all"
            note(connection, site, told.kind, subject=about, reach=reach, messages=count)
        announce(site.database)
    terminal.say(told.sentence % {"count": count})
    terminal.answer({"count": count})
    return 0


def _known(connection: Connection) -> Callable[[str], str]:
    """Answer what refuses ids that are not there, before anything is changed."""
    return lambda notice_id: show_notice(connection, notice_id).line.id


def _line_json(line: NoticeLine) -> dict[str, object]:
    plain = asdict(line)
    plain["class"] = plain.pop("klass")
    return plain


def _why(reason: str | None) -> str | None:
    return reason_text(reason) if reason else None


def _when(moment: datetime, site: Site) -> str:
    return f"{moment.astimezone(site.zone):%Y-%m-%d %H:%M}"
