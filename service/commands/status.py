"""`status`: how things stand: what is open, what waits, what failed, whether the daemon lives."""

from dataclasses import asdict
from datetime import datetime

import click
from sqlalchemy import Connection, select

from alerts.matters import ABOUT_ENTRIES, Matter, MatterKind
from alerts.open_items import Standing
from alerts.states import NoticeState
from alerts.status import Status, read_status
from alerts.unconfigured import level_of, rule_of
from alerts.wording import role_text
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from ledgers.regions import region_names
from ledgers.tables import entries
from service.authority import authority
from service.commandline import for_users, make
from service.commands.sites import daemon_runs, looking, opened
from service.terminal import Terminal
from service.wiring import Site
from service.words import held_words, matter_words, notice_words, standing_words

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Wish:
    """Nothing can be asked of it."""


@for_users
def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _("Shows what is open, what waits to go out, what failed, and what must be mended.")
    return make(Wish, _do, name="status", about=about)


def _do(_wish: Wish, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.READ_LISTS)
        with looking(site, site.clock()) as (connection, in_force, today):
            status = read_status(connection, in_force, today=today, within=who.scope)
            regions = [one.matter.region for one in status.matters if one.matter.region]
            names = {**region_names(connection, regions), **_numbers(connection, status)}
        runs = daemon_runs(site.database)
    _tell(status, site, names, terminal)
    terminal.say(_("The daemon is running.") if runs else _("No daemon is running."))
    terminal.answer({**_as_json(status), "daemon": runs})
    return 0


def _numbers(connection: Connection, status: Status) -> dict[str, str]:
    """Answer the village numbers of entries that something is the matter with."""
    ids = [one.matter.subject for one in status.matters if one.matter.kind in ABOUT_ENTRIES]
    query = select(entries.c.id, entries.c.number).where(entries.c.id.in_(ids))
    return dict(iter(connection.execute(query)))


def _tell(status: Status, site: Site, names: dict[str, str], terminal: Terminal) -> None:
    terminal.say(
        _("%(office)s, %(day)s. Active entries: %(entries)s")
        % {"office": site.configuration.site.name, "day": status.on, "entries": status.entries}
    )
    _tell_warnings(status, terminal)
    words = standing_words()
    standings = [one for one in Standing if one is not Standing.INFORMS or status.open[one]]
    terminal.say()
    terminal.table(
        [_("rule"), *(words[one] for one in standings), _("never recorded, in all")],
        [
            (rule.title or rule.rule, *(rule.open[one] for one in standings), rule.unrecorded)
            for rule in status.rules
        ],
    )
    terminal.say()
    states = notice_words()
    terminal.table(
        [_("messages"), _("how many")],
        [(states[state], count) for state, count in status.notices.items() if count],
    )
    for label, moment in (
        (_("last pass: %(when)s"), status.last_pass_at),
        (_("last message taken by its channel: %(when)s"), status.last_sent_at),
    ):
        terminal.say(label % {"when": _when(moment, site)})
    sentences = matter_words()
    if status.matters:
        terminal.say(_("To be mended:"))
    for found in status.matters:
        matter = found.matter
        place = names.get(matter.region or "", matter.region or "")
        what = sentences.get(matter.kind, matter.kind)
        terminal.say(f"  {' · '.join(filter(None, [what, place, _which(matter, site, names)]))}")


def _which(matter: Matter, site: Site, names: dict[str, str]) -> str:
    """Answer what a matter is about, in words the office knows."""
    configuration = site.configuration
    if matter.kind == MatterKind.NO_RECIPIENT:
        return role_text(configuration.roles, matter.subject.partition(":")[0])
    if matter.kind == MatterKind.NOT_CONFIGURED:
        rule = configuration.rules.get(rule_of(matter.subject))
        titles = {level.id: level.title for level in configuration.levels}
        level = level_of(matter.subject)
        named = titles.get(level, level) or _("no level")
        return " · ".join(filter(None, [rule.title or rule.say if rule else "", named]))
    return names.get(matter.subject, matter.subject)


def _tell_warnings(status: Status, terminal: Terminal) -> None:
    if status.held_for is not None:
        why = held_words()[status.held_for]
        terminal.say(
            _("Delivery is held (%(why)s); `shouwang outbox release` lets it go.") % {"why": why}
        )
    if status.unfinished_imports:
        terminal.say(
            _("Imports that were broken off: %(count)s; import those files again.")
            % {"count": len(status.unfinished_imports)}
        )
    for channel in status.channels:
        if channel.open_until is not None:
            terminal.say(
                _("Channel %(name)s rests after failures: %(why)s")
                % {"name": channel.name, "why": channel.reason or channel.failures}
            )
    for label, count in (
        (_("rows that wait to be mended: %(count)s"), status.rows_to_mend),
        (_("children without consent: %(count)s"), status.without_consent),
        (_("messages that failed for good: %(count)s"), status.dead_letters),
        (_("silences that hold: %(count)s"), status.silences),
        (_("open matters put off: %(count)s"), status.deferred),
    ):
        if count:
            terminal.say(label % {"count": count})
    for year in status.provisional_years:
        terminal.say(
            _("The days off of %(year)s are not known yet; dates there are provisional.")
            % {"year": year}
        )


def _when(moment: datetime | None, site: Site) -> str:
    return _("never") if moment is None else f"{moment.astimezone(site.zone):%Y-%m-%d %H:%M}"


def _as_json(status: Status) -> dict[str, object]:
    """Answer all of it by the names of its fields; `docs/command-line.md` lists them."""
    plain = asdict(status)
    plain["notices"] = {state.value: status.notices[state] for state in NoticeState}
    plain["held_for"] = status.held_for.value if status.held_for else None
    return plain
