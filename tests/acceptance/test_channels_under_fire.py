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


def broken(database: Database, far: FarSides, each: int) -> list[str]:
    """Answer what was lost, left open, said too often or beyond a limit."""
    told = states(database)
    lost = each * len(CHANNELS) - sum(told.get(state, 0) for state in ("sent", "failed"))
    found = [*far.violations(), *[f"{lost} tellings without an outcome"] * bool(lost)]
    found += ["dropped without a word"] * far.wecom.dropped
    for channel in CHANNELS:
        found += [f"{channel}: {what}" for what in _broken_on(database, far, channel, each)]
    return found


def _broken_on(database: Database, far: FarSides, channel: str, each: int) -> list[str]:
    fate = fates(database, far, channel)
    sent = {notice for notice, state in fate.states.items() if state == "sent"}
    often = {notice for notice, copies in fate.copies.items() if copies > 1 + fate.unknowns[notice]}
    if channel == "sms":  # the vendor is asked before anything is sent again
        often |= {notice for notice, copies in fate.copies.items() if copies > 1}
    checks = {
        "notices are missing": len(fate.states) == each,
        "notices are open": set(fate.states.values()) <= {"sent", "failed"},
        "hardly any went out": len(sent) > each * 0.9,
        "called sent and never there": sent <= fate.copies.keys(),
        "said too often": not often,
    }
    return [what for what, holds in checks.items() if not holds]


def test_every_notice_has_one_outcome(database: Database) -> None:
    """A few of each, on both databases."""
    assert broken(database, delivered(database, 40), 40) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_key_is_anywhere(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in logs of all there is, not in attempts and their details, not in any file of the database."""
    caplog.set_level(logging.DEBUG)
    log = StringIO()
    structlog.reset_defaults()  # a simulation in this process wants to hear nothing
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
    assert broken(database, delivered(database, 1250), 1250) == []
