"""The schema for editors knows what the loader knows."""

import json
import re
from typing import Any

import pytest

from config.durations import Duration
from config.model import Configuration
from config.schema import json_schema
from config.shape import all_models, keys_of
from config.values import DURATION_PATTERN


def test_the_schema_has_every_model_and_key() -> None:
    """Keys as they are written: `for`, `from`, `as`."""
    schema = json_schema()
    for model in all_models():
        part = schema if model is Configuration else schema["$defs"][model.__name__]
        extra = {"include"} if model is Configuration else set()
        assert set(part["properties"]) == set(keys_of(model)) | extra
        assert part["additionalProperties"] is False


def test_a_file_that_includes_another_need_not_be_whole() -> None:
    """Keys are required inside lists only: lists are never completed from elsewhere."""
    schema = json_schema()
    requiring = {name for name, part in schema["$defs"].items() if "required" in part}
    assert requiring == {"Step", "Level", "Rung", "During"}
    assert "required" not in schema


def test_each_key_has_a_title_in_chinese_and_a_description_in_both_languages() -> None:
    """Editors show them beside the key."""
    for part in [json_schema(), *json_schema()["$defs"].values()]:
        for key, about in part["properties"].items():
            assert " / " in about["description"], key
            assert re.search(r"[\u4e00-\u9fff]", about.get("title", about["description"]))


@pytest.mark.parametrize(
    "text", ["3 months", "3个月", "10个工作日", "+7 days", "-15天", "16 years", "16岁", "2 weeks", "两周", "3", "soon"]
)  # fmt: skip
def test_the_pattern_for_spans_agrees_with_the_reading(text: str) -> None:
    """What an editor underlines is what `check` refuses."""
    try:
        Duration.parse(text)
    except ValueError:
        assert not re.match(DURATION_PATTERN, text)
    else:
        assert re.match(DURATION_PATTERN, text)


def test_every_reference_leads_somewhere() -> None:
    """The schema is one file, plain JSON."""
    schema: dict[str, Any] = json.loads(json.dumps(json_schema()))
    names = re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema))
    assert names
    assert set(names) <= set(schema["$defs"])
