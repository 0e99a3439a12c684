"""Where the posts lie that a row of a directory names: 职责范围, or the row's own place."""

from collections.abc import Iterable

from config.model import Role
from ledgers.places import Written
from ledgers.posts import role_of_title
from ledgers.rows import PersonRow


def places_of(row: PersonRow, role: Role) -> list[Written]:
    """Answer the places a row names for its posts: 职责范围 first, else its village or township."""
    if role.level == "village":
        if row.villages:
            return [Written(row.town, village) for village in row.villages]
        return [Written(row.town, row.village, row.region_code)]
    if role.level == "township":
        return _township_places(row)
    return []


def _township_places(row: PersonRow) -> list[Written]:
    """A supervisor holds the township, or only the villages of it that are listed."""
    towns = [text for text in row.villages if text.endswith(("镇", "乡", "街道"))]
    if towns:
        return [Written(town) for town in towns]
    if row.villages and row.town:
        return [Written(row.town, village) for village in row.villages]
    if row.villages:
        return [Written(town) for town in row.villages]
    return [Written(row.town, None, row.region_code)]


def all_places(rows: Iterable[PersonRow], roles: dict[str, Role]) -> list[Written]:
    """Answer every place that rows with a known title name."""
    answer = []
    for row in rows:
        role_id = role_of_title(roles, row.role) if row.role else None
        if role_id is not None:
            answer += places_of(row, roles[role_id])
        elif row.role is None and (row.villages or row.village):
            answer += [Written(row.town, v) for v in row.villages or (row.village,)]
    return answer
