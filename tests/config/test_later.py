"""What the engine does not carry yet is refused, in the language of the file."""

from pathlib import Path

import pytest

from config.errors import ConfigurationErrors
from config.language import speaking
from config.later import NotYet
from config.loader import read

EVERY_KIND = Path(__file__).parent / "good" / "every-kind.yaml"


def refused(not_yet: NotYet, path: Path = EVERY_KIND) -> list[str]:
    """Answer what is refused, in English."""
    with speaking("en"), pytest.raises(ConfigurationErrors) as caught:
        read(path, {}, not_yet=not_yet)
    return [f"{one.key}: {one.sentence}" for one in caught.value.problems]


def test_nothing_is_refused_once_everything_is_carried() -> None:
    """Empty tuples open the whole language."""
    assert "eighteen" in read(EVERY_KIND, {}, not_yet=NotYet()).configuration.rules


def test_a_key_is_refused_where_it_stands() -> None:
    """At any name, in regions too, and inside lists."""
    later = "comes with a later version; leave it out for now"
    assert refused(NotYet(keys=("city_districts", "rules.*.regions.*.on_raise"))) == [
        f"city_districts: “city_districts” {later}",
        f"rules.走访.regions.990101.on_raise: “on_raise” {later}",
    ]
    assert refused(NotYet(keys=("**.where.*.tagged",))) == [
        f"groups.key-care.where.lives_in.tagged: “tagged” {later}"
    ]
    assert len(refused(NotYet(keys=("rules.*.steps.*.by",)))) == 2


def test_what_comes_to_nothing_yet_is_warned_of() -> None:
    """It does not keep anybody from going on."""
    idle = NotYet(idle_keys=("city_districts",), idle_words={"**.ledger": ("institutions",)})
    with speaking("en"):
        warnings = read(EVERY_KIND, {}, not_yet=idle).warnings
    said = {one.key: one.sentence for one in warnings if "nothing comes of it" in one.sentence}
    assert said == {
        "city_districts": "“city_districts” is read, but nothing comes of it in this version",
        "groups.homes.ledger": "“institutions” is read, but nothing comes of it in this version",
    }


def test_a_kind_is_refused_with_those_there_are() -> None:
    """And nothing is said of what stands inside such a rule."""
    kinds = {"rules.*.kind": ("season", "signal")}
    found = refused(NotYet(keys=("rules.*.window", "rules.*.ladder"), words=kinds))
    assert len(found) == 7
    assert found[0] == (
        "rules.summer-flood.kind: “season” comes with a later version; "
        "so far there is: duty, date, calendar"
    )


def test_a_ledger_is_refused_wherever_a_group_is_written(tmp_path: Path) -> None:
    """Named, or in place."""
    path = tmp_path / "f.yaml"
    text = EVERY_KIND.read_text("utf-8")
    path.write_text(text.replace("for: homes", "for: {ledger: institutions}"), "utf-8")
    found = refused(NotYet(words={"**.ledger": ("institutions",)}), path)
    assert [one.split(":")[0] for one in found] == [
        "groups.homes.ledger",
        "rules.licence.for.ledger",
    ]


def test_what_is_refused_and_wrong_is_told_as_both(tmp_path: Path) -> None:
    """A mistake in a rule does not hide that its kind cannot run."""
    path = tmp_path / "f.yaml"
    text = EVERY_KIND.read_text("utf-8")
    path.write_text(text.replace("period: month", "period: moon"), "utf-8")
    found = refused(NotYet(words={"rules.*.kind": ("calendar",)}), path)
    assert [one.split(":")[0] for one in found] == [
        "rules.payments.kind",
        "rules.payments.period",
        "rules.term-talk.kind",
    ]
