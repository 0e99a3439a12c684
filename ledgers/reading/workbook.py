"""The raw cells of a workbook or csv file, read by a child process that may die of it."""

import hashlib
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

from config.lean import dataclass
from ledgers.errors import (
    DamagedFile,
    EmptyFile,
    FileMissing,
    FileRefused,
    FolderGiven,
    MarkupFile,
    OversizedFile,
    ParserDied,
    PasswordProtected,
    TooMuchMemory,
    TooSlow,
    UnknownFileType,
    ZipBomb,
)
from ledgers.reading.limits import Limits

_CPU_TIME_IS_UP = getattr(signal, "SIGXCPU", None)  # there is none on Windows
_ESCAPED = b"\\u00"
"""How a control character stands in JSON that escapes nothing else."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Workbooks can hold them: PostgreSQL refuses the first, and terminals obey others."""

_ROOT = Path(__file__).resolve().parent.parent.parent
_REFUSALS: dict[str, Callable[[str], FileRefused]] = {
    "empty": EmptyFile,
    "type": UnknownFileType,
    "markup": MarkupFile,
    "password": PasswordProtected,
    "damaged": DamagedFile,
    "bomb": ZipBomb,
    "size": OversizedFile,
    "memory": TooMuchMemory,
}


@dataclass(frozen=True, slots=True)
class MonthCell:
    """A date or serial number that its sheet shows as year and month only."""

    value: date | float


Cell = str | float | int | bool | date | MonthCell
Merged = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet as it stands in the file.

    `rows()` streams the rows from row 1 on, without the blanks at their ends and without control
    characters; a blank cell is "".
    `merged` holds corner cells counted from 0, or is None where the format does not tell.
    """

    name: str
    hidden: bool
    epoch_1904: bool
    merged: tuple[Merged, ...] | None
    batches: tuple[bytes, ...]

    def rows(self) -> Iterator[list[Cell]]:
        """Decode the rows anew at every call, so that only a few are in memory."""
        for batch in self.batches:
            rows = json.loads(batch, object_hook=_cell_or_object)["rows"]
            yield from map(_without_controls, rows) if _ESCAPED in batch else rows


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file: its name without the folder, the SHA-256 of its bytes, its sheets."""

    name: str
    digest: str
    sheets: tuple[RawSheet, ...]


def read_file(path: Path, limits: Limits) -> RawFile:
    """Read the cells of a file of any known kind; a `FileRefused` says why not."""
    name = _sayable(path.name)
    if path.is_dir():
        raise FolderGiven(name or ".")
    if not path.is_file():  # opening a pipe would wait for ever
        raise FileMissing(name)
    try:
        with path.open("rb", buffering=0) as source:  # its position is the child's too
            size = source.seek(0, 2)
            if size > limits.file_bytes:
                raise OversizedFile(name)
            source.seek(0)
            digest = hashlib.file_digest(source, "sha256").hexdigest()
            source.seek(0)
            answer = _ask_child(name, source, limits=limits, seconds=limits.time_for(size))
    except OSError as error:
        raise FileMissing(name) from error
    return RawFile(name, digest, _sheets(name, answer))


def _ask_child(name: str, source: BinaryIO, *, limits: Limits, seconds: float) -> list[bytes]:
    bounds = {
        "memory": limits.memory,
        "cpu_seconds": int(seconds) + 1,
        "unpacked_bytes": limits.unpacked_bytes,
        "cells": limits.cells,
    }
    # No secret of ours is in its environment, and its words (a panic may quote cells) are not kept.
    child = subprocess.Popen(  # noqa: S603 our own interpreter and module
        [sys.executable, "-P", "-s", "-m", "ledgers.reading.child", json.dumps(bounds)],
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    watch = threading.Timer(seconds, child.kill)
    watch.start()
    try:
        lines = _lines(name, child, limits.answer_bytes)
        status = child.wait()
    finally:
        in_time = watch.is_alive()
        watch.cancel()
        child.kill()
        child.wait()
    if status != 0:
        raise _death(name, status, in_time=in_time)
    return lines


def _lines(name: str, child: subprocess.Popen[bytes], most: int) -> list[bytes]:
    lines = []
    if child.stdout is not None:
        with child.stdout as stream:
            for line in stream:
                most -= len(line)
                if most < 0:
                    raise OversizedFile(name)
                lines.append(line)
    return lines


def _death(name: str, status: int, *, in_time: bool) -> FileRefused:
    if not in_time or -status == _CPU_TIME_IS_UP:
        return TooSlow(name)
    # A panic of the parser ends the child with 1; what it choked on is in the file.
    return ParserDied(name, -status) if status < 0 else DamagedFile(name)


def _sheets(name: str, lines: list[bytes]) -> tuple[RawSheet, ...]:
    last = json.loads(lines.pop()) if lines else {}
    if "refused" in last:
        raise _REFUSALS.get(last["refused"], DamagedFile)(name)
    if "end" not in last:
        raise DamagedFile(name)
    sheets: list[RawSheet] = []
    batches: list[bytes] = []
    for line in reversed(lines):
        if line.startswith(b'{"rows"'):
            batches.append(line)
            continue
        about = json.loads(line)
        sheets.append(
            RawSheet(
                name=_CONTROLS.sub("", about["sheet"]),
                hidden=about["hidden"],
                epoch_1904=about["epoch_1904"],
                merged=_merged(about["merged"]),
                batches=tuple(reversed(batches)),
            )
        )
        batches = []
    return tuple(reversed(sheets))


def _merged(ranges: list[list[list[int]]] | None) -> tuple[Merged, ...] | None:
    if ranges is None:
        return None
    return tuple(((top, left), (bottom, right)) for (top, left), (bottom, right) in ranges)


def _sayable(name: str) -> str:
    """Answer a file's name as it can be shown and kept: one in another encoding is bytes to us."""
    return _CONTROLS.sub("", name.encode("utf-8", "replace").decode())


def _without_controls(row: list[Cell]) -> list[Cell]:
    return [_CONTROLS.sub("", cell) if isinstance(cell, str) else cell for cell in row]


def _cell_or_object(value: dict[str, object]) -> object:
    """Turn `{"d": "2024-03-05"}` into a date, `{"m": …}` into a `MonthCell`."""
    if "d" in value:
        return date.fromisoformat(str(value["d"]))
    if "m" in value:
        held = value["m"]
        if isinstance(held, str):
            return _month_text(held)
        return MonthCell(held) if isinstance(held, float | int) else ""
    return value


def _month_text(text: str) -> MonthCell | str:
    try:
        return MonthCell(date.fromisoformat(text))
    except ValueError:
        return text  # words in a cell whose format is for months
