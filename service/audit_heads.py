"""The newest audit event as it was last seen here: a signed file that tells when the tail was cut.

A chain that lost its newest events looks whole by itself. So after each command, and every night,
number and hash of the newest event are kept in a file beside the configuration, outside the
database; `backup` says them too.
"""

import hmac
import json
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import structlog
from sqlalchemy import Connection, select

from config.lean import dataclass
from ledgers.audit_chain import ChainKey, head
from ledgers.audit_tables import audit_events
from ledgers.audit_verify import KnownHead
from service.errors import HeadFileBroken
from service.wiring import Site

NAME = "shouwang.audit-head"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HeadFile:
    """The file, and the key that it is signed with."""

    path: Path
    key: ChainKey

    @classmethod
    def of(cls, site: Site) -> "HeadFile":
        """Answer a site's: beside its configuration, or where a trial may write."""
        return cls((site.notebook or site.folder) / NAME, ChainKey.of(site.vault))

    def read(self) -> KnownHead | None:
        """Answer the newest event known; None: none was kept yet.

        Raises:
            HeadFileBroken: the file is not as we wrote it.
        """
        try:
            said = json.loads(self.path.read_bytes())
            known = KnownHead(str(said["hash"]), int(said["number"]))
            signature = str(said["signature"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise HeadFileBroken(str(self.path)) from error
        given = signature.encode(errors="replace")
        if not hmac.compare_digest(given, self._signature(known).encode()):
            raise HeadFileBroken(str(self.path))
        return known

    def write(self, known: KnownHead) -> None:
        """Keep another head, whatever was there; where no file may be written there is none."""
        signature = self._signature(known)
        said = {"number": known.number, "hash": known.hash, "signature": signature}
        draft = self.path.with_name(f".{self.path.name}.{token_hex(4)}")
        with suppress(PermissionError):
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(said), "utf-8")
            draft.replace(self.path)

    def _signature(self, known: KnownHead) -> str:
        return self.key.sign("head", known.number, known.hash)


def keep_head(site: Site) -> bool:
    """Note the newest event, and answer whether the one noted before is still there.

    If it is gone, or somebody changed the file, the file stays as it is: that is evidence.
    """
    file = HeadFile.of(site)
    with site.database.reading() as connection:
        number, signed = head(connection)
        try:
            known = file.read()
        except HeadFileBroken as error:
            _log.error("audit.head_broken", reason=str(error))  # a sentence says it
            return False
        if known == KnownHead(signed, number):
            return True
        if known is not None and not is_there(connection, known):
            _log.error("audit.cut_off", known=known.number, newest=number)
            return False
    if number:
        file.write(KnownHead(signed, number))
        _log.info("audit.head", number=number, head=signed)
    return True


def is_there(connection: Connection, known: KnownHead) -> bool:
    """Say whether the chain still has an event that it had."""
    same_number = select(audit_events.c.hash).where(audit_events.c.number == known.number)
    return connection.scalar(same_number) == known.hash
