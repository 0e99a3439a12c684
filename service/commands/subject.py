"""`subject export | erase | hold | erased`: what a child or a person may ask of the office."""

from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click

from alerts.erasing import Erased
from alerts.erasing import Reason as Why
from alerts.export_held import export_held
from alerts.held_about import Section, about_entry, about_person
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from ledgers.audit_chain import Event, append
from ledgers.erasures import list_erased, write_list
from ledgers.wiping import wipe
from service.authority import authority
from service.commandline import Commands, Listed, argument, flag, for_users, make
from service.commands import subject_hold
from service.commands.audited import purpose_option, purpose_said
from service.commands.sites import acting, opened
from service.commands.subject_hold import ref_argument
from service.commands.workbooks import Source, Target, file_argument, replace_flag, write_out
from service.errors import CommandWrong
from service.inputs import FilePath, Word
from service.retaining import eraser_of
from service.subjects import Subject, subject_called
from service.terminal import Terminal
from service.words import erasure_words

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Export:
    """Whose data, into which file, and what for."""

    ref: str
    file: Path
    purpose: str | None
    replace: bool


@dataclass(frozen=True, slots=True)
class Erase:
    """Who is erased, and in which case of the law; `yes`: nothing is asked."""

    ref: str
    reason: str
    yes: bool


@dataclass(frozen=True, slots=True)
class ListErased:
    """Into which file."""

    file: Path


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    listed = {
        "export": Listed(_("write everything held about somebody"), _export_command),
        "erase": Listed(_("erase somebody, where the law lets you"), _erase_command),
        "hold": Listed(_("keep somebody's data for a court or an inquiry"), subject_hold.command),
        "erased": Listed(_("write the list of the erased, for restores"), _erased_command),
    }
    about = _(
        "Requests of those whose data are held: REF is a village number, or a person (P-0007)."
    )
    return Commands("subject", listed, about=about)


@for_users
def _export_command() -> click.Command:
    return make(
        Export,
        _export,
        name="export",
        about=_(
            "Writes everything that is held about a child, an institution or a person, opened, as a "
            "workbook: the answer to a request for access. It is audited."
        ),
        params=[ref_argument(), file_argument(), purpose_option(), replace_flag()],
    )


@for_users
def _erase_command() -> click.Command:
    reasons = {why.value: (word,) for why, word in erasure_words().items()}
    reason = click.Option(
        ["--reason"],
        required=True,
        type=Word("CODE", reasons),
        metavar="CODE",
        help=_("the case of PIPL art. 47: %(words)s")
        % {"words": "; ".join(f"{why} ({word})" for why, (word,) in reasons.items())},
    )
    return make(
        Erase,
        _erase,
        name="erase",
        about=_(
            "Erases a child, an institution or a person: nothing of who it was is left, figures stay "
            "as they are. Refused while a legal hold or an open duty forbids it. It is audited."
        ),
        params=[ref_argument(), reason, flag("--yes", about=_("do not ask back"))],
    )


def _erased_command() -> click.Command:
    about = _(
        "Writes the list of the erased: keys that say nothing without the master key. Keep it with "
        "your backups and give it to `restore`, if the database itself is lost."
    )
    params = [argument("file", about=_("a file"), kind=FilePath())]
    return make(ListErased, _erased, name="erased", about=about, params=params)


def _export(wish: Export, terminal: Terminal) -> int:
    purpose = purpose_said(wish.purpose, terminal)

    def write(source: Source, stream: BinaryIO) -> int:
        site, connection = source.site, source.connection
        who = source.who
        subject = subject_called(connection, site.vault, wish.ref, who)
        event = Event("subject.export", who.actor, subject=subject.id, purpose=purpose)
        with site.database.writing() as unit:
            append(unit, event, at=site.clock())
        return export_held(connection, _held(source, subject), stream)

    return write_out(write, Target(wish.file, wish.replace, Right.EXPORT_NAMES), terminal)


def _held(source: Source, subject: Subject) -> list[Section]:
    about = about_person if subject.is_person else about_entry
    # Where a row lies that was set apart is not known: it may be a namesake's elsewhere.
    is_seen = source.who.scope is None
    return about(source.connection, source.site.vault, subject.id, set_apart=is_seen)


def _erase(wish: Erase, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.ERASE)
        with site.database.reading() as connection:
            subject = subject_called(connection, site.vault, wish.ref, who)
        if not wish.yes:
            _ask_back(wish.ref, terminal)
        now = site.clock()
        eraser, reason = eraser_of(site, now), Why(wish.reason)
        with acting(site, now) as (connection, _plan, _today):
            erase = eraser.erase_person if subject.is_person else eraser.erase_entry
            erased = erase(connection, subject.id, reason)
            details = {"reason": reason.value, "alerts": str(erased.alerts)}
            event = Event("subject.erase", who.actor, subject=subject.id, details=details)
            append(connection, event, at=now)
        is_wiped = wipe(site.database)
    _tell(erased, terminal, is_wiped=is_wiped)
    return 0


def _ask_back(ref: str, terminal: Terminal) -> None:
    """Have the reference typed once more.

    Raises:
        CommandWrong: it was not, or there is nobody to type it.
    """
    if terminal.given is None:
        raise CommandWrong(_("erasing cannot be undone: say --yes, or type at a terminal"))
    terminal.warn(_("Erasing cannot be undone. Type %(ref)s once more to erase it:") % {"ref": ref})
    if terminal.given.readline().strip() != ref:
        raise CommandWrong(_("that is not %(ref)s; nothing was erased") % {"ref": ref})


def _tell(erased: Erased, terminal: Terminal, *, is_wiped: bool) -> None:
    terminal.say(
        _(
            "Erased. Alerts ended: %(alerts)s, messages to be made anew: %(messages)s, rows set "
            "apart destroyed: %(rows)s."
        )
        % {"alerts": erased.alerts, "messages": erased.messages, "rows": erased.rows}
    )
    terminal.say(
        _(
            "Kept, saying nothing of who it was: dates and results of acts, for figures, and the "
            "audit chain. Backups hold it until they expire; `restore` erases again."
        )
    )
    if not is_wiped:
        terminal.warn(_("Somebody was reading: the daemon empties the database's log at night."))
    terminal.answer({**asdict(erased), "log_emptied": is_wiped})


def _erased(wish: ListErased, terminal: Terminal) -> int:
    with opened(terminal) as site, site.database.reading() as connection:
        found = list_erased(connection)
    write_list(wish.file, found)
    terminal.say(_("%(file)s: erasures: %(count)s") % {"file": wish.file, "count": len(found)})
    terminal.answer({"file": str(wish.file), "erasures": len(found)})
    return 0
