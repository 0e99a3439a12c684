"""Many simulated years on all cores, and a report of them.

python -m tests.service.simulation.soak --seeds 1000 --jobs 2 --report docs/soak.md

Each year is written down when it ends: begun again with the same file of results, a soak goes on
with the seeds that are not in it. Seeds that the code of another commit lived stay there, and the
report says which.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from tests.service.simulation.soak_report import Lived, report
from tests.service.simulation.years import Year, live

REPORT = Path("docs/soak.md")
RESULTS = Path("build/soak.jsonl")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which seeds are lived, and of which code."""

    seeds: range
    commit: str
    jobs: int


def live_one(seed: int, commit: str) -> Lived:
    """Live through one seed's year; whatever ends it early is a finding too."""
    begun = time.process_time()
    year = Year(seed)
    place = year.place
    size, rules = place.size, len(place.rules)
    county = (size.villages, size.villages * size.children, rules)
    try:
        tried = live(year)
    except Exception as error:  # noqa: BLE001  # one broken year must not end the soak
        broken = {f"ended by {type(error).__name__}": 1}
        return Lived(seed, commit, *county, broken=broken, first=str(error)[:200])
    return Lived(
        seed,
        commit,
        *county,
        seconds=round(time.process_time() - begun, 1),
        messages=tried.tries,
        audits=tried.audits,
        troubles=dict(sorted(tried.troubles.items())),
        broken=dict(Counter(breach.promise for breach in tried.breaches)),
        first=tried.breaches[0].what if tried.breaches else "",
    )


def main() -> int:
    """Live through the seeds asked for that are not lived yet, and write the report of all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--start", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--minutes",
        type=float,
        default=24 * 60,
        help="begin no year after these; 0: only write the report",
    )
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--report", type=Path, default=REPORT)
    asked = parser.parse_args()
    until = time.monotonic() + asked.minutes * 60
    wanted = Wanted(range(asked.start, asked.start + asked.seeds), _commit(), asked.jobs)
    known = {lived.seed: lived for lived in _read(asked.results)}
    asked.results.parent.mkdir(parents=True, exist_ok=True)
    with asked.results.open("a", encoding="utf-8") as file:
        for lived in _lived(wanted, frozenset(known), until=until):
            known[lived.seed] = lived
            file.write(json.dumps(asdict(lived)) + "\n")
            file.flush()
            if lived.broken:
                sys.stderr.write(f"seed {lived.seed}: {lived.broken} {lived.first}\n")
    years = [known[seed] for seed in sorted(known)]
    text = report(years, wanted=len(wanted.seeds))
    asked.report.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return int(any(lived.broken for lived in years))


def _lived(wanted: Wanted, known: Collection[int], *, until: float) -> Iterator[Lived]:
    """Yield years as they end; a seed whose turn comes too late is left out."""
    seeds = iter([seed for seed in wanted.seeds if seed not in known])
    if time.monotonic() >= until:
        return
    with ProcessPoolExecutor(wanted.jobs) as pool:
        under_way = {
            pool.submit(live_one, seed, wanted.commit) for seed in islice(seeds, wanted.jobs)
        }
        while under_way:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
            if time.monotonic() < until:
                more = islice(seeds, wanted.jobs - len(under_way))
                under_way |= {pool.submit(live_one, seed, wanted.commit) for seed in more}


def _read(results: Path) -> Iterator[Lived]:
    """Yield what was lived before; a last line that a kill cut off is taken away."""
    if not results.exists():
        return
    text = results.read_text("utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        results.write_text(whole, encoding="utf-8")
    for line in whole.splitlines():
        yield Lived(**json.loads(line))


def _commit() -> str:
    """Answer the commit that the code is of, marked where something in it was changed."""
    asked = ["git", "describe", "--always", "--dirty", "--abbrev=7", "--exclude=*"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
