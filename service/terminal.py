"""What a command sees of the world: where it writes, the environment, the clock, the wishes for all.

Answers go to standard output, everything said beside them to standard error.
"""

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from datetime import date, datetime
from getpass import getpass
from pathlib import Path
from typing import Any, TextIO

from config.lean import dataclass
from ledgers.access.effort import RECOMMENDED, Effort

Cell = str | int | None
Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where a command writes and what it was told for all. `json`: a machine reads the answer.

    `given` is what may be read, None: nothing. `user` is on whose behalf the command is run, None:
    the account of the operating system; `is_user_named`: the command line says so, and not only
    the environment. `effort` is what new passwords cost to try.
    """

    out: TextIO
    err: TextIO
    clock: Callable[[], datetime]
    environment: Mapping[str, str] = field(repr=False)
    config: Path | None = None
    json: bool = False
    given: TextIO | None = None
    user: str | None = None
    is_user_named: bool = False
    effort: Effort = RECOMMENDED

    def say(self, sentence: str = "") -> None:
        """Tell people something; a machine reads the answer instead."""
        if not self.json:
            print(sentence, file=self.out)

    def warn(self, sentence: str) -> None:
        """Say something beside the answer, whoever reads it."""
        print(sentence, file=self.err)

    def answer(self, value: object) -> None:
        """Give a machine its answer; people were told by `say` and `table`."""
        if self.json:
            print(json.dumps(plain(value), ensure_ascii=False, indent=2), file=self.out)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """Show rows to people: framed on a terminal, aligned by spaces when piped."""
        if self.json or not rows:
            return
        texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
        if self.out.isatty():
            _framed(self.out, headings, texts)
        else:
            for line in _aligned([list(headings), *texts]):
                print(line, file=self.out)

    def ask(self, prompt: str) -> str | None:
        """Answer a line that is not shown while it is typed; None: there is nobody to type it."""
        if self.given is None:
            return None
        if self.is_typed:
            return getpass(f"{prompt}: ", stream=self.err)
        line = self.given.readline()
        return line.rstrip("\r\n") if line else None

    @property
    def is_typed(self) -> bool:
        """Say whether somebody types what is asked, rather than having piped it in."""
        return self.given is not None and self.given.isatty()

    @contextmanager
    def progress(self, title: str) -> Iterator[Progress]:
        """Show how far long work is, on a terminal only; gone when the work is done."""
        if not self.err.isatty():
            yield lambda _done, _all: None
            return
        from rich.console import Console
        from rich.progress import Progress as Bar

        with Bar(console=Console(file=self.err), transient=True) as bar:
            task = bar.add_task(title, total=None)
            yield lambda done, all_: bar.update(task, completed=done, total=all_ or None)


def _framed(out: TextIO, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for heading in headings:
        table.add_column(Text(heading))
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(file=out).print(table)


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell + " " * (widths[at] - _width(cell)) for at, cell in enumerate(row)]
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Answer the columns a text takes: a Chinese letter takes two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def plain(value: object) -> Any:
    """Answer a value as JSON can hold it: keys as texts, days and instants in ISO form."""
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)
