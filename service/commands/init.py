"""`init`: a folder to begin with: configuration, keys, database, sample workbooks, templates."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from alerts.render import SHIPPED_TEMPLATES
from config.language import catalogue
from config.lean import dataclass
from config.settings import DATABASE_FILE, KEY_FILE, Settings
from config.shipped import DEFAULT_RULE_SET, SETTINGS_FILE, example_files
from ledgers.key_files import write_key_file
from ledgers.wrapping import MasterKey
from service.commandline import argument, make, option
from service.commands.samples import SAMPLES, write_sample
from service.commands.sites import settings_for
from service.errors import CommandWrong
from service.inputs import FilePath, Word
from service.migrations import upgrade
from service.terminal import Terminal
from service.wiring import open_database

_ = catalogue("service")

SAMPLE_FOLDER = "示例"
TEMPLATE_FOLDER = "模板"

_RULE_SETS = {
    "hebei": ("河北",),
    "guizhou": ("贵州",),
    "henan": ("河南",),
    "national": ("全国",),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Where, and with which shipped rule set."""

    folder: Path | None
    example: str | None


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="init",
        about=_(
            "Writes what a site begins with: a commented configuration, the shipped rules, a key "
            "file, a database, sample workbooks and templates. Nothing that is there is overwritten."
        ),
        params=[
            argument("folder", about=_("where; here if left out"), kind=FilePath(), required=False),
            option(
                "--example",
                about=_("which rules: hebei (if left out), guizhou, henan or national"),
                kind=Word("NAME", _RULE_SETS),
            ),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    settings = settings_for(terminal)
    folder = wish.folder or Path()
    written = _write_all(folder, settings, wish.example or DEFAULT_RULE_SET)
    terminal.say(_("Written:"))
    for path in written:
        terminal.say(f"  {path}")
    terminal.say()
    terminal.say(_("Next:"))
    for step in _next_steps():
        terminal.say(f"  - {step}")
    terminal.answer({"folder": str(folder), "written": [str(path) for path in written]})
    return 0


def _next_steps() -> list[str]:
    return [
        _("write your office, division and mail server into %(file)s") % {"file": SETTINGS_FILE},
        _("copy %(file)s to a safe place: without it nothing sealed can be read again")
        % {"file": KEY_FILE},
        _("run `shouwang check`, then `shouwang import` with your workbooks"),
    ]


def _write_all(folder: Path, settings: Settings, rule_set: str) -> list[Path]:
    """Write everything or nothing; answer the files."""
    writers = _writers(folder, settings, rule_set)
    taken = [str(path) for path in writers if path.exists()]
    if taken:
        raise CommandWrong(
            _("these are there already and are not overwritten; nothing was written: %(files)s")
            % {"files": ", ".join(taken)}
        )
    is_new = not folder.exists()
    done: list[Path] = []
    try:
        for path, write in writers.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            done.append(path)
            write(path)
    except BaseException:
        _take_back(folder if is_new else None, done)
        raise
    return done


def _writers(folder: Path, settings: Settings, rule_set: str) -> dict[Path, Callable[[Path], None]]:
    writers: dict[Path, Callable[[Path], None]] = {}
    for name, text in example_files(rule_set).items():
        writers[folder / name] = partial(_write_text, text=text)
    if settings.keys is None and settings.key_file is None:
        writers[folder / KEY_FILE] = lambda path: write_key_file(path, MasterKey.create())
    if settings.database_url is None:
        writers[folder / DATABASE_FILE] = partial(_prepare, settings=settings)
    for name in SAMPLES:
        writers[folder / SAMPLE_FOLDER / name] = write_sample
    writers[folder / SAMPLE_FOLDER / TEMPLATE_FOLDER] = _copy_templates
    return writers


def _write_text(path: Path, *, text: str) -> None:
    with path.open("x", encoding="utf-8") as stream:
        stream.write(text)


def _copy_templates(path: Path) -> None:
    shutil.copytree(SHIPPED_TEMPLATES, path)


def _prepare(path: Path, *, settings: Settings) -> None:
    path.touch(mode=0o600)  # birth dates and places are in it, if not names
    database = open_database(settings, path.parent / SETTINGS_FILE)
    try:
        upgrade(database)
    finally:
        database.close()


def _take_back(folder: Path | None, done: list[Path]) -> None:
    """Remove what was written before something failed."""
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in done:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
            continue
        for beside in ("", ".lock", "-wal", "-shm"):  # the last three are a database's
            path.with_name(path.name + beside).unlink(missing_ok=True)
    for path in done:
        with suppress(OSError):
            path.parent.rmdir()
