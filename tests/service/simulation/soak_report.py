"""What a soak came to, written down."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.service.simulation.written import RULES


@dataclass(frozen=True, slots=True)
class Lived:
    """What one seed's year came to. `troubles` by kind; `broken`: promises with how often."""

    seed: int
    commit: str
    villages: int
    children: int
    rules: int
    seconds: float = 0.0
    messages: int = 0
    audits: int = 0
    troubles: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    first: str = ""


FOUND = (
    (6, "0eda798", "somebody was told of a matter that was closed", "b3be4a2"),
    (6, "db7c6e9", "an audit wanted a step moved that somebody had been told of", "d75a719"),
    (
        7,
        "834c71f",
        "a child entered after the clock had been days ahead was not told of the days between",
        "4bd4fc3",
    ),
    (
        35,
        "24ffb66",
        "an audit wanted a look for a step that a wrong clock had written already",
        "e72b758",
    ),
    (
        52,
        "24ffb66",
        "the promise itself: it took a record of before the first step for one that counts",
        "781867e",
    ),
    (
        73,
        "d3ef20c",
        "the promise itself: it missed that what is written ahead of its day may be settled then",
        "afe3578",
    ),
    (
        274,
        "5eb1d0a",
        "the promise itself: it counted a hand-over that was written down after the message went",
        "7a94382",
    ),
    (
        588,
        "c9fa122",
        "the promise itself: it called it calm while delivery was held for a restored backup",
        "c9a9ccc",
    ),
)
"""What soaks have found so far: seed, commit, what, and the commit that mended it."""


def report(years: Sequence[Lived], *, wanted: int) -> str:
    """Write down what was lived through, and every promise that was broken."""
    return "\n".join([*_head(), *_counts(years, wanted), *_broken(years), *_found()]) + "\n"


def _head() -> Iterator[str]:
    yield "# Soak"
    yield ""
    yield "Written by `make soak`: simulated years of small counties, each with its own outages,"
    yield "crashes, clock jumps, stops, restored backups and rule edits, checked every four weeks"
    yield "against [the promises](how-it-works.md). [How it is done](how-to/simulate.md)."
    yield ""
    yield "Each seed draws its county: of ten, one has three villages of eight children and ten rules"
    yield "of every kind, one has a single village of three to six children and all ten rules, the"
    yield "others have such a village and two to five of the rules."
    yield ""


def _counts(years: Sequence[Lived], wanted: int) -> Iterator[str]:
    seconds = sorted(lived.seconds for lived in years) or [0.0]
    troubles = sum((Counter(lived.troubles) for lived in years), Counter[str]())
    whole = sum(lived.villages > 1 for lived in years)
    every = sum(lived.rules == len(RULES) for lived in years) - whole
    yield "| | |"
    yield "|---|---|"
    yield f"| years lived, of {wanted:,} wanted | {len(years):,} |"
    yield f"| counties: three villages; one village, all rules; one village, some | {whole}; {every}; {len(years) - whole - every} |"
    yield f"| years in which a promise was broken | {sum(bool(one.broken) for one in years)} |"
    yield f"| messages handed over | {sum(lived.messages for lived in years):,} |"
    for kind, count in sorted(troubles.items()):
        yield f"| {_SAID.get(kind, kind)} | {count:,} |"
    yield f"| audits | {sum(lived.audits for lived in years):,} |"
    middle = seconds[len(seconds) // 2]
    yield f"| CPU seconds a year (median, longest, all) | {middle:.1f}, {seconds[-1]:.1f}, {sum(seconds):,.0f} |"
    yield ""
    yield "| seeds | at commit |"
    yield "|---|---|"
    for commit, seeds in _by_commit(years):
        yield f"| {seeds} | {commit} |"


_SAID = {
    "clocks": "times a wall clock was set wrong or right",
    "crashes": "crashes survived",
    "edits": "rules edited",
    "outages": "outages of a channel",
    "restores": "backups brought back",
    "stops": "stops of a day or more",
}


def _by_commit(years: Sequence[Lived]) -> Iterator[tuple[str, str]]:
    for commit in dict.fromkeys(lived.commit for lived in years):
        yield commit, ", ".join(_ranges([one.seed for one in years if one.commit == commit]))


def _ranges(seeds: list[int]) -> Iterator[str]:
    """Yield runs of seeds: `1 to 40`."""
    begun = seeds[0]
    for one, after in pairwise([*seeds, -1]):
        if after != one + 1:
            yield str(one) if begun == one else f"{begun} to {one}"
            begun = after


def _broken(years: Sequence[Lived]) -> Iterator[str]:
    broken = [lived for lived in years if lived.broken]
    if broken:
        yield from ("", "## Broken", "", "| seed | broken | first |", "|---|---|---|")
    for lived in broken:
        promises = ", ".join(f"{name} {count}" for name, count in lived.broken.items())
        yield f"| {lived.seed} | {promises} | {lived.first} |"


def _found() -> Iterator[str]:
    yield from ("", "## Found and mended so far", "")
    yield "Seeds before 8f0962c were of other, larger counties."
    yield ""
    yield from ("| seed | at commit | found | mended by |", "|---|---|---|---|")
    for seed, commit, what, mended in FOUND:
        yield f"| {seed} | {commit} | {what} | {mended} |"
