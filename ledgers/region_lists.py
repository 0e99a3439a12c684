"""An imported list of divisions: what is new, what has a new name, what a local code stood for."""

from collections import defaultdict
from collections.abc import Sequence

from config.lean import dataclass
from ledgers.codes import TOWN, VILLAGE, normal_code
from ledgers.facts import refused
from ledgers.names import PlaceName, town_name, village_name
from ledgers.regions import Move, Region
from ledgers.rows import Problem, RegionRow

_LOCAL_RANGE = range(999, 600, -1)


@dataclass(frozen=True, slots=True)
class RegionPlan:
    """What a list changes. `after` is every division in force once it is applied.

    `successions` are abolished codes with those that took their place.
    """

    new: tuple[Region, ...]
    renamed: tuple[Region, ...]
    moves: tuple[Move, ...]
    after: tuple[Region, ...]
    problems: tuple[Problem, ...]
    successions: tuple[Move, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether the list says what is known already."""
        return not (self.new or self.renamed or self.moves or self.successions)


def plan_regions(known: Sequence[Region], rows: Sequence[RegionRow]) -> RegionPlan:
    """Compare a list with what is known; writes nothing."""
    at = {region.code: region for region in known}
    listed: dict[str, Region] = {}
    problems = []
    successions: dict[str, Move] = {}
    for row in rows:
        code, name = normal_code(row.code), row.name.strip()[:100]
        after = None if row.successor is None else normal_code(row.successor)
        if code is None or not name:
            problems.append(refused(row.place, "code", "region-code-malformed", value=row.code))
        elif row.successor is not None:
            if after is None or len(after) != len(code) or after == code:
                problems.append(
                    refused(row.place, "successor", "region-code-malformed", value=row.successor)
                )
            else:
                successions[code] = Move(code, after)
        elif code in listed and listed[code].name != name:
            problems.append(refused(row.place, "code", "duplicate-in-file", value=row.code))
        else:
            listed[code] = Region(code, name)
    new = [region for code, region in listed.items() if code not in at]
    renamed = [region for code, region in listed.items() if code in at and at[code] != region]
    in_force = {code: one for code, one in {**at, **listed}.items() if code not in successions}
    moves, rebased = _moves(in_force)
    for move in moves:
        del in_force[move.old]
    in_force |= {region.code: region for region in rebased}
    return RegionPlan(
        new=(*new, *rebased),
        renamed=tuple(renamed),
        moves=tuple(moves),
        after=tuple(in_force.values()),
        problems=tuple(problems),
        successions=tuple(successions.values()),
    )


def _moves(regions: dict[str, Region]) -> tuple[list[Move], list[Region]]:
    """Find the real code of each local one by its name under the same parent.

    A local village whose township moves, but that is not in the list, gets a local code under the
    real township.
    """
    towns = _moves_of_length(regions, TOWN, {})
    real_town = {move.old: move.new for move in towns}
    villages = _moves_of_length(regions, VILLAGE, real_town)
    moved = {move.old for move in villages}
    rebased = []
    taken = set(regions)
    for code, region in regions.items():
        parent = real_town.get(code[:TOWN])
        if len(code) != VILLAGE or code in moved or parent is None:
            continue
        free = next(f"{parent}{n}" for n in _LOCAL_RANGE if f"{parent}{n}" not in taken)
        taken.add(free)
        rebased.append(Region(free, region.name, region.local))
        villages.append(Move(code, free))
    return [*villages, *towns], rebased


def _moves_of_length(
    regions: dict[str, Region], length: int, parents: dict[str, str]
) -> list[Move]:
    read = village_name if length == VILLAGE else town_name
    cut = TOWN if length == VILLAGE else 6
    real: dict[str, list[tuple[PlaceName, str]]] = defaultdict(list)
    for code, region in regions.items():
        if len(code) == length and not region.local:
            real[code[:cut]].append((read(region.name), code))
    moves = []
    for code, region in regions.items():
        if len(code) != length or not region.local:
            continue
        name = read(region.name)
        parent = parents.get(code[:cut], code[:cut])
        exact = [found for known, found in real[parent] if known == name]
        hits = exact or [found for known, found in real[parent] if known.fits(name)]
        if len(hits) == 1:
            moves.append(Move(code, hits[0]))
    return moves
