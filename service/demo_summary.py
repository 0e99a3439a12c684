"""What the demo shows of each act of its story: counted from the same tables that daemons use."""

from collections import Counter
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import func, select

from alerts.in_force import InForce
from alerts.open_items import Standing
from alerts.states import Closed, Outcome
from alerts.status import Status, read_status
from alerts.tables import alerts, tellings
from alerts.wording import role_text
from config.language import catalogue
from ledgers.imports import Count, ImportReport
from ledgers.problems import problem_sentence
from ledgers.rows import Severity
from service.demo_office import Inbox, html_of, text_of
from service.passes import Ticked
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")

EXAMPLE_FILE = "example.html"
_EXAMPLES_SHOWN = 9


def show_import(terminal: Terminal, report: ImportReport) -> None:
    """Say what an import brought in, and which rows it could not take."""
    counts = report.counts
    terminal.say(
        _(
            "  %(file)s: %(read)s rows read; entries: %(new)s new; people: %(persons)s;"
            " posts: %(posts)s; villages and towns: %(regions)s; past dates: %(records)s;"
            " put aside: %(quarantined)s"
        )
        % {
            "file": report.file,
            "read": counts[Count.READ],
            "new": counts[Count.NEW],
            "persons": counts[Count.PERSONS],
            "posts": counts[Count.POSTS],
            "regions": counts[Count.REGIONS],
            "records": counts[Count.RECORDS],
            "quarantined": counts[Count.QUARANTINED],
        }
    )
    put_aside = [p for p in report.problems if p.severity is Severity.REFUSED]
    for problem in put_aside[:_EXAMPLES_SHOWN]:
        place = problem.place
        terminal.say(
            _("    put aside: %(sheet)s row %(row)s, %(column)s: %(why)s")
            % {
                "sheet": place.sheet,
                "row": place.row,
                "column": place.column or _("whole row"),
                "why": problem_sentence(problem),
            }
        )


def show_due(terminal: Terminal, site: Site, told: Ticked) -> None:
    """Say what one pass found, by rule."""
    status = _status(site)
    terminal.table(
        [_("rule"), _("open"), _("overdue"), _("never recorded")],
        [
            [
                rule.title,
                sum(rule.open.values()),
                rule.open.get(Standing.OVERDUE, 0),
                rule.unrecorded,
            ]
            for rule in status.rules
        ],
    )
    terminal.say(
        _(
            "  The never recorded are not overdue: their first dates are spread over 90 days."
            " Steps told: %(tellings)s, said by a newer one: %(merged)s, messages: %(notices)s."
        )
        % {
            "tellings": told.opened.tellings,
            "merged": told.opened.merged,
            "notices": told.opened.notices,
        }
    )


def show_sent(terminal: Terminal, site: Site, inbox: Inbox) -> None:
    """Say which mails arrived, and how many tellings went to whom in what way."""
    for path, mail in inbox.mails():
        terminal.say(f"  {path.name}  {mail['Subject']}")
    with site.database.reading() as connection:
        rows = connection.execute(
            select(tellings.c.role, tellings.c.state, func.count())
            .group_by(tellings.c.role, tellings.c.state)
            .order_by(tellings.c.role, tellings.c.state)
        ).all()
    roles = site.configuration.roles
    terminal.table(
        [_("told to"), _("outcome"), _("number")],
        [[role_text(roles, role), _outcome(state), count] for role, state, count in rows],
    )


def show_form(terminal: Terminal, site: Site, lines: int, reports: Sequence[ImportReport]) -> None:
    """Say what the returned form closed, and that returning it again changes nothing."""
    first, second = reports
    terminal.say(
        _(
            "  Lines filled in: %(lines)s; recorded: %(records)s; matters closed by it: %(closed)s."
            " (Not reached closes nothing.)"
        )
        % {
            "lines": lines,
            "records": first.counts[Count.RECORDS],
            "closed": len(_closed(site)),
        }
    )
    if second.changed_nothing:
        terminal.say(_("  Imported a second time: nothing changed."))


def show_next(
    terminal: Terminal, site: Site, mails: Sequence[tuple[Path, EmailMessage]], *, to: str
) -> None:
    """Show the next mail to whoever returned the form, and that it lists nothing that was closed."""
    for path, mail in mails:
        terminal.say(f"  {path.name}  {mail['Subject']}")
        for line in text_of(mail).splitlines() if mail["To"] == to else ():
            terminal.say(f"  | {line}")
    with site.database.reading() as connection:
        told_again = connection.execute(
            select(func.count())
            .select_from(tellings)
            .join(alerts, alerts.c.id == tellings.c.alert_id)
            .where(tellings.c.made_at > alerts.c.closed_at)
        ).scalar_one()
    terminal.say(
        _("  Of the %(closed)s closed matters it lists: %(again)s.")
        % {"closed": len(_closed(site)), "again": told_again}
    )


def show_outcomes(terminal: Terminal, site: Site) -> None:
    """Say what became of everything that was to be told."""
    with site.database.reading() as connection:
        states = Counter(connection.execute(select(tellings.c.state)).scalars())
        ends = Counter(
            connection.execute(
                select(alerts.c.closed_how).where(alerts.c.closed_how.is_not(None))
            ).scalars()
        )
        still_open = connection.execute(
            select(func.count()).where(alerts.c.closed_at.is_(None))
        ).scalar_one()
    terminal.say(_("5. What became of it"))
    terminal.table(
        [_("tellings"), _("number")], [[_outcome(s), n] for s, n in states.most_common()]
    )
    terminal.say(
        _("  Matters still open: %(open)s; closed because they were done: %(done)s.")
        % {"open": still_open, "done": ends[Closed.DONE.value]}
    )


def show_places(terminal: Terminal, home: Path, inbox: Inbox) -> None:
    """Say where everything lies, and show one mail as it was read."""
    path, mail = max(inbox.mails()[:_EXAMPLES_SHOWN], key=lambda found: str(found[1]["To"]))
    example = home / EXAMPLE_FILE
    example.write_text(html_of(mail), encoding="utf-8")
    terminal.say(_("6. One of the mails (%(file)s)") % {"file": path.name})
    for line in text_of(mail).splitlines():
        terminal.say(f"  | {line}")
    terminal.say(_("All mails: %(folder)s") % {"folder": inbox.folder})
    terminal.say(_("One of them as a page: %(file)s") % {"file": example})
    terminal.say(
        _("The county's folder, to look at and use on (cd there, then `shouwang status`): %(home)s")
        % {"home": home}
    )


def _closed(site: Site) -> list[str]:
    done = select(alerts.c.id).where(alerts.c.closed_how == Closed.DONE.value)
    with site.database.reading() as connection:
        return list(connection.execute(done).scalars())


def _status(site: Site) -> Status:
    now = site.clock()
    today = site.today(now)
    with site.database.writing() as connection:
        in_force = InForce(site.plan(connection, today=today), site.timetable)
        return read_status(connection, in_force, today=today)


def _outcome(state: str) -> str:
    words = {
        Outcome.PENDING.value: _("waiting for its message"),
        Outcome.SENT.value: _("sent"),
        Outcome.DELIVERED.value: _("arrived"),
        Outcome.RELAYED.value: _("relayed through the next above"),
        Outcome.MERGED.value: _("said by a newer one"),
        Outcome.RESOLVED.value: _("done before it went out"),
        Outcome.FAILED.value: _("failed"),
    }
    return words.get(state, state)
