"""The configuration files that are shipped: what `init` writes and `demo` uses."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from config.files import INCLUDE
from config.places import plain
from config.tree import parse

EXAMPLES = Path(__file__).resolve().parent / "examples"
"""The folder they lie in."""

SETTINGS_FILE = "本县设置.yaml"
"""The file an admin edits; it includes the rule set beside it."""

RULE_SETS: Mapping[str, str] = {
    "hebei": "规则-河北.yaml",
    "guizhou": "规则-贵州.yaml",
    "henan": "规则-河南.yaml",
    "national": "规则-全国.yaml",
}
"""The rule sets by name: overridden by name, never edited. Each includes what it rests on."""

DEFAULT_RULE_SET = "hebei"
"""The rule set that the settings include as they are shipped."""

DEMO = "demo"
"""The three clocks that a made-up county lives by: few enough to follow each message."""

_FILES = {**RULE_SETS, DEMO: "规则-演示.yaml"}


def example_files(rule_set: str = DEFAULT_RULE_SET) -> dict[str, str]:
    """Answer the text of each file of a rule set by its name, the one to edit first."""
    shipped, wanted = _FILES[DEFAULT_RULE_SET], _FILES[rule_set]
    settings = (EXAMPLES / SETTINGS_FILE).read_text("utf-8").replace(shipped, wanted)
    return {SETTINGS_FILE: settings} | dict(_with_included(wanted))


def _with_included(name: str) -> Iterator[tuple[str, str]]:
    text = (EXAMPLES / name).read_text("utf-8")
    yield name, text
    for other in _included(text, name):
        yield from _with_included(other)


def _included(text: str, name: str) -> list[str]:
    root = parse(text, name)
    keys = plain(root) if root is not None else None
    found = keys.get(INCLUDE, []) if isinstance(keys, dict) else []
    return [found] if isinstance(found, str) else list(found)
