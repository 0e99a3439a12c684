"""Who agreed that a child's data are kept: under 14 a guardian, from 14 on the child.

未成年人保护法 art. 72 and PIPL art. 31 ask for a guardian's consent under 14; 困境儿童个人信息保护工作办法
asks for the child's own from 14 on. The office keeps the ledger by statutory duty, so what is
missing is only said: it stops no visit.
"""

from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from ledgers.access.scopes import Scope
from ledgers.rows import ChildRow, LedgerDate
from ledgers.tables import entries

GUARDIAN, SELF, NONE = "guardian", "self", "none"
OWN_FROM = 14
"""Years of age from which a child's own consent is asked for."""

_GIVEN = "given"


def consent_of(row: ChildRow, born: LedgerDate | None, today: date) -> str | None:
    """Answer what a row says of consent; None: nothing.

    A bare yes is whose it must be by age, on the day of consent if the row has one.
    """
    if row.consent == _GIVEN:
        on = row.consent_on.day if row.consent_on else today
        return SELF if born is not None and born.day <= _born_by(on) else GUARDIAN
    if row.consent in (GUARDIAN, SELF, NONE):
        return row.consent
    if row.guardian_agrees is not None:
        return GUARDIAN if row.guardian_agrees else NONE
    return None


def is_missing(today: date) -> ColumnElement[bool]:
    """Say that an active child has not the consent that its age asks for.

    Of an unknown age a guardian's is asked for.
    """
    is_older = and_(entries.c.born_on.is_not(None), entries.c.born_on <= _born_by(today))
    asked = case((is_older, SELF), else_=GUARDIAN)
    return and_(
        entries.c.ledger == "children",
        entries.c.status == "active",
        func.coalesce(entries.c.consent, NONE) != asked,
    )


def count_missing(connection: Connection, today: date, *, within: Scope | None = None) -> int:
    """Count the active children, `within` divisions, without the consent that their age asks for."""
    query = select(func.count()).select_from(entries).where(is_missing(today))
    if within is not None:
        query = query.where(within.where(entries.c.lives_in))
    return connection.scalar(query) or 0


def _born_by(today: date) -> date:
    """Answer the last birthday of those who are old enough to agree themselves."""
    year = today.year - OWN_FROM
    try:
        return today.replace(year=year)
    except ValueError:  # born on 28 February and before
        return date(year, 2, 28)
