"""Every recipe of the cookbook loads, alone and over the shipped rules, and does what it says."""

from pathlib import Path

import pytest

from config.loader import read
from config.shipped import RULE_SETS, SETTINGS_FILE, example_files
from tests.acceptance.recipes import Recipe, recipes, worked_out, write_kitchen
from tests.config.rule_sets import loaded_set

RECIPES = recipes()
each = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: str(recipe.number))


def test_there_are_twenty() -> None:
    """Numbered in order, each with another title and with what comes of it."""
    assert [recipe.number for recipe in RECIPES] == list(range(1, 21))
    assert len({recipe.title for recipe in RECIPES}) == 20
    assert all(recipe.examples for recipe in RECIPES)


@each
def test_a_recipe_is_whole(recipe: Recipe, tmp_path: Path) -> None:
    """With an office and its roles around it, it loads; only a level without interval is odd."""
    path = write_kitchen(tmp_path, example_files()[SETTINGS_FILE], recipe.fragment)
    loaded = read(path, {})
    assert len(loaded.configuration.rules) == 1
    about = {one.key for one in loaded.warnings if one.key.startswith(("rules", "groups"))}
    assert about == ({"rules.分级走访.every"} if recipe.number == 3 else set())


@each
@pytest.mark.parametrize("name", sorted(RULE_SETS))
def test_a_recipe_goes_with_the_shipped_rules(recipe: Recipe, name: str) -> None:
    """It can be pasted into the file that `init` wrote."""
    assert loaded_set(name, recipe.fragment).configuration.rules


@each
def test_a_recipe_does_what_it_says(recipe: Recipe, tmp_path: Path) -> None:
    """Its table is what the schedules work out."""
    path = write_kitchen(tmp_path, example_files()[SETTINGS_FILE], recipe.fragment)
    configuration = read(path, {}).configuration
    (rule,) = configuration.rules.values()
    found = tuple(worked_out(configuration, rule, example) for example in recipe.examples)
    assert found == recipe.examples
