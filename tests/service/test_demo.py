"""The demo: the whole main job, told on a made-up county."""

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.labels import labels_in
from config.language import speaking
from service import demo
from service.demo_county import CHILDREN, County, make_county
from service.demo_office import Inbox, form_in, html_of, last_week, text_of
from service.terminal import Terminal

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run the demo once; answer its folder and what it printed."""
    home = tmp_path_factory.mktemp("demo") / "county"
    out = io.StringIO()
    terminal = Terminal(out, io.StringIO(), lambda: NOW, {})
    with speaking("en"):
        assert demo.run(terminal, folder=home) == 0
    return home, out.getvalue()


def _county() -> County:
    return make_county(last_week(NOW.date())[0])


def test_the_county_is_as_large_as_it_says() -> None:
    """Three townships, forty villages, 600 children, 45 directors of whom most have no e-mail."""
    county = _county()
    directors = [worker for worker in county.workers if worker.title == "儿童主任"]
    assert [len(county.towns), sum(len(town.villages) for town in county.towns)] == [3, 40]
    assert sum(len(town.children) for town in county.towns) == CHILDREN
    assert (len(directors), sum(1 for worker in directors if worker.email)) == (45, 7)


def test_the_same_day_makes_the_same_county() -> None:
    """A demo can be talked about, because it does not change under one's hands."""
    assert make_county(date(2026, 11, 9)) == make_county(date(2026, 11, 9))


def test_the_story_closes_what_was_done_and_nothing_twice(told: tuple[Path, str]) -> None:
    """The form closes matters, its second import changes nothing, the next mail lists none."""
    _home, words = told
    closed = re.search(r"matters closed by it: (\d+)\.", words)
    assert closed is not None
    assert int(closed[1]) > 10
    assert "Imported a second time: nothing changed." in words
    assert f"Of the {closed[1]} closed matters it lists: 0." in words


def test_bad_rows_are_put_aside_with_their_place(told: tuple[Path, str]) -> None:
    """The rest of the ledger is imported all the same."""
    _home, words = told
    assert "entries: 595 new" in words
    assert words.count("put aside: 柳林乡 row") == 5


def test_mails_are_chinese_and_show_no_child(told: tuple[Path, str]) -> None:
    """No child's name and no labelling word in any subject, text or page."""
    home, _words = told
    names = {child.name for town in _county().towns for child in town.children}
    mails = Inbox(home / demo.MAILS).mails()
    assert len(mails) > 10
    for _path, mail in mails:
        said = "\n".join((mail["Subject"], text_of(mail), html_of(mail)))
        assert not labels_in(said, ())
        assert not [name for name in names if name in said]
        assert mail["Auto-Submitted"] == "auto-generated"
        assert not mail.defects


def test_supervisors_get_a_form_to_fill_in(told: tuple[Path, str]) -> None:
    """Each supervisor's mail carries the 走访登记表."""
    home, _words = told
    forms = [
        mail["To"] for _path, mail in Inbox(home / demo.MAILS).mails() if form_in(mail) is not None
    ]
    assert {to.partition("@")[0] for to in forms} == {"dudao1", "dudao2", "dudao3"}


def test_a_real_sites_environment_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database named for the real site is not touched by a demonstration."""
    real = tmp_path / "real.sqlite"
    monkeypatch.setenv("SHOUWANG_DATABASE_URL", f"sqlite:///{real}")
    out = io.StringIO()
    demo.run(Terminal(out, io.StringIO(), lambda: NOW, {}), folder=tmp_path / "demo")
    assert not real.exists()
    assert "六、" in out.getvalue()
