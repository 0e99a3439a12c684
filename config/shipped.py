"""The configuration files that are shipped: what `init` writes and `demo` uses."""

from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent / "examples"
"""The folder they lie in."""

SETTINGS_FILE = "本县设置.yaml"
"""The file an admin edits; it includes the rule set beside it."""

RULES_FILE = "规则-河北.yaml"
"""The rule set of Hebei: overridden by name, never edited."""


def example_files() -> dict[str, str]:
    """Answer the text of each shipped file by its name, the one to edit first."""
    return {name: (EXAMPLES / name).read_text("utf-8") for name in (SETTINGS_FILE, RULES_FILE)}
