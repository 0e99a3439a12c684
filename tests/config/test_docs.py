"""docs/configuration.md, docs/rules.md and docs/retention.md name every key and variable, in the section it belongs to."""

import re
from pathlib import Path

import pytest

from config.channels.base import COMMON_KEYS, ChannelModel
from config.fields import CHILDREN, Storage
from config.settings import Liveness, Log, Settings, Web
from config.shape import all_models, keys_of
from config.values import Model

_DOCS = Path(__file__).parents[2] / "docs"
_PAGES = ("configuration", "configuration-channels", "rules", "retention")
_PAGE = "\n".join((_DOCS / f"{page}.md").read_text("utf-8") for page in _PAGES)
_TABLES = [
    frozenset(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    for section in _PAGE.split("\n## ")
]


@pytest.mark.parametrize("model", all_models(), ids=lambda model: str(model.__name__))
def test_every_key_is_documented(model: type[Model]) -> None:
    """Each model has a table with exactly its keys; those of all channels stand in one of theirs."""
    shared = COMMON_KEYS if issubclass(model, ChannelModel) else frozenset()
    assert frozenset(keys_of(model)) - shared in _TABLES


def test_the_keys_of_every_channel_are_documented() -> None:
    """Once, for all types."""
    named = frozenset().union(*(table for table in _TABLES if table & COMMON_KEYS))
    assert named >= COMMON_KEYS


@pytest.mark.parametrize("model", all_models(), ids=lambda model: str(model.__name__))
def test_every_key_is_described_in_both_languages(model: type[Model]) -> None:
    """Chinese first, then English; the page shows the same words."""
    for field in model.model_fields.values():
        chinese, slash, english = (field.description or "").partition(" / ")
        assert slash
        assert re.search(r"[\u4e00-\u9fff]", chinese)
        assert english.isascii()
        assert f"| {field.description} |" in _PAGE


def test_every_variable_is_documented() -> None:
    """Also those of groups, with two underscores."""
    models = {"log": Log.model_fields, "liveness": Liveness.model_fields, "web": Web.model_fields}
    names = [name for name in Settings.model_fields if name not in models]
    names += [f"{group}__{name}" for group, fields in models.items() for name in fields]
    assert [name for name in names if f"`SHOUWANG_{name.upper()}`" not in _PAGE] == []


def test_every_field_a_rule_may_look_at_is_documented() -> None:
    """And none that is sealed is named as a key."""
    plain = [field.name for field in CHILDREN.values() if field.storage is Storage.PLAIN]
    assert [name for name in plain if f"`{name}`" not in _PAGE] == []
