"""The newest audit event is known outside the database, and missed when it is gone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts.directory import OPERATOR
from alerts.matters import MatterKind, still_open
from alerts.tables import notices
from ledgers.audit_verify import KnownHead
from service import duties
from service.audit_heads import NAME, HeadFile
from service.wiring import Site
from tests.service.sites import MONDAY, a_site

GONE = KnownHead("f" * 64, 7)
"""An event that the chain does not have."""


@pytest.fixture
def site(tmp_path: Path, bare_database_url: str) -> Iterator[Site]:
    """Answer a site whose rules have just been taken up, which is an event."""
    with a_site(tmp_path, bare_database_url) as made:
        duties.audit_all(made, MONDAY)
        duties.audit_all(made, MONDAY)
        yield made


def matters(site: Site) -> list[str]:
    """Answer what the operator has to look after."""
    with site.database.reading() as connection:
        return [one.matter.kind for one in still_open(connection, role=OPERATOR)]


def test_missing_events_are_told_until_they_are_back(site: Site) -> None:
    """By night, to the operator; the file that knew them is evidence and stays."""
    file = HeadFile.of(site)
    newest = file.read()
    assert newest is not None
    file.write(GONE)
    duties.audit_all(site, MONDAY)
    assert matters(site) == [MatterKind.AUDIT_CUT]
    assert file.read() == GONE
    with site.database.reading() as connection:
        assert list(connection.scalars(select(notices.c.role))) == [OPERATOR]
    file.write(newest)
    duties.audit_all(site, MONDAY)
    assert matters(site) == []


@pytest.mark.parametrize("signature", ["", "\ud800"])
def test_a_file_that_somebody_changed_is_told_as_well(site: Site, signature: str) -> None:
    """What it says may be true of a chain that was cut: unsigned it counts for nothing."""
    known = HeadFile.of(site).read()
    assert known is not None
    said = {"number": known.number, "hash": known.hash, "signature": signature}
    (site.folder / NAME).write_text(json.dumps(said), "utf-8")
    duties.audit_all(site, MONDAY)
    assert matters(site) == [MatterKind.AUDIT_CUT]
