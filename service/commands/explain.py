"""`explain REF`: why, or why not."""

from dataclasses import asdict
from datetime import date

import click

from alerts.explain import explain
from alerts.explained import sentences
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from ledgers.persons import load_persons
from service.auditing import Act, note_alone
from service.authority import authority
from service.commandline import argument, for_users, make, option
from service.commands.sites import looking, opened
from service.inputs import Day
from service.naming import entries_called, person_called
from service.terminal import Terminal, plain

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which child, on which day, and as seen by whom."""

    ref: str
    on: date | None
    person: str | None


@for_users
def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="explain",
        about=_(
            "Says which records and rules led to which day, what was told to whom, what comes "
            "next; and why nothing was told."
        ),
        params=[
            argument("ref", about=_("a village number, such as 青山-03")),
            option("--on", about=_("as it stands on this day; today if left out"), kind=Day()),
            option("--person", about=_("what this person was told, or why not: P-0007 or name")),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.READ_FILE)
        with looking(site, site.clock()) as (connection, in_force, today):
            ((number, entry_id),) = entries_called(connection, [wish.ref], within=who.scope).items()
            handle = None
            if wish.person:
                person_id = person_called(connection, site.vault, wish.person, within=who.people())
                handle = load_persons(connection, site.vault, [person_id])[person_id].handle
            found = explain(connection, in_force, number, on=wish.on or today, person=handle)
            note_alone(site, Act.READ, subject=entry_id)
    for line in sentences(found, site.zone):
        terminal.say(line)
    terminal.answer({**plain(asdict(found)), "sentences": sentences(found, site.zone)})
    return 0
