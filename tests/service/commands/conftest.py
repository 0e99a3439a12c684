"""Desks at which commands are tried: empty, begun, and with a county in the ledger."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.databases import postgres_database
from tests.service.commands.desk import Desk, copy_of, settle_in
from tests.service.commands.office import Office, at_office


@contextmanager
def _in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answer a folder in which `init` was run and a county waits to be imported."""
    folder = tmp_path_factory.mktemp("begun")
    with _in(folder):
        Desk(folder).done("init")
        settle_in(folder)
    return folder


@pytest.fixture(scope="session")
def filled(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answer a folder with a county in its ledger, looked over once."""
    folder = tmp_path_factory.mktemp("filled")
    desk = copy_of(begun, folder)
    with _in(folder):
        desk.done("import", "人员.xlsx", "儿童.xlsx")
        desk.done("tick")
    return folder


@pytest.fixture
def bare_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Answer a desk in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


@pytest.fixture
def begun_desk(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Answer a desk where `init` was run."""
    monkeypatch.chdir(tmp_path)
    return copy_of(begun, tmp_path)


@pytest.fixture
def desk(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Answer a desk with a county in the ledger."""
    monkeypatch.chdir(tmp_path)
    return copy_of(filled, tmp_path)


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def county(
    request: pytest.FixtureRequest, begun: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """Answer a county with users, on each kind of database, that many tests share."""
    folder = tmp_path_factory.mktemp("county")
    with ExitStack() as stack:
        url = None
        if request.param == "postgres":
            made = stack.enter_context(postgres_database(request.getfixturevalue("postgres_url")))
            url = made.render_as_string(hide_password=False)
        with at_office(begun, folder, url) as office:
            yield office


@pytest.fixture
def office(county: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Answer the county's office. Tests share it: each acts on children and people of its own."""
    monkeypatch.chdir(county.desk.folder)
    monkeypatch.setenv("SHOUWANG_DATABASE_URL", county.url)
    return county
