"""The process that opens a foreign file: it reads standard input, writes JSON lines, and may die.

It runs alone as `python -m ledgers.reading.child LIMITS` and imports as little as it can, because
its start counts in every import. Each line it writes is one JSON object: a sheet
(`{"sheet": …}`), some of its rows (`{"rows": [...]}`), and at the very end either `{"end": true}` or
`{"refused": WORD}`; a missing last line means that it died.
"""

import json
import sys
from typing import BinaryIO

from ledgers.reading.containers import Refused, kind_of


def main() -> None:
    """Limit this process, read the file on standard input, write what it holds."""
    limits: dict[str, int] = json.loads(sys.argv[1])
    _bind(limits)
    output = sys.stdout.buffer
    try:
        _send(sys.stdin.buffer, output, limits)
        last: dict[str, str | bool] = {"end": True}
    except Refused as refused:
        last = {"refused": refused.reason}
    except MemoryError:
        last = {"refused": "memory"}
    output.write(json.dumps(last).encode())
    output.flush()


def _bind(limits: dict[str, int]) -> None:
    """Let the operating system hold the limits; without them (Windows) only the wall time holds."""
    if sys.platform == "win32":
        return
    import resource  # there is none on Windows

    memory, seconds = limits["memory"], limits["cpu_seconds"]
    for what, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_DATA, memory, memory),
        (resource.RLIMIT_CPU, seconds, seconds + 1),  # at `hard` the signal would name no reason
        (resource.RLIMIT_CORE, 0, 0),  # a dump would hold the children's names
    ):
        resource.setrlimit(what, (soft, hard))


def _send(source: BinaryIO, output: BinaryIO, limits: dict[str, int]) -> None:
    kind = kind_of(source, unpacked_bytes=limits["unpacked_bytes"])
    if kind == "text":
        from ledgers.reading.delimited import write_rows  # only one of the two is ever needed

        write_rows(source, output, cells=limits["cells"])
    else:
        from ledgers.reading.spreadsheet import write_sheets

        write_sheets(source, output, kind=kind, cells=limits["cells"])


if __name__ == "__main__":
    main()
