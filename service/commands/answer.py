"""`answer`: somebody has seen it and takes it on; nobody else is called."""

import click

from alerts.acts import Answer, answer
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from service.auditing import Act, note
from service.authority import authority
from service.commandline import argument, for_users, make, option
from service.commands.sites import acting, opened
from service.errors import CommandWrong
from service.naming import entry_called, person_called
from service.terminal import Terminal

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is answered, by whom; perhaps for one entry only."""

    to: str
    by: str | None
    entry: str | None


@for_users
def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="answer",
        about=_(
            "Notes that somebody has answered: `answer 暴雨 --by P-0007`. It settles all that this "
            "person was told of the signal, or one child where the rule asks for each; nobody else "
            "is called."
        ),
        params=[
            argument("to", about=_("name of the signal or rule, or an alert's id")),
            option("--by", about=_("who answered: handle (P-0007), phone or name")),
            option("--entry", about=_("only for this one, such as 青山-03")),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    if wish.by is None:
        raise CommandWrong(_("who answered? Give --by"))
    with opened(terminal) as site:
        who = authority(site, terminal, Right.RECORD)
        now = site.clock()
        with acting(site, now) as (connection, plan, today):
            named = [wish.entry] if wish.entry else []
            entries = [entry_called(connection, one, within=who.scope) for one in named]
            by = person_called(connection, site.vault, wish.by, within=who.people())
            given = Answer(wish.to, by, entries, within=who.scope)
            done = answer(connection, plan, given, now=now, today=today)
            note(connection, site, Act.ANSWERED, subject=by, alerts=len(done.closed))
    if done.closed:
        terminal.say(_("Matters closed by the answer: %(count)s") % {"count": len(done.closed)})
    else:
        terminal.say(_("It was settled before; nothing changed."))
    terminal.answer({"closed": list(done.closed)})
    return 0
