"""What stands in a notice at the moment of sending: only what is still true (DESIGN.md 3, 3)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select, update

from alerts.counterparts import Counterparts
from alerts.directory import batches
from alerts.items import CHILDREN, Item, Open, Ruled, item_of, ruled_by, suggesting
from alerts.open_items import tried_in_vain
from alerts.outcomes import move
from alerts.put_off import PutOff
from alerts.recipients import LEVEL_DIGITS
from alerts.states import Closed, Outcome
from alerts.tables import alerts, notices, steps, tellings
from alerts.written import first_line, written_step
from config.model import Configuration
from ledgers.among import among_named
from ledgers.tables import entries, regions

_OUTCOME_OF = {Closed.DONE: Outcome.RESOLVED, Closed.EXPIRED: Outcome.EXPIRED}
_SAID = (Outcome.SENT.value, Outcome.DELIVERED.value, Outcome.RELAYED.value)


class Said(NamedTuple):
    """One pending telling of a notice. `via` is set where the notice's person passes it on.

    `is_asked`: the step is for the role itself, which does not stand in for somebody below.
    `is_summary`: the step is written `as: summary`, and no entry of it is named.
    """

    telling_id: str
    person_id: str
    via: str | None
    role: str
    escalation: bool
    item: Item
    is_asked: bool = False
    is_summary: bool = False
    first_line: str = ""


def read_true(
    connection: Connection,
    notice_ids: Collection[str],
    configuration: Configuration,
    *,
    today: date,
    now: datetime,
) -> dict[str, list[Said]]:
    """Answer what notices say now, in the order it was put in, and end what they no longer say.

    What was done or withdrawn ends; what was acknowledged or silenced meanwhile, or is the concern
    of somebody new, leaves its notice and waits, as a telling without one, for the next slot after.
    """
    kept: dict[str, list[Said]] = {notice: [] for notice in notice_ids}
    ended: dict[tuple[Outcome, str], list[str]] = defaultdict(list)
    deferred: list[str] = []
    rows = list(_rows_of(connection, _PENDING, notice_ids))
    later = PutOff.read(connection, configuration, rows, today)
    sayings = _Sayings(configuration, Counterparts.read(connection, configuration, rows))
    for row in rows:
        if row.closed_how is not None:
            outcome = _OUTCOME_OF.get(Closed(row.closed_how), Outcome.SUPPRESSED)
            ended[outcome, row.closed_how].append(row.telling_id)
        elif later.has(row):
            deferred.append(row.telling_id)
        else:
            kept[row.notice_id].append(sayings.said(row))
    for (outcome, reason), ids in ended.items():
        move(connection, ids, outcome, now=now, reason=reason)
    take_out(connection, deferred)
    return kept


def read_echoed(
    connection: Connection, sources: Mapping[str, str], configuration: Configuration
) -> dict[str, list[Said]]:
    """Answer what notices say that echo others: what those say or said, and is still open.

    `sources` has the notice that each one echoes.
    """
    if not sources:
        return {}
    rows = list(_rows_of(connection, _ECHOED, set(sources.values())))
    sayings = _Sayings(configuration, Counterparts.read(connection, configuration, rows))
    said: dict[str, list[Said]] = defaultdict(list)
    for row in rows:
        said[row.notice_id].append(sayings.said(row))
    return {echo: said[source] for echo, source in sources.items()}


def take_out(connection: Connection, telling_ids: Sequence[str]) -> None:
    """Leave tellings without a notice: the next slot puts them into one again."""
    for batch in batches(telling_ids):
        connection.execute(update(tellings).where(tellings.c.id.in_(batch)).values(notice_id=None))


def told_and_open(
    connection: Connection, person_id: str, notice_id: str, configuration: Configuration
) -> list[Item]:
    """Answer everything a person has been told and that is open, with what the notice says now."""
    in_this = tellings.c.notice_id == notice_id
    pending = in_this & (tellings.c.state == Outcome.PENDING.value)
    query = _columns().join(notices, notices.c.id == tellings.c.notice_id)
    rows = connection.execute(
        query.where(
            notices.c.person_id == person_id,
            tellings.c.state.in_(_SAID) | pending,
            alerts.c.closed_at.is_(None),
        )
    ).all()
    sayings = _Sayings(configuration, Counterparts.read(connection, configuration, rows))
    return [sayings.said(row).item for row in rows]


def count_older(
    connection: Connection, notice_ids: Collection[str], informing: Collection[str]
) -> dict[str, dict[str, int]]:
    """Count open alerts told before to a notice's person and not in it, by notice and who was told.

    Those of rules that are `informing` only are nothing to be done.
    """
    found: dict[str, dict[str, int]] = {notice: {} for notice in notice_ids}
    for row in _rows_of(connection, _OLDER, notice_ids, informing=sorted(informing)):
        found[row.this_notice][row.person_id] = row.alerts
    return found


def region_names(connection: Connection, codes: Iterable[str]) -> dict[str, str]:
    """Answer the names of divisions; one that is not known is missing."""
    query = _NAMES[connection.dialect.name]
    found: dict[str, str] = {}
    for batch in batches(sorted(set(codes))):
        found.update((row.code, row.name) for row in connection.execute(query, {"codes": batch}))
    return found


def populations(connection: Connection, places: Iterable[str]) -> dict[str, int]:
    """Count the children in the ledger of each village."""
    found: dict[str, int] = {}
    for batch in batches(sorted(set(places))):
        query = (
            select(entries.c.lives_in, func.count())
            .where(
                entries.c.ledger == CHILDREN,
                entries.c.status == "active",
                entries.c.lives_in.in_(batch),
            )
            .group_by(entries.c.lives_in)
        )
        found.update((place, count) for place, count in connection.execute(query))
    return found


_ITEM_COLUMNS: tuple[Any, ...] = (
    alerts.c.id.label("alert_id"),
    alerts.c.rule,
    alerts.c.variant,
    alerts.c.anchor_on,
    alerts.c.due_on,
    alerts.c.entry_id,
    entries.c.number,
    entries.c.lives_in,
    tried_in_vain().label("not_reached"),
)


def _columns() -> Any:
    return (
        select(
            *_ITEM_COLUMNS,
            tellings.c.id.label("telling_id"),
            tellings.c.person_id,
            tellings.c.via,
            tellings.c.role,
            steps.c.step,
            steps.c.escalation,
            steps.c.on_date,
            entries.c.registered_in,
            alerts.c.closed_how,
            alerts.c.deferred_until,
        )
        .select_from(tellings)
        .join(steps, steps.c.id == tellings.c.step_id)
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .join(entries, entries.c.id == alerts.c.entry_id)
    )


def _within(dialect: str) -> Any:
    return (
        _columns()
        .add_columns(tellings.c.notice_id)
        .where(among_named(dialect, tellings.c.notice_id, "notices"))
        .order_by(tellings.c.id)
    )


def _pending(dialect: str) -> Any:
    return _within(dialect).where(tellings.c.state == Outcome.PENDING.value)


def _echoed(dialect: str) -> Any:
    under_way = (Outcome.PENDING.value, Outcome.SENDING.value, Outcome.UNKNOWN.value)
    return _within(dialect).where(
        tellings.c.state.in_((*under_way, *_SAID)), alerts.c.closed_at.is_(None)
    )


def _older(dialect: str) -> Any:
    this, same = notices.alias("this"), tellings.alias("same")
    said_here = select(same.c.id).where(
        same.c.alert_id == tellings.c.alert_id,
        or_(
            and_(same.c.notice_id == this.c.id, same.c.state == Outcome.PENDING.value),
            same.c.notice_id == this.c.echo_of,
        ),
    )
    return (
        select(
            this.c.id.label("this_notice"),
            tellings.c.person_id,
            func.count(tellings.c.alert_id.distinct()).label("alerts"),
        )
        .select_from(this)
        .join(notices, notices.c.person_id == this.c.person_id)
        .join(tellings, tellings.c.notice_id == notices.c.id)
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .where(
            among_named(dialect, this.c.id, "notices"),
            tellings.c.state.in_(_SAID),
            alerts.c.closed_at.is_(None),
            alerts.c.rule.not_in(bindparam("informing", expanding=True)),
            ~said_here.exists(),
        )
        .group_by(this.c.id, tellings.c.person_id)
    )


# Put together once, for every batch of messages.
_PENDING = {dialect: _pending(dialect) for dialect in ("sqlite", "postgresql")}
_ECHOED = {dialect: _echoed(dialect) for dialect in ("sqlite", "postgresql")}
_OLDER = {dialect: _older(dialect) for dialect in ("sqlite", "postgresql")}
_NAMES = {
    dialect: select(regions.c.code, regions.c.name).where(
        among_named(dialect, regions.c.code, "codes")
    )
    for dialect in ("sqlite", "postgresql")
}


def _rows_of(
    connection: Connection, queries: Mapping[str, Any], notice_ids: Collection[str], **values: Any
) -> Iterator[Row[Any]]:
    query = queries[connection.dialect.name]
    for batch in batches(list(notice_ids)):
        yield from connection.execute(query, {"notices": batch, **values}).all()


class _Written(NamedTuple):
    """What the configuration says of one step, whoever is told: read once for all that tell it."""

    tell: Collection[str]
    by: int | None
    is_summary: bool
    first_line: str
    ruled: Ruled


class _Sayings:
    """Makes what is said of the rows of one batch."""

    def __init__(self, configuration: Configuration, others: Counterparts) -> None:
        self._configuration = configuration
        self._others = others
        self._written: dict[tuple[str, str, str], _Written] = {}

    def said(self, row: Row[Any]) -> Said:
        """Answer what one telling says."""
        rule, variant, step = key = row.rule, row.variant, row.step
        written = self._written.get(key)
        if written is None:
            written = self._written[key] = _written(self._configuration, rule, variant, step)
        item = self._others.naming(_item(row, written), row)
        escalation = row.escalation
        return Said(
            row.telling_id,
            row.person_id,
            row.via,
            row.role,
            escalation,
            suggesting(self._configuration, item, rule, None if escalation else row.on_date),
            is_asked=row.role in written.tell,
            is_summary=written.is_summary,
            first_line=written.first_line,
        )


def _written(configuration: Configuration, rule: str, variant: str, step: str) -> _Written:
    line, ruled = first_line(configuration, rule), ruled_by(configuration, rule)
    found = written_step(configuration, rule, variant, step)
    if found is None:
        return _Written((), None, is_summary=False, first_line=line, ruled=ruled)
    by = LEVEL_DIGITS[found.by] if found.by else None
    return _Written(found.tell, by, found.shown_as == "summary", line, ruled)


def _item(row: Any, written: _Written) -> Item:
    found = Open(
        row.alert_id,
        row.entry_id,
        row.number,
        row.lives_in,
        row.rule,
        row.due_on,
        row.anchor_on,
        bool(row.not_reached),
    )
    return item_of(written.ruled, found, by=written.by)
