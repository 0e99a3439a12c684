"""Many simulated years on all cores, and a report of them.

python -m tests.service.simulation.soak --seeds 1000 --jobs 2 --report docs/soak.md
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tests.service.simulation.years import Year, live

REPORT = Path("docs/soak.md")


@dataclass(frozen=True, slots=True)
class Lived:
    """What one seed's year came to. `broken`: promises with how often."""

    seed: int
    seconds: float
    tries: int
    crashes: int
    audits: int
    broken: dict[str, int]
    first: str


def live_one(seed: int) -> Lived:
    """Live through one seed's year; whatever ends it early is a finding too."""
    begun = time.process_time()
    try:
        tried = live(Year(seed))
    except Exception as error:  # noqa: BLE001  # one broken year must not end the soak
        broken = {f"ended by {type(error).__name__}": 1}
        return Lived(seed, time.process_time() - begun, 0, 0, 0, broken, str(error)[:200])
    broken = dict(Counter(breach.promise for breach in tried.breaches))
    first = tried.breaches[0].what if tried.breaches else ""
    seconds = time.process_time() - begun
    return Lived(seed, seconds, tried.tries, tried.crashes, tried.audits, broken, first)


def main() -> int:
    """Live through the seeds asked for, and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--start", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=24 * 60, help="begin no year after these")
    parser.add_argument("--report", type=Path, default=REPORT)
    asked = parser.parse_args()
    begun = time.monotonic()
    years = sorted(_lived(asked, until=begun + asked.minutes * 60), key=lambda lived: lived.seed)
    text = report(years, minutes=(time.monotonic() - begun) / 60, jobs=asked.jobs)
    asked.report.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return int(any(lived.broken for lived in years))


def _lived(asked: argparse.Namespace, *, until: float) -> Iterator[Lived]:
    """Yield years as they end; a seed whose turn comes too late is left out."""
    seeds = iter(range(asked.start, asked.start + asked.seeds))
    with ProcessPoolExecutor(asked.jobs) as pool:
        under_way = {pool.submit(live_one, seed) for seed in islice(seeds, asked.jobs)}
        while under_way:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                lived = future.result()
                if lived.broken:
                    sys.stderr.write(f"seed {lived.seed}: {lived.broken} {lived.first}\n")
                yield lived
            if time.monotonic() < until:
                more = islice(seeds, asked.jobs - len(under_way))
                under_way |= {pool.submit(live_one, seed) for seed in more}


def report(years: list[Lived], *, minutes: float, jobs: int) -> str:
    """Write down what was lived through, and every promise that was broken."""
    broken = [lived for lived in years if lived.broken]
    seconds = sorted(lived.seconds for lived in years)
    lines = [
        "# Soak",
        "",
        "Written by `make soak`: so many simulated years of a small county (3 villages, 24 children, 8 rules of every kind but signals), each with its own",
        "outages, crashes, clock jumps, stops, restored backups and rule edits, checked every four weeks against",
        "[the promises](how-it-works.md). [How it is done](how-to/simulate.md).",
        "",
        "| | |",
        "|---|---|",
        f"| seeds | {years[0].seed} to {years[-1].seed}: {len(years)} years |",
        f"| years in which a promise was broken | {len(broken)} |",
        f"| messages handed over | {sum(lived.tries for lived in years):,} |",
        f"| crashes survived | {sum(lived.crashes for lived in years):,} |",
        f"| audits | {sum(lived.audits for lived in years):,} |",
        f"| CPU seconds a year (median, longest) | {seconds[len(seconds) // 2]:.1f}, {seconds[-1]:.1f} |",
        f"| wall time | {minutes:.0f} minutes, {jobs} processes |",
    ]
    if broken:
        lines += ["", "| seed | broken | first |", "|---|---|---|"]
        lines += [
            f"| {lived.seed} | {', '.join(f'{k} {v}' for k, v in lived.broken.items())} | {lived.first} |"
            for lived in broken
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
