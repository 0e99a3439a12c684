"""`void`: a record was a mistake; it stays, counts no more, and what it closed opens again."""

import click

from alerts.acts import Voiding, void
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from service.auditing import Act, note
from service.authority import authority
from service.commandline import arguments, for_users, make, option
from service.commands.sites import acting, opened
from service.inputs import Reason
from service.naming import doer_called
from service.terminal import Terminal

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which records, why, and who says so."""

    ids: tuple[str, ...]
    reason: str | None
    by: str | None


@for_users
def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="void",
        about=_(
            "Declares records a mistake. They stay and count no more; what only they had closed "
            "opens again at the next pass."
        ),
        params=[
            arguments("ids", about=_("ids of records; `shouwang explain` shows them")),
            option("--reason", about=_("why, in a few words without a name"), kind=Reason()),
            option("--by", about=_("who says so: handle (P-0007), phone or name")),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.RECORD)
        now = site.clock()
        with acting(site, now) as (connection, plan, today):
            by = doer_called(connection, site.vault, wish.by, within=who.people())
            voiding = Voiding(wish.ids, wish.reason or "mistake", by, within=who.scope)
            count = void(connection, plan, voiding, now=now, today=today)
            about = wish.ids[0] if len(wish.ids) == 1 else None
            note(connection, site, Act.VOIDED, subject=about, records=count)
    if count:
        terminal.say(_("Records voided: %(count)s") % {"count": count})
    if count < len(set(wish.ids)):
        terminal.say(_("The others were void already.") if count else _("Void already."))
    terminal.answer({"voided": count})
    return 0
