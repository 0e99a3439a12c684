"""Asks first whether there can be any answer: on most days most questions have none."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, Date, Exists, bindparam, select
from sqlalchemy.sql.selectable import Select

from alerts.select import Ask
from alerts.tables import first_dues
from ledgers.tables import last_acts

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
        yield f"of_{n}", ask.kind or ask.rule.name
        yield f"until_{n}", ask.range.until
        if ask.range.after is not None:
            yield f"since_{n}", ask.range.after


def _remembered(asks: Sequence[Ask]) -> Select[tuple[bool, ...]]:
    """Build a statement once for all days on which the questions have the same form."""
    forms = tuple((ask.kind is None, ask.range.after is None) for ask in asks)
    memo = asks[0].plan.memo
    if ("probe", forms) not in memo:
        memo["probe", forms] = select(
            *(
                anything_in(n, is_never=is_never, is_open=is_open)
                for n, (is_never, is_open) in enumerate(forms)
            )
        )
    statement: Select[tuple[bool, ...]] = memo["probe", forms]
    return statement


def anything_in(n: int, *, is_never: bool, is_open: bool) -> Exists:
    """Say whether the n-th range has anything in it; `is_open`: it has no beginning.

    Its values are `of_n`, `until_n` and `since_n`. `is_never`: it is one of first due days.
    """
    whose, day = (
        (first_dues.c.rule, first_dues.c.due_on)
        if is_never
        else (last_acts.c.kind, last_acts.c.happened_on)
    )
    bounds: list[ColumnElement[bool]] = [day <= bindparam(f"until_{n}", type_=Date)]
    if not is_open:
        bounds.append(day > bindparam(f"since_{n}", type_=Date))
    return select(day).where(whose == bindparam(f"of_{n}"), *bounds).exists()
