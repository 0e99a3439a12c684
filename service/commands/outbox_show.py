"""`outbox show`: one message by its id: its tries and what became of it, never its words."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import click

from alerts.awaiting import Heard, heard_of
from alerts.notices import NoticeLine, Try, show_notice
from alerts.wording import outcome_text, reason_text
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from service.authority import authority
from service.commandline import argument, for_users, make
from service.commands.sites import opened
from service.terminal import Terminal
from service.wiring import Site
from service.words import notice_words, result_words

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Show:
    """Which message is shown."""

    id: str


@for_users
def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _("Shows one message: its tries, and how many tellings stand how.")
    params = [argument("id", about=_("its id; `shouwang outbox list` shows it"))]
    return make(Show, _show, name="show", about=about, params=params)


def _show(wish: Show, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.READ_LISTS)
        with site.database.reading() as connection:
            shown = show_notice(connection, wish.id, within=who.scope)
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
            **line_json(line),
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
                when(one.started_at, site),
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
                when(one.received_at, site),
                one.channel,
                one.part or "",
                _("arrived") if one.arrived else _("not arrived"),
                one.reason,
            )
            for one in heard
        ],
    )


def line_json(line: NoticeLine) -> dict[str, object]:
    """Answer a message's line for a machine."""
    plain = asdict(line)
    plain["class"] = plain.pop("klass")
    return plain


def _why(reason: str | None) -> str | None:
    return reason_text(reason) if reason else None


def when(moment: datetime, site: Site) -> str:
    """Say an instant in the site's zone."""
    return f"{moment.astimezone(site.zone):%Y-%m-%d %H:%M}"
