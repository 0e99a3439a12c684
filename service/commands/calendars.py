"""`calendar import FILE`: a year's official days off, or the county's own terms, exams and seasons."""

import json
from pathlib import Path

import click

from config.language import catalogue
from config.lean import dataclass
from ledgers.calendar_windows import Kept, keep_windows
from ledgers.reading.window_files import NoCalendarColumns, read_windows
from ledgers.reading.windows import WindowRow
from ledgers.work_notices import keep_notice
from schedules.notices import read_notice
from service.commandline import Commands, Listed, argument, make
from service.commands.sites import opened
from service.errors import CommandWrong
from service.inputs import FilePath
from service.terminal import Terminal
from service.wakeup import announce

_ = catalogue("service")

_MOST_BYTES = 1_000_000
_HEAD = 64


@dataclass(frozen=True, slots=True)
class Import:
    """Which file."""

    file: Path


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _("import days off, terms, exam days and seasons")
    return Commands("calendar", {"import": Listed(about, _import)}, about=about)


def _import() -> click.Command:
    return make(
        Import,
        _do,
        name="import",
        about=_(
            "Imports the State Council's yearly notice of days off and make-up days, as a JSON file "
            "of the holiday-cn project, such as 2027.json; it replaces what was known of that year. "
            "Or imports terms, exam days and seasons from a list (xlsx, csv, YAML) with the columns "
            "日历, 年度, 行政区划代码, 开始日期, 结束日期, 依据. The same file again changes nothing."
        ),
        params=[argument("file", about=_("the JSON file or list"), kind=FilePath())],
    )


def _do(wish: Import, terminal: Terminal) -> int:
    return _notice(wish, terminal) if _is_json(wish.file) else _windows(wish, terminal)


def _is_json(file: Path) -> bool:
    if file.suffix.lower() == ".json":
        return True
    with file.open("rb") as stream:
        return stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _notice(wish: Import, terminal: Terminal) -> int:
    raw = _read(wish.file)
    notice = read_notice(raw)
    if not notice.rest:
        raise CommandWrong(
            _("%(file)s holds no days off: those of %(year)s are not announced yet")
            % {"file": wish.file.name, "year": notice.year}
        )
    with opened(terminal) as site:
        with site.database.writing() as connection:
            keep_notice(connection, notice.year, raw, now=site.clock())
        announce(site.database)
    terminal.say(
        _("%(year)s: days off: %(rest)s, make-up days: %(work)s")
        % {"year": notice.year, "rest": len(notice.rest), "work": len(notice.work)}
    )
    terminal.answer({"year": notice.year, "rest": len(notice.rest), "work": len(notice.work)})
    return 0


def _read(file: Path) -> dict[str, object]:
    with file.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    try:
        raw = json.loads(data) if len(data) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict):
        raise CommandWrong(
            _("%(file)s is no holiday-cn JSON file, such as 2027.json") % {"file": file.name}
        )
    return raw


def _windows(wish: Import, terminal: Terminal) -> int:
    try:
        found = read_windows(wish.file)
    except NoCalendarColumns as error:
        raise CommandWrong(str(error)) from error
    if found.mistakes:
        nothing = _("%(file)s: nothing was imported; please correct") % {"file": wish.file.name}
        raise CommandWrong("\n".join([nothing, *found.mistakes]))
    with opened(terminal) as site:
        now = site.clock()
        with site.database.writing() as connection:
            kept = keep_windows(connection, found.rows, today=site.today(now), now=now)
        if kept.added or kept.changed:
            announce(site.database)
    _say(kept, terminal)
    return 0


def _say(kept: Kept, terminal: Terminal) -> None:
    for row in kept.added:
        terminal.say(
            _("%(calendar)s %(dates)s: new") % {"calendar": _name(row), "dates": _dates(row)}
        )
    for before, row in kept.changed:
        terminal.say(
            _("%(calendar)s %(dates)s: was %(before)s")
            % {"calendar": _name(row), "dates": _dates(row), "before": _dates(before)}
        )
    terminal.say(
        _("new: %(added)s, changed: %(changed)s, as before: %(same)s")
        % {"added": len(kept.added), "changed": len(kept.changed), "same": kept.unchanged}
    )
    terminal.answer(
        {
            "added": [_json(row) for row in kept.added],
            "changed": [{**_json(row), "was": _span(before)} for before, row in kept.changed],
            "unchanged": kept.unchanged,
        }
    )


def _name(row: WindowRow) -> str:
    return " ".join(part for part in (row.calendar, row.year_key, row.region) if part)


def _dates(row: WindowRow) -> str:
    return "–".join(dict.fromkeys(_span(row)))


def _span(row: WindowRow) -> list[str]:
    return [row.start_on.isoformat(), row.end_on.isoformat()]


def _json(row: WindowRow) -> dict[str, object]:
    return {
        "calendar": row.calendar,
        "year": row.year_key,
        "region": row.region,
        "dates": _span(row),
        "source": row.source,
    }
