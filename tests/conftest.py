"""What every test gets: a clean environment, no network, one language, and databases of both kinds."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import URL

import alerts.tables  # noqa: F401  # registers its tables in the one MetaData
from config.language import DEFAULT_LANGUAGE, speaking
from ledgers.database import Database
from ledgers.tables import metadata
from tests.databases import (
    POSTGRES_VARIABLE,
    empty_postgres,
    postgres_database,
    postgres_server,
)
from tests.network import stay_on_this_machine

_KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
_NAMED_SERVER = os.environ.get(POSTGRES_VARIABLE)

_WHOLE_PATHS = ("tests/acceptance/", "tests/service/simulation/")
"""Where many days are lived through by everything together: coverage is not counted there.

Counting doubles what a test costs, and the tests of each module say better what of it is tested.
"""

settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci")
stay_on_this_machine()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count coverage where it tells something new: not in whole paths, nor again on PostgreSQL."""
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        again = "postgres" in parameters.values()
        if again or item.get_closest_marker("slow") or item.nodeid.startswith(_WHOLE_PATHS):
            item.add_marker("no_cover")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what the developer's shell says about Shouwang, language and zone."""
    for name in list(os.environ):
        if name.startswith(("SHOUWANG_", "LC_")) or name in {"LANGUAGE", "TZ"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture(autouse=True)
def default_language() -> Iterator[None]:
    """Start every test in the default language, whatever the last one spoke."""
    with speaking(DEFAULT_LANGUAGE):
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[URL]:
    """Answer a PostgreSQL server's URL: the one named in the environment, else one of our own."""
    with postgres_server(_NAMED_SERVER) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_tables(postgres_url: URL) -> Iterator[URL]:
    """Answer a PostgreSQL database with all tables, which one test after the other uses."""
    with postgres_database(postgres_url) as url:
        _make_tables(url)
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answer an SQLite file with all tables and no rows, to be copied for each test."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    _make_tables(_sqlite(path))
    return path


@pytest.fixture(params=_KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Answer the URL of a database with all tables and no rows, on each kind in turn."""
    if request.param == "sqlite":
        url = _sqlite(tmp_path / "shouwang.sqlite")
        shutil.copy(request.getfixturevalue("sqlite_template"), str(url.database))
    else:
        url = request.getfixturevalue("postgres_tables")
        empty_postgres(url, metadata)
    return url.render_as_string(hide_password=False)


@pytest.fixture(params=_KINDS)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Answer the URL of a database without tables, for whoever makes or changes them."""
    if request.param == "sqlite":
        yield _sqlite(tmp_path / "bare.sqlite").render_as_string()
        return
    with postgres_database(request.getfixturevalue("postgres_url")) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Answer an open database with all tables and no rows, on each kind in turn."""
    opened = Database.open(database_url)
    yield opened
    opened.close()


def _make_tables(url: URL) -> None:
    made = Database.open(url.render_as_string(hide_password=False))
    made.create_all(metadata)
    made.close()


def _sqlite(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))
