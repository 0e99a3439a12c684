"""Thousands of notices over four channels whose far sides fail one request in ten."""

import logging
from io import StringIO
from pathlib import Path

import pytest
import structlog

from ledgers.database import Database
from tests.acceptance.under_fire import CHANNELS, FarSides, deliver, fates
from tests.alerts.posting import Clock, post, states
from tests.emulators.aliyun import KEY_ID, KEY_SECRET


def delivered(database: Database, each: int) -> FarSides:
    """Deliver so many notices over each channel."""
    for channel in CHANNELS:
        post(database, each, tellings_each=1, channel=channel)
    far, _rests = deliver(database, Clock())
    return far


def check(database: Database, far: FarSides, each: int) -> None:
    """Nothing lost, no limit exceeded, and nothing twice but where that is said."""
    assert far.violations() == []
    assert far.wecom.dropped == 0
    told = states(database)
    assert set(told) <= {"sent", "failed"}
    assert sum(told.values()) == each * len(CHANNELS)
    for channel in CHANNELS:
        found = fates(database, far, channel)
        assert len(found.states) == each
        assert set(found.states.values()) <= {"sent", "failed"}
        sent = {notice for notice, state in found.states.items() if state == "sent"}
        assert len(sent) > each * 0.9
        assert sent <= found.copies.keys()
        for notice, copies in found.copies.items():
            assert copies <= 1 + found.unknowns[notice], channel
    assert max(fates(database, far, "sms").copies.values()) == 1


def test_every_notice_has_one_outcome(database: Database) -> None:
    """A few of each, on both databases."""
    check(database, delivered(database, 40), 40)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_key_is_anywhere(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in logs of all there is, not in attempts and their details, not in any file of the database."""
    caplog.set_level(logging.DEBUG)
    log = StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(log))
    far = delivered(database, 25)
    structlog.reset_defaults()
    database.close()
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    found = "".join([caplog.text, log.getvalue(), *(str(file) for file in files)])
    assert "notice.refused" in found
    assert "notice.unknown" in found
    keys = ("markerzebra", KEY_ID, KEY_SECRET, far.wecom.robot_url, "access_token")
    assert [key for key in keys if key in found] == []


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_five_thousand_notices_have_one_outcome_each(database: Database) -> None:
    """1,250 over each channel at once; a robot alone takes more than an hour for its share."""
    check(database, delivered(database, 1250), 1250)
