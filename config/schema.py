"""The JSON Schema of a configuration, for editors: `shouwang check --schema`."""

from typing import Any

from config.duties import During
from config.model import Configuration, Level
from config.signals import Rung
from config.steps import Step

SCHEMA_ID = "urn:shouwang:configuration:1"

_WHOLE = frozenset(model.__name__ for model in (Step, Level, Rung, During))
"""What stands in lists, which replace and are never completed from another file."""


def json_schema() -> dict[str, Any]:
    """Answer the schema of one file.

    A file may rest on others by `include`, so a key that is required of the whole is not required
    of each file; `shouwang check` reads them together.
    """
    schema = Configuration.model_json_schema(by_alias=True)
    for name, model in [("", schema), *schema.get("$defs", {}).items()]:
        if name not in _WHOLE:
            model.pop("required", None)
    _tidy(schema)
    schema["properties"] = {
        "include": {
            "description": "先读入的其他文件（同一文件夹内） / other files to read first, in this folder",
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        },
        **schema["properties"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "守望配置 / Shouwang configuration",
        **{key: value for key, value in schema.items() if key not in {"title", "$schema"}},
    }


def _tidy(part: Any) -> None:
    """Title each key in Chinese, and let `null` take an included name away."""
    if isinstance(part, list):
        for one in part:
            _tidy(one)
        return
    if not isinstance(part, dict):
        return
    for name, one in part.get("properties", {}).items():
        chinese = one.get("description", name).split(" / ")[0]
        one["title"] = chinese
    named = part.get("additionalProperties")
    if isinstance(named, dict):
        part["additionalProperties"] = {"anyOf": [named, {"type": "null"}]}
    for one in list(part.values()):
        _tidy(one)
