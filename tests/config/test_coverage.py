"""docs/coverage.md: every item of the papers is covered by a shipped rule, or says why not."""

import re
from dataclasses import dataclass

import pytest

from config.shipped import example_files
from tests.config.rule_sets import shipped_set
from tests.config.test_rule_sets import commented
from tests.repo.tracked import ROOT

PAGE = (ROOT / "docs" / "coverage.md").read_text("utf-8")
SETS = {"全国": "national", "河北": "hebei", "贵州": "guizhou", "河南": "henan"}
WHO_IS_IN = {
    "满六个月核对纳入",
    "满十八核对",
    "满十六核对",
    "残疾证到期",
    "低保终止核对",
    "监护人释放核对",
}
"""Rules for items 1 and 5 to 9: who comes into a ledger and who leaves it."""
STATUSES = ("covered", "commented", "engine", "none")


@dataclass(frozen=True, slots=True)
class Item:
    """A row: its number, what became of it, the rules as (set, rule), and the reason."""

    number: int
    status: str
    rules: tuple[tuple[str, str], ...]
    why: str


def items() -> list[Item]:
    """Answer the rows of the table."""
    rows = re.findall(r"^\| (\d+) \| (.+?) \| (\w+) \| (.*?) ?\| (.*?) ?\|$", PAGE, re.MULTILINE)
    return [
        Item(int(number), status, tuple(_pair(one) for one in where.split("、") if one), why)
        for number, _what, status, where, why in rows
    ]


def _pair(text: str) -> tuple[str, str]:
    rule_set, _, rule = text.partition("/")
    return rule_set, rule


def named(name: str, status: str) -> set[str]:
    """Answer the rules of one set that the items of a status name."""
    found = (rule for item in items() if item.status == status for rule in item.rules)
    return {rule for of, rule in found if of == name}


def test_each_item_stands_there_once() -> None:
    """From 16, the first that has to do with time, to the last, in order."""
    assert [item.number for item in items()] == list(range(16, 86))
    assert {item.status for item in items()} == set(STATUSES)


def test_each_item_names_rules_or_a_reason() -> None:
    """Rules where there are any; the reason wherever none is at work."""
    for item in items():
        assert bool(item.rules) == (item.status in ("covered", "commented")), item
        assert item.why or item.status == "covered", item


@pytest.mark.parametrize("name", SETS)
def test_rules_named_as_covering_are_at_work(name: str) -> None:
    """In the very set that is named."""
    rules = shipped_set(SETS[name]).configuration.rules
    assert named(name, "covered") <= rules.keys()


@pytest.mark.parametrize("name", SETS)
def test_rules_named_as_waiting_are_behind_marks(name: str) -> None:
    """They stand in the set, and are not at work."""
    texts = example_files(SETS[name]).values()
    ready = {block.split(":")[0].strip(" #") for text in texts for block in commented(text)}
    assert named(name, "commented") <= ready


def test_every_shipped_rule_is_named() -> None:
    """A rule that no item asks for would need another reason."""
    spoken_of = {rule for item in items() for _, rule in item.rules}
    shipped = {rule for name in SETS.values() for rule in shipped_set(name).configuration.rules}
    assert shipped - spoken_of == WHO_IS_IN
