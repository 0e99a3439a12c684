"""Rules of every kind, as they come out of a file."""

from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest

from config.calendar_rules import CalendarRule, DueDay
from config.common_rule import CommonRule
from config.dates import DateRule, FromField, FromRecord
from config.days import MonthDay
from config.durations import Duration
from config.duties import ByLevel, DutyRule
from config.fields import Form, Storage, fields_of
from config.language import speaking
from config.loader import read
from config.model import Configuration
from config.regional import in_region
from config.seasons import SeasonRule
from config.signals import OnChange, OnWarning, SignalRule
from config.steps import Moment
from config.windows import FESTIVALS, AllOf, AnyOf, calendars_in, plain_window
from schedules.festivals import festivals

GOOD = Path(__file__).parent / "good"
Kind = TypeVar("Kind", bound=CommonRule)


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    """Answer the configuration that uses every kind and key."""
    return read(GOOD / "every-kind.yaml", {}).configuration


def rule(configuration: Configuration, name: str, kind: type[Kind]) -> Kind:
    """Answer a rule of a known kind."""
    found = configuration.rules[name]
    assert isinstance(found, kind)
    return found


def test_an_interval_by_level_keeps_what_is_not_configured_out(
    configuration: Configuration,
) -> None:
    """Levels map to spans; windows shorten them."""
    duty = rule(configuration, "走访", DutyRule)
    assert isinstance(duty.every, ByLevel)
    assert {level: str(span) for level, span in duty.every.levels.items()} == {
        "red": "7 days",
        "green": "6 months",
    }
    assert duty.on_raise is not None
    assert duty.during[0].window == AllOf(all=("summer-holiday", AnyOf(any=("flood", "winter"))))


def test_regions_are_laid_over_from_short_to_long(configuration: Configuration) -> None:
    """The city's source stays where the county changes the interval."""
    duty = rule(configuration, "走访", DutyRule)
    here, city, elsewhere = (in_region(duty, code) for code in ("990101001", "9901", "13"))
    assert isinstance(here.every, ByLevel)
    assert here.source == city.source == "本市文件"
    assert city.every == Duration.parse("1 month")
    assert elsewhere == duty
    assert in_region(rule(configuration, "payments", CalendarRule), "99").period == "quarter"


def test_a_date_counts_from_a_field_or_a_record(configuration: Configuration) -> None:
    """Each with a span, and perhaps moved to an end of the month."""
    assert rule(configuration, "eighteen", DateRule).on == FromField(
        field="born_on", plus=Duration.parse("18 years")
    )
    feedback = rule(configuration, "feedback", DateRule)
    assert feedback.on == FromRecord(record="moved-in", plus="10 workdays", to="month-end")
    assert feedback.counterpart
    assert feedback.done_by == ()


def test_a_season_has_steps_of_every_form(configuration: Configuration) -> None:
    """Their keys are canonical, however they were typed."""
    season = rule(configuration, "summer-flood", SeasonRule)
    assert [step.key for step in season.steps] == [
        "start", "start + 7 days", "end - 30 days", "every monday", "on 07-20", "on 2027-08-01", "end",
    ]  # fmt: skip
    assert season.steps[2].at == Moment("end", Duration.parse("-30 days"))
    assert season.steps[4].on == MonthDay(7, 20)


def test_a_calendar_rule_is_due_on_a_day_of_its_period(configuration: Configuration) -> None:
    """A workday, or the end if nothing is said."""
    assert rule(configuration, "payments", CalendarRule).due == DueDay(5, workday=True)
    assert rule(configuration, "term-talk", CalendarRule).due == DueDay(None)


def test_a_signal_has_a_source_and_a_ladder(configuration: Configuration) -> None:
    """It expires after a day unless it says otherwise."""
    raised = rule(configuration, "raised", SignalRule)
    assert raised.on == OnChange(changed="level", to="raised")
    assert raised.expires_after == Duration.parse("24 hours")
    warning = rule(configuration, "flood-warning", SignalRule)
    assert isinstance(warning.on, OnWarning)
    assert warning.on.cap.event == ("暴雨", "山洪")
    assert [rung.tell for rung in warning.ladder] == [("director",), ("supervisor",), ("county",)]


def test_windows_come_out_plain_with_their_places(configuration: Configuration) -> None:
    """The shortest division first; one day is both the first and the last."""
    windows = configuration.window_calendars()
    assert [(one.region, one.year, one.start) for one in windows["flood"]] == [
        ("99", None, MonthDay(6, 1)),
        ("9901", "2027", date(2027, 5, 20)),
    ]
    (gaokao,) = windows["gaokao"]
    assert gaokao.start == gaokao.end == date(2027, 6, 7)
    assert [one.year for one in windows["terms"]] == ["2027-spring", "2027-autumn"]


def test_a_window_is_handed_on_as_plain_values(configuration: Configuration) -> None:
    """As YAML holds it, for those who know no models."""
    window = rule(configuration, "走访", DutyRule).during[0].window
    assert plain_window(window) == {"all": ["summer-holiday", {"any": ["flood", "winter"]}]}
    assert list(calendars_in(window)) == ["summer-holiday", "flood", "winter"]


def test_festivals_are_calendars_nobody_enters() -> None:
    """The names `check` lets pass are those that have dates."""
    assert set(FESTIVALS) == set(festivals())


def test_the_design_s_own_sample_loads() -> None:
    """DESIGN.md 5, with the records, the route and the channel it leaves out."""
    configuration = read(Path(__file__).parent / "design.yaml", {}).configuration
    kinds = {one.kind for one in configuration.rules.values()}
    assert kinds == {"duty", "date", "season", "calendar", "signal"}


def test_declared_fields_join_those_of_the_ledger(configuration: Configuration) -> None:
    """With their form and storage; what is not said is sealed."""
    fields = fields_of(configuration, "children")
    assert fields["民族"].storage is Storage.SEALED
    assert fields["card"].storage is Storage.KEYED
    assert (fields["boarding"].form, fields["boarding"].words) == (Form.YES_NO, ("yes", "no"))
    assert fields["category"].form is Form.WORD
    assert set(fields_of(configuration, "jurisdictions")) == {"status", "tier", "lives_in"}
    assert fields_of(configuration, "unknown") == {}


def test_what_is_odd_is_a_warning(tmp_path: Path) -> None:
    """No source, a level without interval, single entries for the county, dates that are missing."""
    text = (GOOD / "every-kind.yaml").read_text("utf-8")
    for old, new in (
        ("    source: 演示文件\n    for: homes\n", "    for: homes\n"),
        ("{red: 3 days, green: 1 month}", "{red: 3 days}"),
        ("tell: county, as: summary, by: township", "tell: county"),
        ("gaokao: {2027: 2027-06-07}", "gaokao: {}\n  old: {2025: 2025-06-07}"),
    ):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "f.yaml"
    path.write_text(text, "utf-8")
    with speaking("en"):
        warnings = read(path, {}).warnings
    assert [f"{one.key}: {one.sentence}" for one in warnings] == [
        (
            "calendars.gaokao: no dates yet; write them here, or import them: "
            "shouwang calendar import FILE"
        ),
        "calendars.old: the last dates end on 2025-06-07, before the site starts; enter newer ones",
        "rules.走访.regions.990101.every: not configured for: green; shown and told, never guessed",
        (
            "rules.eighteen.steps[2].tell: “county” would get single entries; "
            "counts are enough there: as: summary"
        ),
        "rules.licence: source is missing: name the document this rule rests on",
    ]
