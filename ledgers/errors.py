"""What can go wrong with ledgers, keys and files; every sentence says what to do.

LedgerError
├── KeyFileMissing, KeyFileExists, KeyFileBroken   the site's keys
└── UnreadableValue                                one sealed value
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


class UnreadableValue(LedgerError):
    """A sealed value does not open: its key is gone, or it was changed or moved."""

    def __init__(self, table: str, column: str, row_id: str) -> None:
        super().__init__(
            _(
                "%(table)s.%(column)s of row %(row)s cannot be opened: wrong key file, or a damaged value"
            )
            % {"table": table, "column": column, "row": row_id}
        )
