"""Loads a configuration: files → tree → models → checks on meaning, all mistakes at once."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from config.checks import check
from config.environment import filled
from config.errors import ConfigurationErrors, Place, Problem
from config.files import read_files
from config.findings import Names
from config.language import catalogue
from config.loaded import Loaded
from config.mending import Mended, mended
from config.messages import problems_of
from config.model import Configuration
from config.places import plain, problem_at
from config.tree import Node

_ = catalogue("config")


def load(path: Path | Sequence[Path], environment: Mapping[str, str]) -> Configuration:
    """Load a configuration from a file, or from several laid one over the other.

    `environment` holds what `${NAME}` stands for.

    Raises:
        ConfigurationErrors: with every mistake; nothing was loaded.
    """
    return read(path, environment).configuration


def read(path: Path | Sequence[Path], environment: Mapping[str, str]) -> Loaded:
    """Load a configuration, with its warnings and the files it came from.

    Raises:
        ConfigurationErrors: with every mistake; nothing was loaded.
    """
    paths = [path] if isinstance(path, Path) else list(path)
    root, reading = read_files(paths)
    if reading.problems or root is None:
        raise ConfigurationErrors(sorted(reading.problems) or [_empty(reading.name(paths[0]))])
    tree, problems = filled(root, environment)
    first, valid = _validated(tree)
    problems += first
    warnings: list[Problem] = []
    findings = check(valid.configuration, Names.of(tree), without=valid.made_up)
    for finding in (one for one in findings if not valid.is_void(one.loc)):
        problem = problem_at(tree, finding.loc, finding.sentence, at_key=finding.at_key)
        (warnings if finding.warning else problems).append(problem)
    if problems:
        raise ConfigurationErrors(sorted(problems))
    return Loaded(valid.configuration, tuple(sorted(warnings)), tuple(dict.fromkeys(reading.files)))


def _validated(root: Node) -> tuple[list[Problem], Mended]:
    """Answer the models' mistakes, and what holds without them."""
    values = plain(root)
    try:
        return [], Mended(Configuration.model_validate(values))
    except ValidationError as error:
        return problems_of(error, root), mended(values, error)


def _empty(name: str) -> Problem:
    return Problem(Place(name, 1, 1), "", _("the file is empty"))
