"""Opening a site makes what commands and daemon share, and keeps the operator in step."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from config.errors import ConfigurationErrors
from ledgers.persons import load_persons
from ledgers.tables import persons
from ledgers.work_notices import keep_notice
from service.errors import OldDatabase
from service.outgoing import build_channels
from service.wiring import Site, open_site, reloaded
from tests.service.sites import MONDAY, a_site, settings_for, write_site

NOTICE = {
    "year": 2027,
    "papers": ["https://example.invalid/notice"],
    "days": [{"name": "端午节", "date": "2027-06-09", "isOffDay": True}],
}


def operators(site: Site) -> list[tuple[str, str | None]]:
    """Answer handle and mail address of everybody there is."""
    with site.database.reading() as connection:
        ids = list(connection.scalars(select(persons.c.id)))
        found = load_persons(connection, site.vault, ids).values()
    return [(one.handle, one.email) for one in found]


def test_the_operator_is_a_person_and_follows_the_configuration(
    tmp_path: Path, bare_database_url: str
) -> None:
    """There is one, however often a site is opened; a new address takes the old one's place."""
    for _ in range(2):
        with a_site(tmp_path, bare_database_url) as site:
            assert operators(site) == [("operator", "operator@example.invalid")]
    with a_site(tmp_path, bare_database_url) as site:
        text = site.config_path.read_text("utf-8")
        changed = text.replace("operator@example.invalid", "new@example.invalid")
        site.config_path.write_text(changed, encoding="utf-8")
        assert operators(reloaded(site)) == [("operator", "new@example.invalid")]


def test_a_mistake_in_the_file_leaves_the_open_site_as_it_is(tmp_path: Path) -> None:
    """A reload that fails changes nothing."""
    with a_site(tmp_path, f"sqlite:///{tmp_path / 'site.sqlite'}") as site:
        site.config_path.write_text("version: 2\n", encoding="utf-8")
        with pytest.raises(ConfigurationErrors):
            reloaded(site)
        assert site.configuration.site.name == "演示县民政局"


def test_imported_days_off_count(tmp_path: Path, bare_database_url: str) -> None:
    """What `calendar import` kept extends the official calendar, from the next look on."""
    with a_site(tmp_path, bare_database_url) as site:
        assert site.calendar.is_workday(date(2027, 6, 9))
        with site.database.writing() as connection:
            for _ in range(2):
                keep_notice(connection, 2027, NOTICE, now=MONDAY)
        assert not reloaded(site).calendar.is_workday(date(2027, 6, 9))


def test_a_database_of_another_version_is_not_opened(tmp_path: Path) -> None:
    """Work begins with `db upgrade`."""
    settings = settings_for(tmp_path, f"sqlite:///{tmp_path / 'site.sqlite'}")
    with pytest.raises(OldDatabase), open_site(settings, environment={}):
        pass


def test_paths_of_channels_are_those_of_the_configuration(tmp_path: Path) -> None:
    """A folder is looked for beside the file that names it, wherever the command runs."""
    with a_site(tmp_path, f"sqlite:///{tmp_path / 'site.sqlite'}") as site:
        assert list(build_channels(site)) == ["mail"]
        assert site.folder == write_site(tmp_path).resolve().parent
