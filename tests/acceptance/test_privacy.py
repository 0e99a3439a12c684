"""Marker values in every sealed field, planted by real files, and a search through all that is made."""

import logging
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select

from alerts.tables import attempts
from service.liveness import Signs
from service.prometheus import PrometheusFigures
from service.reporting import look, page_for
from service.saving import backup
from tests.acceptance.court import Court, log_to
from tests.acceptance.markers import (
    CHILD,
    DECLARED,
    DIRECTOR,
    LABELS,
    MARKERS,
    NOT_KEPT,
    SECRET_KEY,
    SECRET_URL,
    markers_in,
    unpacked,
)
from tests.acceptance.office import LAUNCH, SETTINGS, open_office
from tests.acceptance.planting import SOURCES, SUPERVISOR, plant

CHANNELS = (
    """\
    type: smtp
    host: smtp.example.invalid
    port: 587
    security: starttls
    from: 演示县民政局 <noreply@example.invalid>
""",
    f"""\
    type: file
    folder: 已发
  平台:
    type: webhook
    url: {SECRET_URL}
    secret: {SECRET_KEY}
    address: email
    reader_class: person
    allow_private: [127.0.0.1]
""",
)
"""Mails go into a folder; the supervisor's are first tried on a channel where nobody listens."""

ROUTES = (
    "    supervisor:\n      - email\n",
    "    supervisor:\n      - 平台\n      - email\n",
)
FIELDS = ("version: 1\n", f"version: 1\n{DECLARED}")

WHY = ("--purpose", f"核对{CHILD['姓名']}")
"""A purpose may say what nothing else may: it is kept sealed."""


@pytest.fixture
def court(
    tmp_path: Path, bare_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Court]:
    """Answer an office whose files held the markers, after a month of its life."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("SHOUWANG_DATABASE_URL", bare_database_url)
    log = StringIO()
    log_to(log)
    with open_office(tmp_path, bare_database_url, CHANNELS, ROUTES, FIELDS) as office:
        found = Court(office, log)
        plant(found)
        live(found)
        yield found
    structlog.reset_defaults()
    logging.basicConfig(level=logging.WARNING, force=True)


def live(court: Court) -> None:
    """Let a month pass, with everything a daemon and its people do."""
    office = court.office
    for day in (LAUNCH + timedelta(days=n) for n in (0, 3, 7, 10, 14, 30, 35)):
        office.move(day)
        court.ask("tick")
    for words in (
        ("record", "青山-01", "visit", "--result", "未联系上"),
        ("explain", "青山-01"),
        ("--json", "explain", "青山-02"),
        ("explain", "柳河机构-01"),
        ("record", "柳河机构-01", "visit"),
        ("status",),
        ("--json", "status"),
        ("outbox", "list"),
        ("plan",),
        ("doctor",),
        ("check",),
        ("audit",),
        ("keys", "status"),
        ("outbox", "show", "nothing"),
        ("person", "leave", "龘靐"),
        ("explain", "龘靐"),
        ("record", "龘靐", "visit"),
        ("export", "overdue", str(office.folder / "逾期.xlsx"), *WHY),
        ("export", "visits", str(office.folder / "走访.xlsx"), *WHY),
        ("export", "outcomes", str(office.folder / "结果.xlsx"), *WHY),
        ("export", "differences", str(office.folder / "差异.xlsx"), *WHY),
        ("export", "statistics", str(office.folder / "统计.xlsx"), "--period", "2027Q1", *WHY),
    ):
        court.ask(*words)
    backup(office.site.database, office.folder / "备份.sqlite")
    watch(court)


def watch(court: Court) -> None:
    """Do what the daemon does each half minute, and ask its port."""
    site, now = court.office.site, court.office.clock()
    signs, figures = Signs("office", now, now), PrometheusFigures()
    look(site, signs, figures, now=now)
    (court.office.folder / "liveness.json").write_text(signs.as_json(now), encoding="utf-8")
    for path in ("/healthz", "/metrics"):
        court.said[path] = page_for(path, site, signs, figures).body


@pytest.mark.slow
def test_no_marker_is_anywhere(court: Court) -> None:
    """Not in the database, its files, mails, exports, answers, logs or signs; paper is the exception."""
    assert list((court.office.folder / "已发").glob("*.eml"))
    assert_all_was_planted(court)
    asked = ("shouwang person leave", "shouwang explain 龘靐", "shouwang record 龘靐")
    assert mailed_beside_to(court) == set()
    mails = tuple(f"已发/{path.name}" for path in (court.office.folder / "已发").iterdir())
    found = court.found(besides=(*SOURCES, SETTINGS, *asked, *mails))
    assert found == set()
    assert labelled(court) == set()
    assert {where for where, content in court.server_files() if markers_in(content)} == set()
    assert_only_paper_names_a_child(court)


def assert_all_was_planted(court: Court) -> None:
    """What is looked for is there to be found: sealed, and on the way to a channel's far side."""
    assert set(MARKERS) - court.opened() == set(NOT_KEPT)
    with court.office.site.database.reading() as connection:
        tried = connection.execute(select(attempts.c.result).where(attempts.c.channel == "平台"))
        assert set(tried.scalars()) == {"refused"}
    mails = (court.office.folder / "已发").glob("*.eml")
    assert any(SUPERVISOR.encode() in path.read_bytes() for path in mails)


def mailed_beside_to(court: Court) -> set[tuple[str, str]]:
    """Answer the markers in mails, but for the address in the head's `To`."""
    return {
        (where, marker)
        for path in (court.office.folder / "已发").iterdir()
        for where, content in list(unpacked(path, path.read_bytes()))[1:]
        for marker in markers_in(content)
    }


def labelled(court: Court) -> set[tuple[str, str]]:
    """Answer where mails, public lists, logs and signs say what only the database may, in plain."""
    lists = ("逾期", "走访", "结果", "差异", "统计")
    shown = ("log", "/", *(f"{name}.xlsx" for name in lists), *(f"已发/{n}" for n in range(10)))
    return {
        (where, label)
        for where, content in court.everything()
        if where.startswith(shown)
        for label in markers_in(content, LABELS)
    }


def assert_only_paper_names_a_child(court: Court) -> None:
    """The roster names whom it must, and the rows to mend are as they were; no other export does."""
    folder = court.office.folder
    assert (
        court.ask(
            "export", "roster", str(folder / "对照.xlsx"), "--person", DIRECTOR["手机号"], *WHY
        )
        == 0
    )
    assert court.ask("export", "quarantine", str(folder / "改.xlsx"), *WHY) == 0
    named = {
        where.partition(" ")[0]
        for where, marker in court.found(besides=(*SOURCES, SETTINGS))
        if where.partition(" ")[0].endswith(".xlsx")
    }
    assert named == {"对照.xlsx", "改.xlsx"}
