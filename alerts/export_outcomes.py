"""What became of each telling, as a workbook: the proof that nothing was lost."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO

from sqlalchemy import Connection, select

from alerts.listing import WIDTHS, Asked, Places, made_on, place_headings
from alerts.states import Outcome
from alerts.tables import alerts, notices, outcomes, steps, tellings
from alerts.wording import day_text, outcome_text, reason_text, role_text
from config.language import catalogue
from ledgers.exporting import Cell, SheetPlan, write_workbook
from ledgers.tables import entries, persons

_ = catalogue("alerts")

_DAY = (time.min, time.max)


def export_outcomes(
    connection: Connection, asked: Asked, stream: BinaryIO, *, days: tuple[date, date]
) -> int:
    """Write what became of each telling made on these days; answer how many rows."""
    places = Places.load(connection, asked)
    headings = [
        *place_headings(),
        _("number"),
        _("matter"),
        _("due on"),
        _("reminder for"),
        _("role"),
        _("person"),
        _("passed on by"),
        _("channel"),
        _("outcome"),
        _("reason"),
        _("at"),
    ]
    first, last = (day_text(day) for day in days)
    plan = SheetPlan(
        title=_("outcomes"),
        headings=headings,
        rows=_rows(connection, asked, places, days),
        heading=_("What became of each reminder, %(from)s to %(to)s") % {"from": first, "to": last},
        note=made_on(asked),
        widths=WIDTHS,
        landscape=True,
    )
    return write_workbook(stream, [plan])


def _rows(
    connection: Connection, asked: Asked, places: Places, days: tuple[date, date]
) -> Iterator[list[Cell]]:
    configuration, zone = asked.in_force.configuration, asked.in_force.timetable.zone
    for row in connection.execute(_tellings(asked, days)):
        rule = configuration.rules.get(row.rule)
        yield [
            *places.of(row.lives_in),
            row.number,
            rule.say if rule else row.rule,
            row.due_on,
            row.on_date,
            role_text(configuration.roles, row.role),
            row.handle,
            row.via,
            row.channel,
            outcome_text(Outcome(row.state)),
            reason_text(row.reason) if row.reason else None,
            f"{row.at.astimezone(zone):%Y-%m-%d %H:%M}",
        ]


def _tellings(asked: Asked, days: tuple[date, date]) -> Any:
    zone = asked.in_force.timetable.zone
    begins, ends = (datetime.combine(day, at, zone) for day, at in zip(days, _DAY, strict=True))
    via = persons.alias("via")
    last_move = (
        select(outcomes.c.at)
        .where(outcomes.c.telling_id == tellings.c.id)
        .order_by(outcomes.c.at.desc(), outcomes.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            entries.c.lives_in,
            entries.c.number,
            alerts.c.rule,
            alerts.c.due_on,
            steps.c.on_date,
            tellings.c.role,
            persons.c.handle,
            via.c.handle.label("via"),
            notices.c.channel,
            tellings.c.state,
            tellings.c.reason,
            last_move.label("at"),
        )
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .join(steps, steps.c.id == tellings.c.step_id)
        .join(entries, entries.c.id == alerts.c.entry_id)
        .join(persons, persons.c.id == tellings.c.person_id)
        .outerjoin(via, via.c.id == tellings.c.via)
        .outerjoin(notices, notices.c.id == tellings.c.notice_id)
        .where(
            tellings.c.made_at.between(begins, ends),
            asked.covers(entries.c.lives_in),
        )
        .order_by(entries.c.lives_in, entries.c.number, tellings.c.made_at, tellings.c.id)
    )
