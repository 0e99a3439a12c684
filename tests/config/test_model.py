"""What the whole configuration answers about its parts."""

from pathlib import Path

from config.groups import AgeRange, DateRange, Group, SetFilter
from config.loader import load, read
from config.shape import known_keys

GOOD = Path(__file__).parent / "good"


def test_a_group_is_found_whether_named_or_in_place() -> None:
    """Both kinds of `for` answer a group."""
    configuration = load(GOOD / "smallest.yaml", {})
    rule = configuration.rules["quarterly-contact"]
    assert configuration.group_of(rule) == configuration.groups["key-care"]
    configuration = load(GOOD / "chinese-words.yaml", {})
    rule = configuration.rules["每周走访"]
    assert configuration.group_of(rule) == rule.for_


def test_a_visit_also_closes_what_a_contact_closes() -> None:
    """`counts_as` works towards the kind that is named, not back."""
    configuration = load(GOOD / "smallest.yaml", {})
    rule = configuration.rules["quarterly-contact"]
    assert configuration.counting_kinds(rule) == {"contact", "visit"}
    only_visit = rule.model_copy(update={"done_by": ("visit",)})
    assert configuration.counting_kinds(only_visit) == {"visit"}


def test_filters_already_made_are_taken_as_they_are() -> None:
    """Tests and other code may build groups without YAML."""
    where = {
        "a": "x",
        "b": ("x",),
        "c": SetFilter(any_of=("x",)),
        "d": AgeRange(),
        "e": DateRange(),
    }
    assert Group(ledger="children", where=where).where == where


def test_keys_are_known_at_each_place() -> None:
    """Tags of unions and names that are free are stepped over."""
    assert known_keys(("rules", "任何", "duty", "steps", 3)) == [
        "id", "at", "every", "on", "tell", "escalation", "repeat", "as", "by",
    ]  # fmt: skip
    assert "host" not in known_keys(("channels", "x", "file"))
    assert "host" in known_keys(("channels", "x", "smtp"))
    assert known_keys(("roles",)) == []
    assert set(known_keys(("rules", "x", "for", "in-place"))) == {"ledger", "where"}


def test_a_rule_without_a_title_is_called_by_its_word(tmp_path: Path) -> None:
    """What is said is a name as well as any."""
    path = tmp_path / "f.yaml"
    text = (GOOD / "smallest.yaml").read_text("utf-8")
    path.write_text(text.replace("    title: 季度联系\n", ""), "utf-8")
    assert load(path, {}).rules["quarterly-contact"].title == "联系"


def test_levels_whose_order_nobody_wrote_down_have_no_order() -> None:
    """No rank is made up from where they stand in the list."""
    configuration = read(GOOD / "every-kind.yaml", {}).configuration
    assert configuration.level_order() == ("green", "red")
    assert configuration.model_copy(update={"levels_in_order": False}).level_order() == ()
