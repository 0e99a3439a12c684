"""`record`: what was done, for one entry or several; it settles what it answers."""

from dataclasses import replace
from datetime import date

import click

from alerts.acts import DONE, Recorded, RecordRequest, RecordSource, record
from config.language import catalogue
from config.lean import dataclass
from config.model import Configuration
from ledgers.access.roles import Right
from service.auditing import Act, note
from service.authority import authority
from service.commandline import argument, arguments, flag, for_users, make, option
from service.commands.sites import acting, opened
from service.errors import CommandWrong
from service.inputs import Day, Word
from service.naming import doer_called, entries_called, kind_called, other_region_called
from service.terminal import Terminal

_ = catalogue("service")

METHODS = {"home": ("入户",), "phone": ("电话",), "video": ("视频",), "school": ("到校",)}
RESULTS = {
    DONE: ("已完成", "完成"),
    "not-reached": ("未联系上",),
    "moved": ("已搬离",),
    "refused": ("拒绝",),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What was done, to whom, by whom. What is not said stays unknown."""

    refs: tuple[str, ...]
    kind: str
    on: date | None
    by: str | None
    method: str | None
    result: str | None
    not_seen: bool
    not_well: bool
    with_region: str | None


@for_users
def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="record",
        about=_(
            "Records what was done, for one child or several: `record 青山-03 青山-05 visit`. "
            "It settles what it answers. The same twice is one record."
        ),
        params=[
            arguments("refs", about=_("village numbers, such as 青山-03")),
            argument("kind", about=_("kind of record, such as contact or 入户走访")),
            option("--on", about=_("the day it was done; today if left out"), kind=Day()),
            option("--by", about=_("who did it: handle (P-0007), phone or name")),
            option("--method", about=_("入户, 电话, 视频 or 到校"), kind=Word("HOW", METHODS)),
            option(
                "--result",
                about=_("已完成 (if left out), 未联系上, 已搬离 or 拒绝"),
                kind=Word("RESULT", RESULTS),
            ),
            flag("--not-seen", about=_("the child was not seen in person")),
            flag("--not-well", about=_("not all is well; the supervisor is told the same day")),
            option(
                "--with-region",
                about=_("the other region of a request across regions: code, or county by name"),
            ),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.RECORD)
        now = site.clock()
        kind = kind_called(site.configuration, wish.kind)
        other = _other_region(wish, kind, site.configuration)
        with acting(site, now) as (connection, plan, today):
            entries = entries_called(connection, wish.refs, within=who.scope)
            by = doer_called(connection, site.vault, wish.by, within=who.people())
            on = wish.on or today
            if on > today:
                raise CommandWrong(
                    _("%(day)s lies ahead; only what was done is recorded") % {"day": on}
                )
            wanted = _request(wish, kind, on, by=by, other=other)
            requests = [replace(wanted, entry_id=entry) for entry in entries.values()]
            done = record(connection, plan, requests, now=now, today=today)
            for one in requests:
                if one not in done.known:
                    note(connection, site, Act.RECORDED, subject=one.entry_id, act=kind, on=str(on))
    _tell(done, terminal)
    terminal.answer(
        {
            "recorded": done.new,
            "known": len(done.known),
            "late_entries": done.late_entries,
            "closed": done.closed,
        }
    )
    return 0


def _other_region(wish: Wish, kind: str, configuration: Configuration) -> str | None:
    """Answer the other division's code; a kind that names one must have it, and no other may."""
    about = configuration.records[kind]
    if wish.with_region is None and about.counterpart:
        raise CommandWrong(
            _("“%(kind)s” names the other region: add --with-region CODE") % {"kind": about.title}
        )
    if wish.with_region is not None and not about.counterpart:
        raise CommandWrong(
            _("“%(kind)s” names no other region; leave --with-region out") % {"kind": about.title}
        )
    return None if wish.with_region is None else other_region_called(wish.with_region)


def _request(
    wish: Wish, kind: str, on: date, *, by: str | None, other: str | None
) -> RecordRequest:
    """Answer what is to be recorded, of an entry that is still to be named."""
    return RecordRequest(
        "",
        kind,
        on,
        RecordSource.CLI,
        result=wish.result or DONE,
        method=wish.method,
        recorded_by=by,
        seen_in_person=False if wish.not_seen else None,
        all_well=False if wish.not_well else None,
        counterpart=other,
    )


def _tell(done: Recorded, terminal: Terminal) -> None:
    if done.new:
        terminal.say(_("Recorded: %(count)s") % {"count": len(done.new)})
        for record_id in done.new:
            terminal.say(f"  {record_id}")
    if done.known:
        terminal.say(_("Known already, nothing changed: %(count)s") % {"count": len(done.known)})
    if done.late_entries:
        terminal.say(
            _("Entered late, more than 30 days after: %(count)s") % {"count": done.late_entries}
        )
    terminal.say(_("Matters closed by it: %(count)s") % {"count": done.closed})
