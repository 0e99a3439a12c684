"""Asks first whether there can be any answer: on most days most questions have none."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, Date, Exists, bindparam, select
from sqlalchemy.sql.selectable import Select

from alerts.cutoffs import Source, Where
from alerts.effective import WatchedRule
from alerts.select import Ask
from alerts.tables import first_dues
from ledgers.tables import entries, entry_fields, last_acts

_MOST = 100
"""Questions in one statement: databases bound its columns and its values."""


def worth_asking(connection: Connection, asks: Sequence[Ask]) -> list[bool]:
    """Say of each question whether anything at all lies in its range; one statement for many.

    Looks at the index alone, so a yes may still find nobody, but a no is certain.
    """
    found: list[bool] = []
    for at in range(0, len(asks), _MOST):
        batch = asks[at : at + _MOST]
        row = connection.execute(_remembered(batch), dict(_values(batch))).one()
        found.extend(bool(answer) for answer in row)
    return found


def _values(asks: Sequence[Ask]) -> Iterator[tuple[str, str | date]]:
    for n, ask in enumerate(asks):
        yield f"of_{n}", whose(ask.rule, ask.source)
        yield f"until_{n}", ask.range.until
        if ask.range.after is not None:
            yield f"since_{n}", ask.range.after


def whose(rule: WatchedRule, source: Source) -> str:
    """Answer whose days are meant in the index: a rule's, a record kind's, a field's, a ledger's."""
    match source.where:
        case Where.FIRST_DUES:
            return rule.name
        case Where.COLUMN:
            return rule.group.ledger
    return source.name


def _remembered(asks: Sequence[Ask]) -> Select[tuple[bool, ...]]:
    """Build a statement once for all days on which the questions have the same form."""
    forms = tuple(
        (ask.source.where, column_of(ask.source), ask.range.after is None) for ask in asks
    )
    memo = asks[0].plan.memo
    if ("probe", forms) not in memo:
        memo["probe", forms] = select(
            *(
                anything_in(n, where, column, is_open=is_open)
                for n, (where, column, is_open) in enumerate(forms)
            )
        )
    statement: Select[tuple[bool, ...]] = memo["probe", forms]
    return statement


def column_of(source: Source) -> str:
    """Answer the column whose dates are asked for; empty: none of the entry's own."""
    return source.name if source.where is Where.COLUMN else ""


def anything_in(n: int, where: Where, column: str, *, is_open: bool) -> Exists:
    """Say whether the n-th range has anything in it; `is_open`: it has no beginning.

    Its values are `of_n`, `until_n` and `since_n`.
    """
    owner, day = {
        Where.FIRST_DUES: (first_dues.c.rule, first_dues.c.due_on),
        Where.ACTS: (last_acts.c.kind, last_acts.c.happened_on),
        Where.DECLARED: (entry_fields.c.field, entry_fields.c.on_date),
        Where.COLUMN: (entries.c.ledger, entries.c[column or "born_on"]),
    }[where]
    bounds: list[ColumnElement[bool]] = [day <= bindparam(f"until_{n}", type_=Date)]
    if not is_open:
        bounds.append(day > bindparam(f"since_{n}", type_=Date))
    return select(day).where(owner == bindparam(f"of_{n}"), *bounds).exists()
