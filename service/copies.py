"""A site on a copy of its database: for trials that must leave the real one as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ledgers.audit_chain import bind
from ledgers.database import Database
from service.saving import backup
from service.wiring import Site


@contextmanager
def copied(site: Site) -> Iterator[Site]:
    """Answer the site with a copy of its database, that goes when the block ends."""
    with TemporaryDirectory(prefix="shouwang-") as folder:
        file = Path(folder) / "trial.sqlite"
        backup(site.database, file)
        copy = Database.open(f"sqlite:///{file}")
        bind(copy, site.vault)
        try:
            yield replace(site, database=copy, notebook=Path(folder))
        finally:
            copy.close()
