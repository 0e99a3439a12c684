"""What can go wrong with ledgers, keys and files; every sentence says what to do.

LedgerError
├── KeyFileMissing, KeyFileExists, KeyFileBroken, KeyFileExposed, KeyCommandFailed
│                                                  where the master key comes from
├── KeysMissing, KeysInClear, OtherMasterKey, WrappedKeyBroken   the keys in the database
├── UnreadableValue                                one sealed value
├── PurposeRefused                                 words that are no purpose of an act
├── NotErasedList                                  a file that is no list of the erased
├── PasswordTooShort                               a password that protects nothing
├── UnknownField                                   a vocabulary for columns that do not exist
└── FileRefused                                    one file that is not read at all
    ├── FileMissing, FolderGiven, EmptyFile, UnknownFileType, MarkupFile, PasswordProtected
    ├── DamagedFile, ParserDied                    it broke, or broke its parser
    ├── ZipBomb, OversizedFile, TooMuchMemory, TooSlow
    └── NothingRecognised                          read, but no sheet has columns known here
"""

from config.language import catalogue

_ = catalogue("ledgers")


class LedgerError(Exception):
    """Anything the ledger refuses, in a sentence for the person at the keyboard."""


class KeyFileMissing(LedgerError):
    """There is no key file where the settings say."""

    def __init__(self, path: str) -> None:
        super().__init__(
            _(
                "no key file at %(path)s; run `shouwang init`, or set SHOUWANG_KEY_FILE to where it is"
            )
            % {"path": path}
        )


class KeyFileExists(LedgerError):
    """A key file would be overwritten, and with it everything sealed be lost."""

    def __init__(self, path: str) -> None:
        super().__init__(
            _("%(path)s exists and is not overwritten: without it nothing sealed can be read again")
            % {"path": path}
        )


class KeyFileBroken(LedgerError):
    """A key file cannot be read."""

    def __init__(self, source: str) -> None:
        super().__init__(
            _("the keys in %(source)s are damaged; put back the copy made when it was created")
            % {"source": source}
        )


class KeyFileExposed(LedgerError):
    """Others than its owner may read a key file."""

    def __init__(self, path: str) -> None:
        super().__init__(
            _("others may read the key file %(path)s; run `chmod 600` on it, as its owner")
            % {"path": path}
        )


class KeyCommandFailed(LedgerError):
    """The command that prints the master key did not."""

    def __init__(self, why: str) -> None:
        sentence = _("SHOUWANG_KEY_COMMAND did not print the master key: %(why)s; try it by hand")
        super().__init__(sentence % {"why": why})


class KeysMissing(LedgerError):
    """The database holds sealed values, but not the keys they were sealed with."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "the database holds no keys of its own: they lie in a key file of an older version; "
                "put that file back, then run `shouwang keys master`"
            )
        )


class KeysInClear(LedgerError):
    """The keys are wrapped by a master key, but a key file of an older version was given."""

    def __init__(self, needed: str) -> None:
        super().__init__(
            _(
                "this is a key file of an older version, but the keys of this database are wrapped by "
                "the master key %(needed)s: give that one"
            )
            % {"needed": needed}
        )


class OtherMasterKey(LedgerError):
    """The keys were wrapped by another master key than the one given."""

    def __init__(self, *, given: str, needed: str) -> None:
        self.needed = needed
        super().__init__(
            _(
                "the master key given is %(given)s, but the keys of this database are wrapped by "
                "%(needed)s. Put back the copy of that one; if it is lost, nobody can ever read what "
                "is sealed"
            )
            % {"given": given, "needed": needed}
        )


class WrappedKeyBroken(LedgerError):
    """A key in the database was changed."""

    def __init__(self, key_id: str) -> None:
        super().__init__(
            _("the key %(key)s in the database is damaged; restore a backup of the database")
            % {"key": key_id}
        )


class PurposeRefused(LedgerError):
    """The purpose of an act says nothing, too much, or names somebody by a number."""

    def __init__(self, most: int) -> None:
        super().__init__(
            _(
                "say in a few words what it is for: at most %(most)s letters, without phone or ID "
                "numbers"
            )
            % {"most": most}
        )


class UnreadableValue(LedgerError):
    """A sealed value does not open: its key is gone, or it was changed or moved."""

    def __init__(self, table: str, column: str, row_id: str) -> None:
        super().__init__(
            _(
                "%(table)s.%(column)s of row %(row)s cannot be opened: wrong key file, or a damaged value"
            )
            % {"table": table, "column": column, "row": row_id}
        )


class NotErasedList(LedgerError):
    """A file is not what `subject erased` writes."""

    def __init__(self, path: str) -> None:
        super().__init__(
            _("%(path)s is no list of the erased; give a file that `subject erased` wrote")
            % {"path": path}
        )


class PasswordTooShort(LedgerError):
    """A password that would soon be guessed."""

    def __init__(self, shortest: int) -> None:
        super().__init__(
            _("a password for a file needs at least %(shortest)s letters") % {"shortest": shortest}
        )


class UnknownField(LedgerError):
    """Synonyms were given for fields that no row has."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(
            _("no such field for a column: %(names)s; give it as an extra field, or correct it")
            % {"names": "、".join(names)}
        )


class FileRefused(LedgerError):
    """One file that is not read; the others are. `file` is its name without the folder."""

    def __init__(self, file: str, sentence: str) -> None:
        self.file = file
        super().__init__(sentence % {"file": file})


class FileMissing(FileRefused):
    """There is no such file, or it may not be opened."""

    def __init__(self, file: str) -> None:
        super().__init__(
            file,
            _("%(file)s cannot be opened; is it there, and may you read it?"),
        )


class FolderGiven(FileRefused):
    """A folder stands where a file should."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            folder,
            _("%(file)s is a folder; name the workbooks in it instead, for example: *.xlsx"),
        )


class EmptyFile(FileRefused):
    """The file holds nothing."""

    def __init__(self, file: str) -> None:
        super().__init__(file, _("%(file)s is empty; perhaps it was not saved or copied whole"))


class UnknownFileType(FileRefused):
    """Neither a workbook nor readable text."""

    def __init__(self, file: str) -> None:
        super().__init__(
            file,
            _("%(file)s is no workbook that can be read; save it as xlsx, xls, ods or csv"),
        )


class MarkupFile(FileRefused):
    """A web page or XML under a workbook's name, as many systems export them."""

    def __init__(self, file: str) -> None:
        super().__init__(
            file,
            _("%(file)s is a web page inside; open it in WPS or Excel and save it as xlsx"),
        )


class PasswordProtected(FileRefused):
    """The file is encrypted."""

    def __init__(self, file: str) -> None:
        super().__init__(
            file,
            _("%(file)s is protected by a password; open it, remove the password and save it"),
        )


class DamagedFile(FileRefused):
    """The file is cut off or broken."""

    def __init__(self, file: str) -> None:
        super().__init__(
            file,
            _("%(file)s is damaged or cut off; copy it again, or open it and save it anew"),
        )


class ParserDied(FileRefused):
    """The process that read the file was ended by a signal."""

    def __init__(self, file: str, signal: int) -> None:
        self.signal = signal
        super().__init__(
            file,
            _(
                "%(file)s made its reader fail; it is damaged, or has stray cells far below or right of"
                " the table: copy the table alone into a new workbook"
            ),
        )


class ZipBomb(FileRefused):
    """The file would unpack to far more than any ledger."""

    def __init__(self, file: str) -> None:
        super().__init__(
            file,
            _("%(file)s would unpack to an enormous size and was not opened; do not trust it"),
        )


class OversizedFile(FileRefused):
    """More bytes or cells than are read from one file."""

    def __init__(self, file: str) -> None:
        super().__init__(
            file,
            _("%(file)s is too large; split it, or copy the table alone into a new workbook"),
        )


class TooMuchMemory(FileRefused):
    """Reading needs more memory than one file may have."""

    def __init__(self, file: str) -> None:
        super().__init__(
            file,
            _(
                "%(file)s needs too much memory; it has stray cells far below or right of the table,"
                " or is too large: copy the table alone into a new workbook"
            ),
        )


class TooSlow(FileRefused):
    """Reading took longer than one file may take."""

    def __init__(self, file: str) -> None:
        super().__init__(
            file,
            _("%(file)s took too long to read; copy the table alone into a new workbook"),
        )


class NothingRecognised(FileRefused):
    """No sheet has a header with columns known here."""

    def __init__(self, file: str) -> None:
        super().__init__(
            file,
            _(
                "%(file)s has no sheet with column titles known here, such as 姓名 or 职责范围;"
                " add its titles as synonyms, or correct them"
            ),
        )
