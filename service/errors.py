"""What can go wrong when things are started or operated; every sentence says what to do.

ServiceError
├── AnotherDaemon     a second daemon on one SQLite file
├── OtherRules        a configuration with other rules than those in force
├── UpgradedMeanwhile a configuration that another version on disk has read
├── DaemonRuns        something that needs the daemon stopped
├── OldDatabase       tables of an older version, or none
├── NewerDatabase     tables of a newer version
├── HeadFileBroken    the file with the newest audit event was changed
├── Impossible        a wish that cannot be granted, in the words given
├── UnusableDatabase  an address that is no SQLite file and no PostgreSQL
└── CommandWrong      what was asked does not make sense; nothing was touched
    ├── UnknownName   nothing is called so
    └── SeveralMeant  more than one is called so
"""

from collections.abc import Sequence

from config.language import catalogue

_ = catalogue("service")


class ServiceError(Exception):
    """Anything the service refuses, in a sentence for the person at the keyboard."""


class AnotherDaemon(ServiceError):
    """An SQLite file has one daemon at most."""

    def __init__(self, database: str) -> None:
        super().__init__(
            _(
                "another Shouwang daemon already watches %(database)s; stop it first, "
                "or use PostgreSQL, where several may run"
            )
            % {"database": database}
        )


class OtherRules(ServiceError):
    """Somebody who lives evaluates this database by other rules than the configuration at hand."""

    def __init__(self, worker: str) -> None:
        super().__init__(
            _(
                "%(worker)s watches this database by other rules than this configuration has; "
                "give both the same configuration (a daemon reads a changed one within seconds), "
                "or stop the other"
            )
            % {"worker": worker}
        )


class UpgradedMeanwhile(ServiceError):
    """Another version was installed under a daemon that lives: what it reads may not fit."""

    def __init__(self, running: str, installed: str) -> None:
        super().__init__(
            _(
                "version %(installed)s was installed while version %(running)s runs; start the "
                "daemon anew so that it takes up the configuration, the old one holds until then"
            )
            % {"installed": installed, "running": running}
        )


class DaemonRuns(ServiceError):
    """A daemon is running that must not be while this is done."""

    def __init__(self, database: str) -> None:
        super().__init__(
            _("a Shouwang daemon is running on %(database)s; stop it, then run this again")
            % {"database": database}
        )


class OldDatabase(ServiceError):
    """The database has not got the tables this version needs."""

    def __init__(self, database: str) -> None:
        super().__init__(
            _("%(database)s is not prepared for this version; run `shouwang db upgrade`")
            % {"database": database}
        )


class NewerDatabase(ServiceError):
    """The database was prepared by a newer version than this one."""

    def __init__(self, database: str) -> None:
        super().__init__(
            _("%(database)s belongs to a newer version of Shouwang; install that version")
            % {"database": database}
        )


class BackupExists(ServiceError):
    """A backup is not written over anything."""

    def __init__(self, file: str) -> None:
        super().__init__(
            _("%(file)s is there already; name another file, or move it away") % {"file": file}
        )


class NotABackup(ServiceError):
    """A file that `backup` of this version or an older one did not write."""

    def __init__(self, file: str) -> None:
        super().__init__(
            _(
                "%(file)s is no backup that this version can read; name a file that "
                "`shouwang backup` wrote, whole, by this version or an older one"
            )
            % {"file": file}
        )


class NotEmpty(ServiceError):
    """A restore would put a backup in the place of what is there."""

    def __init__(self, database: str) -> None:
        super().__init__(
            _(
                "%(database)s is not empty; back it up first, then say `--replace` to put the "
                "backup in its place"
            )
            % {"database": database}
        )


class UnusableDatabase(ServiceError):
    """The database's address is none, or of a kind that is not used here."""

    def __init__(self) -> None:
        super().__init__(
            _("SHOUWANG_DATABASE_URL must begin with sqlite:/// or postgresql://; correct it")
        )


class HeadFileBroken(ServiceError):
    """The file that says which audit event is the newest is not as it was written."""

    def __init__(self, file: str) -> None:
        super().__init__(
            _(
                "%(file)s was changed, or written with other keys: keep it for an inquiry, move it "
                "away, and compare `shouwang audit verify --head` with a hash from a backup or the log"
            )
            % {"file": file}
        )


class Impossible(ServiceError):
    """A wish that cannot be granted. The caller translates the sentence."""


class CommandWrong(ServiceError):
    """What was asked does not make sense. The caller translates the sentence."""


class UnknownName(CommandWrong):
    """Nothing is called so; `question` says what was perhaps meant."""

    def __init__(self, name: str, question: str = "") -> None:
        super().__init__(_("“%(name)s” is not known here.") % {"name": name} + question)


class SeveralMeant(CommandWrong):
    """More than one is called so; they are told apart by their handles."""

    def __init__(self, name: str, handles: Sequence[str]) -> None:
        super().__init__(
            _("“%(name)s” means several; say which: %(handles)s")
            % {"name": name, "handles": ", ".join(handles)}
        )
