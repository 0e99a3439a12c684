"""`ack`: somebody is at it; nothing new is told for some days."""

from datetime import timedelta

import click

from alerts.deferring import GRACE, Ack, Reason, ack
from alerts.reasons import about_reasons, reason_words
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from service.auditing import Act, note
from service.authority import authority
from service.commandline import arguments, for_users, make, option
from service.commands.sites import acting, opened
from service.inputs import Number, Word
from service.naming import entries_called, rule_called
from service.terminal import Terminal

_ = catalogue("service")

_USUAL_DAYS = 7
_MOST_DAYS = 30


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose matters, for how long, and why."""

    refs: tuple[str, ...]
    days: int | None
    rule: str | None
    reason: Reason | None


@for_users
def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="ack",
        about=_(
            "Puts the open matters of a child off: nothing new is told for some days. It closes "
            "nothing and uses nothing up."
        ),
        params=[
            arguments("refs", about=_("village numbers, such as 青山-03")),
            option(
                "--days",
                about=_("for how many days, today not counted: 1 to 30; 7 if left out"),
                kind=Number(1, _MOST_DAYS),
            ),
            option("--rule", about=_("only the matters of this rule")),
            option("--reason", about=about_reasons(), kind=Word("REASON", reason_words())),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.RECORD)
        now = site.clock()
        rule = rule_called(site.configuration, wish.rule) if wish.rule else None
        with acting(site, now) as (connection, _plan, today):
            until = today + timedelta(days=wish.days or _USUAL_DAYS)
            deferral = Ack(until, Reason(wish.reason or Reason.IN_HAND), rule)
            entries = entries_called(connection, wish.refs, within=who.scope).values()
            deferred = {one: ack(connection, one, deferral, today=today) for one in entries}
            count = sum(deferred.values())
            for entry_id, matters in deferred.items():
                if matters:
                    note(connection, site, Act.PUT_OFF, subject=entry_id, until=str(until))
    if count:
        said = _(
            "Open matters put off to %(day)s, none further than %(grace)s days past its deadline: "
            "%(count)s"
        )
    else:
        said = _(
            "Nothing is open here that could be put off; what is more than %(grace)s days overdue "
            "cannot be."
        )
    terminal.say(said % {"day": until, "count": count, "grace": GRACE.days})
    terminal.answer({"deferred": count, "until": until.isoformat()})
    return 0
