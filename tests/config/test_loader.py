"""Configurations by example: good ones load, bad ones say exactly what is wrong and where."""

import time
from pathlib import Path

import pytest

from config.durations import Duration
from config.duties import DutyRule
from config.errors import ConfigurationErrors
from config.groups import AgeRange, DateRange, SetFilter
from config.language import speaking
from config.loader import load, read
from config.shipped import EXAMPLES, RULE_SETS, SETTINGS_FILE, example_files

HERE = Path(__file__).parent
GOOD = sorted((HERE / "good").glob("*.yaml"))
BAD = sorted((HERE / "bad").glob("*.yaml"))
SMALLEST = HERE / "good" / "smallest.yaml"


def sentences(path: Path) -> str:
    """Answer what loading says is wrong, in English."""
    with speaking("en"), pytest.raises(ConfigurationErrors) as caught:
        read(path, {})
    with speaking("en"):
        return str(caught.value)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_examples_load_without_a_warning(path: Path) -> None:
    """What is right is taken as it is, and nothing is said."""
    loaded = read(path, {})
    assert not loaded.warnings
    assert loaded.files[0] == path.resolve()


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_examples_say_exactly_what_is_wrong(path: Path) -> None:
    """Each mistake has its place, its key and its sentence."""
    assert sentences(path) + "\n" == path.with_suffix(".txt").read_text("utf-8")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_mistake_is_said_in_chinese_too(path: Path) -> None:
    """A clerk reads no English sentence: the same mistakes at the same places, in Chinese."""
    with speaking("en"), pytest.raises(ConfigurationErrors) as english:
        read(path, {})
    with pytest.raises(ConfigurationErrors) as chinese:
        read(path, {})
    pairs = list(zip(english.value.problems, chinese.value.problems, strict=True))
    assert all(one.sentence != other.sentence for one, other in pairs)
    assert sorted(one.place for one, _ in pairs) == sorted(other.place for _, other in pairs)


def test_ten_mistakes_are_ten_sentences() -> None:
    """All mistakes come at once, each with line and column, also those in meaning."""
    *lines, last = sentences(HERE / "bad" / "ten-mistakes.yaml").splitlines()
    assert len(lines) == 10
    assert all(line.split(":")[1].isdecimal() and line.split(":")[2].isdecimal() for line in lines)
    assert last == "The configuration has mistakes: 10"


def test_words_in_chinese_mean_the_same_as_in_english() -> None:
    """Durations, days, flags and weekdays may be written in Chinese."""
    configuration = load(HERE / "good" / "chinese-words.yaml", {})
    rule = configuration.rules["每周走访"]
    assert isinstance(rule, DutyRule)
    assert rule.every == Duration.parse("1 week")
    assert [step.key for step in rule.steps] == ["提前", "0 days", "+10 workdays"]
    assert rule.steps[2].escalation is True
    assert rule.urgent is False
    assert configuration.launch.on == configuration.launch.on.replace(2026, 12, 1)
    assert configuration.delivery.digest["主任"].days == ("monday", "thursday")
    assert configuration.delivery.digest["主任"].at == "09:10"
    assert str(configuration.delivery.at_most["主任"]) == "2 per week"


def test_filters_are_told_apart_by_their_shape() -> None:
    """A list, a set, an age and a range of dates each become what they look like."""
    group = load(HERE / "good" / "chinese-words.yaml", {}).rules["每周走访"].for_
    assert not isinstance(group, str)
    assert group.where["level"] == ("绿", "红")
    assert group.where["triggers"] == SetFilter(none_of=("流浪",))
    assert isinstance(group.where["born_on"], DateRange)
    named = load(SMALLEST, {}).groups["key-care"].where
    assert named["age"] == AgeRange(under=Duration.parse("16 years"))


def test_what_yaml_would_guess_at_stays_text() -> None:
    """`no`, `12:30`, `010101` and `on` are the words that were typed."""
    configuration = load(HERE / "good" / "text-stays-text.yaml", {})
    assert configuration.site.name == "no"
    assert configuration.site.region == "010101"
    assert configuration.site.operator.name == "12:30"
    assert list(configuration.roles) == ["on", "yes"]
    assert configuration.roles["yes"].title == "1_000"
    assert configuration.groups["y"].where["category"] == ("2026-12-01", "1e3")
    assert list(configuration.rules) == ["010101"]


def test_several_files_lie_one_over_the_other(tmp_path: Path) -> None:
    """A later file changes what it names, and each mistake is told where it stands."""
    over = tmp_path / "over.yaml"
    over.write_text("rules:\n  quarterly-contact:\n    every: 2个月\n", "utf-8")
    rule = load([SMALLEST, over], {}).rules["quarterly-contact"]
    assert isinstance(rule, DutyRule)
    assert str(rule.every) == "2 months"
    over.write_text("rules:\n  quarterly-contact:\n    every: soon\n", "utf-8")
    with pytest.raises(ConfigurationErrors) as caught:
        load([SMALLEST, over], {})
    assert str(caught.value.problems[0].place) == "over.yaml:3:12"


def test_the_shipped_rules_are_those_of_the_source() -> None:
    """Contact every 3 months, a visit and an update every 6 (DOMAIN.md A2), standards every year."""
    rules = load(EXAMPLES / SETTINGS_FILE, {}).rules
    duties = [rule for rule in rules.values() if isinstance(rule, DutyRule)]
    assert {(rule.say, str(rule.every)) for rule in duties} == {
        ("联系", "3 months"),
        ("走访", "6 months"),
        ("信息更新", "6 months"),
        ("标准核对", "1 years"),
    }
    assert all(rule.source for rule in rules.values())
    assert {SETTINGS_FILE, RULE_SETS["hebei"]} <= set(example_files())


def test_a_large_configuration_loads_in_well_under_a_second(tmp_path: Path) -> None:
    """5,600 lines are no reason to wait."""
    text = SMALLEST.read_text("utf-8")
    rule = text[text.index("  quarterly-contact:") : text.index("delivery:")]
    rules = "".join(rule.replace("quarterly-contact", f"rule-{n}") for n in range(430))
    large = tmp_path / "large.yaml"
    large.write_text(text.replace(rule, rules), "utf-8")
    started = time.perf_counter()
    assert len(load(large, {}).rules) == 430
    assert text.count("\n") + rules.count("\n") > 5_500
    assert time.perf_counter() - started < 2  # a slow, busy machine; 0.2 s on an idle one
