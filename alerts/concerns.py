"""Open matters as a message may show them: places, titles, village numbers and counts."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Date, bindparam, or_, select

from alerts.contents import region_names
from alerts.directory import OPERATOR, holds
from alerts.matters import ABOUT_CHANNELS, ABOUT_ENTRIES, MatterKind, OpenMatter
from alerts.unconfigured import rule_of
from alerts.views import Concern
from config.model import Configuration
from ledgers.columns import Id
from ledgers.tables import deputies, entries, post_holdings, posts


def covered_places(connection: Connection, person: str, role: str, day: date) -> tuple[str, ...]:
    """Answer the regions a person answers for under a role, also as somebody's deputy."""
    rows = connection.execute(_COVERED, {"reader": person, "role_": role, "day": day})
    return tuple(row.region for row in rows)


def concerns_for(
    connection: Connection,
    configuration: Configuration,
    matters: Sequence[OpenMatter],
    places: Sequence[str],
) -> tuple[Concern, ...]:
    """Show the open matters that lie in a reader's places; the operator's are everywhere."""
    found = [
        matter
        for matter in matters
        if matter.matter.role == OPERATOR or _lies_in(matter.matter.region, places)
    ]
    regions = {_region(matter) for matter in found}
    subjects = [m.matter.subject for m in found if m.matter.kind in ABOUT_ENTRIES]
    numbers = _numbers(connection, subjects)
    names = region_names(connection, {*regions, *(region for _, region in numbers.values())})
    return tuple(_concern(matter, configuration, names, numbers) for matter in found)


_DAY = bindparam("day", type_=Date)
_READER = bindparam("reader", type_=Id)
_COVERED = (
    select(posts.c.region)
    .join(post_holdings, post_holdings.c.post_id == posts.c.id)
    .where(
        posts.c.role == bindparam("role_"),
        holds(post_holdings.c.held_from, post_holdings.c.held_to, _DAY),
        or_(
            post_holdings.c.person_id == _READER,
            post_holdings.c.person_id.in_(
                select(deputies.c.person_id).where(
                    deputies.c.deputy_id == _READER,
                    holds(deputies.c.held_from, deputies.c.held_to, _DAY),
                )
            ),
        ),
    )
    .distinct()
    .order_by(posts.c.region)
)


def _lies_in(region: str | None, places: Sequence[str]) -> bool:
    return region is not None and region.startswith(tuple(places))


def _region(matter: OpenMatter) -> str:
    return matter.matter.region or ""


def _numbers(connection: Connection, entry_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    if not entry_ids:
        return {}
    rows = connection.execute(
        select(entries.c.id, entries.c.number, entries.c.lives_in).where(
            entries.c.id.in_(entry_ids)
        )
    )
    return {row.id: (row.number, row.lives_in) for row in rows}


def _concern(
    matter: OpenMatter,
    configuration: Configuration,
    names: dict[str, str],
    numbers: dict[str, tuple[str, str]],
) -> Concern:
    about = matter.matter
    count = about.detail.get("count", 0)
    title, number, region = "", "", _region(matter)
    place = names.get(region, region)
    if about.kind == MatterKind.NO_RECIPIENT:
        role = configuration.roles.get(about.subject.partition(":")[0])
        title = role.title if role else ""
    elif about.kind in ABOUT_ENTRIES:
        number, region = numbers.get(about.subject, ("", region))
        place = names.get(region, region)
    elif about.kind == MatterKind.CALENDAR_MISSING:
        number = about.subject
    elif about.kind == MatterKind.WINDOW_MISSING:
        title, _space, number = about.subject.partition(" ")
    elif about.kind == MatterKind.NOT_CONFIGURED:
        rule = configuration.rules.get(rule_of(about.subject))
        title = rule.say if rule else ""
    elif about.kind in ABOUT_CHANNELS:
        place = about.subject
    return Concern(about.kind, place, title, number, count if isinstance(count, int) else 0)
