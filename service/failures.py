"""Every known failure as a sentence and an exit code; an unknown one as an incident."""

import errno
import secrets
import sqlite3
from typing import TextIO

import structlog
from pydantic import ValidationError
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError, SQLAlchemyError

from alerts.errors import (
    AlertError,
    DeferralTooLong,
    EntryUnknown,
    NoticeUnknown,
    PersonUnknown,
    RecordUnknown,
    SilenceBackwards,
    SilenceUnknown,
    TemplatesRefused,
    TermInvalid,
)
from channels.errors import ChannelInputError
from channels.protocol import ChannelError
from config.errors import ConfigurationErrors
from config.language import catalogue
from ledgers.errors import KeyFileMissing, LedgerError
from schedules.errors import CalendarNoticeInvalid, ScheduleError
from service import logs
from service.errors import CommandWrong, ServiceError
from service.words import failure_text

_ = catalogue("service")

_FAILED, _WRONG = 1, 2
_IN_WORDS = (ServiceError, AlertError, LedgerError, ScheduleError, ChannelInputError)
_WRONG_INPUT = (
    ConfigurationErrors,
    TemplatesRefused,
    CommandWrong,
    KeyFileMissing,
    CalendarNoticeInvalid,
    DeferralTooLong,
    EntryUnknown,
    NoticeUnknown,
    PersonUnknown,
    RecordUnknown,
    SilenceBackwards,
    SilenceUnknown,
    TermInvalid,
)
"""What was asked makes no sense here: nothing was touched."""

log = structlog.get_logger(__name__)


def tell_failure(error: Exception, err: TextIO) -> int:
    """Tell a person at the keyboard what failed and what to do; answer the exit code."""
    if not structlog.is_configured():
        # Unasked it would print an error's words, among the answers.
        logs.configure("warning", stream=err)
    print(sentence_of(error), file=err)
    return _WRONG if isinstance(error, (*_WRONG_INPUT, ValidationError)) else _FAILED


def sentence_of(error: Exception) -> str:
    """Answer what failed, in words; something unknown is logged under a number and not shown."""
    match error:
        case ConfigurationErrors():
            return str(error)
        case ValidationError():
            return _wrong_variables(error)
        case ChannelError():
            return _("the channel did not take it: %(why)s") % {"why": failure_text(error)}
        case SQLAlchemyError():
            return _database(error)
        case OSError():
            return _system(error)
    return str(error) if isinstance(error, _IN_WORDS) else _incident(error)


def _wrong_variables(error: ValidationError) -> str:
    if error.title != "Settings":
        return _incident(error)
    names = {"SHOUWANG_" + "__".join(map(str, one["loc"])).upper() for one in error.errors()}
    sentence = _("these environment variables have values that are not allowed: %(names)s")
    return sentence % {"names": ", ".join(sorted(names))}


def _database(error: SQLAlchemyError) -> str:
    """Say what a database answered by its own word for it: a statement would show values."""
    if isinstance(error, OperationalError) and "locked" in str(error.orig):
        return _("the database is busy with something else; try again in a moment")
    if isinstance(error, OperationalError):
        return _(
            "the database does not answer or cannot be opened; "
            "is it there, does it run, may you read and write it?"
        )
    if isinstance(error, DatabaseError) and isinstance(error.orig, sqlite3.DatabaseError):
        code = getattr(error.orig, "sqlite_errorcode", None)
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            return _("the database file is damaged, or is none; restore a backup")
    if isinstance(error, DBAPIError):
        return _incident(error)
    return _("the database address cannot be used; correct SHOUWANG_DATABASE_URL")


def _system(error: OSError) -> str:
    why = _refusal(error)
    return why if error.filename is None else f"{error.filename}: {why}"


def _refusal(error: OSError) -> str:
    """Say in the reader's language what goes wrong every day; the rest as the system says it."""
    match error.errno:
        case errno.ENOENT:
            return _("there is no such file or folder")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return _("you may not read or write here; ask whoever runs this machine")
        case errno.ENOSPC | errno.EDQUOT:
            return _("the disk is full; make room and try again")
        case errno.EISDIR:
            return _("this is a folder; name a file")
        case errno.ENOTDIR:
            return _("part of this path is a file and not a folder")
        case errno.EEXIST:
            return _("there is something of that name already")
    return _("the system refused it: %(why)s") % {"why": error.strerror or type(error).__name__}


def _incident(error: Exception) -> str:
    number = secrets.token_hex(4)
    log.error("incident", incident=number, exc_info=error)
    return _(
        "Something went wrong that should not have (incident %(number)s). "
        "Its type and place are in the log; please report them."
    ) % {"number": number}
