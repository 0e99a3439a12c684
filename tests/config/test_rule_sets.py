"""The shipped rule sets: they load, say where they come from, and make up no number."""

import re
from collections.abc import Iterator

import pytest

from config.calendar_rules import CalendarRule
from config.checks_delivery import told_roles
from config.dates import DateRule
from config.durations import Duration
from config.duties import ByLevel, DutyRule
from config.language import speaking
from config.rules import Rule
from config.shipped import RULE_SETS, SETTINGS_FILE, example_files
from tests.config.rule_sets import loaded_set, shipped_set

SETS = sorted(RULE_SETS)
LOCAL = "# 本县自定,需本局发文"

NOT_ENTERED = "no dates yet; write them here, or import them: shouwang calendar import FILE"
NO_INTERVAL = "not configured for: 橙, 红, 黄, 绿; shown and told, never guessed"

WORDED = {
    "7 days": ("每周",),
    "3 days": ("3日", "三日"),
    "5 workdays": ("5个工作日",),
    "10 workdays": ("10个工作日",),
    "1 months": ("次月",),
    "3 months": ("三个月",),
    "6 months": ("半年", "6个月"),
    "1 years": ("满一年",),
    "3 years": ("3—6岁",),
    "6 years": ("3—6岁", "0—6岁"),
    "16 years": ("16周岁", "十六周岁"),
    "18 years": ("18周岁",),
}
"""How a source words a span; a span that is not here has none yet."""

_HEADER = re.compile(r"  #([^\s#：]+):")
_COMMENTED_NUMBER = re.compile(
    r"#\s*(?:(?:every|within|due|plus|every_year|\d{4}(?:-\w+)?|红|绿): .*|- at: end.*)"
)


def rules_of(name: str) -> dict[str, Rule]:
    """Answer the rules of a set."""
    return dict(shipped_set(name).configuration.rules)


@pytest.mark.parametrize("name", SETS)
def test_a_set_loads_and_says_only_what_the_county_has_to_enter(name: str) -> None:
    """Calendars without dates, levels without an interval; nothing else is odd."""
    with speaking("en"):
        said = {one.key: one.sentence for one in loaded_set(name).warnings}
    wanted = {key: NOT_ENTERED for key in said if key.startswith("calendars.")}
    if name == "guizhou":
        wanted["rules.分级走访.every"] = NO_INTERVAL
    assert said == wanted


@pytest.mark.parametrize("name", SETS)
def test_every_rule_names_a_document_and_its_words(name: str) -> None:
    """A source is a document, a colon, and the clause."""
    sources = {key: str(rule.source).partition("：") for key, rule in rules_of(name).items()}
    assert [key for key, (document, _, words) in sources.items() if not document or not words] == []


@pytest.mark.parametrize("name", SETS)
def test_no_number_is_without_a_source(name: str) -> None:
    """What a rule counts, its source says in words."""
    unsaid = [
        f"{key}: {span}"
        for key, rule in rules_of(name).items()
        for span in spans(rule)
        if not any(word in str(rule.source) for word in WORDED.get(str(span), ()))
    ]
    assert unsaid == []


@pytest.mark.parametrize("name", SETS)
def test_a_day_of_a_period_is_its_end(name: str) -> None:
    """No source names another day; a county may."""
    found = [rule.due for rule in rules_of(name).values() if isinstance(rule, CalendarRule)]
    assert {str(due) for due in found} <= {"end"}


@pytest.mark.parametrize("name", SETS)
def test_a_report_never_goes_to_the_village(name: str) -> None:
    """Nor what follows from it; and whoever is inspected is not warned."""
    roles = shipped_set(name).configuration.roles
    rules = rules_of(name)
    for key in ("强制报告", "公安反馈") if "强制报告" in rules else ():
        assert all(roles[role].level != "village" for role in told_roles(rules[key]))
    if "节假日抽查" in rules:
        assert set(told_roles(rules["节假日抽查"])) == {"county"}


@pytest.mark.parametrize("name", SETS)
def test_added_columns_are_not_for_everybody(name: str) -> None:
    """Rules may look at them, messages and groups may not."""
    for declared in shipped_set(name).configuration.fields.values():
        assert {field.class_ for field in declared.values()} == {"secret"}


@pytest.mark.parametrize("name", SETS)
def test_local_numbers_are_marked(name: str) -> None:
    """Each number that is commented out says who has to decide on it."""
    for file, text in example_files(name).items():
        if file == SETTINGS_FILE:
            continue  # its comments are examples for the clerk
        found = [line for line in text.splitlines() if _COMMENTED_NUMBER.search(line)]
        assert [line for line in found if LOCAL not in line and not lawful(line, text)] == []


@pytest.mark.parametrize("name", SETS)
def test_rules_that_are_commented_out_work(name: str) -> None:
    """Once the county has decided, taking the marks away is all there is to do."""
    blocks = [block for text in example_files(name).values() for block in commented(text)]
    named = {header.group(1) for block in blocks if (header := _HEADER.match(block))}
    opened = "\n".join(re.sub(r"^  #", "  ", block, flags=re.MULTILINE) for block in blocks)
    if blocks:
        rules = loaded_set(name, f"rules:\n{opened}\n").configuration.rules
        assert named <= rules.keys()
        assert named.isdisjoint(shipped_set(name).configuration.rules)


def spans(rule: Rule) -> Iterator[Duration]:
    """Yield every span that decides when something is due; steps are the rhythm of sending."""
    if isinstance(rule, DutyRule):
        yield from rule.every.levels.values() if isinstance(rule.every, ByLevel) else [rule.every]
        yield from (one.every for one in rule.during)
        if rule.on_raise is not None:
            yield rule.on_raise.within
    if isinstance(rule, DateRule) and rule.on.plus.amount:
        yield rule.on.plus


def commented(text: str) -> Iterator[str]:
    """Yield each rule that stands commented out: its name and the lines that belong to it."""
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if block and line.startswith("  #  "):
            block.append(line)
            continue
        if block:
            yield "\n".join(block)
        block = [line] if _HEADER.fullmatch(line) else []


def lawful(line: str, text: str) -> bool:
    """Tell whether a number that is commented out stands in the law, as its rule's source says."""
    block = next((one for one in commented(text) if line in one.splitlines()), "")
    return "  source: 未成年人保护法" in block
