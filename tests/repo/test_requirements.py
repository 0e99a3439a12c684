"""The pinned dependencies: whole, hashed, without addresses."""

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repo.tracked import PROJECT, ROOT

RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"
_PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)", re.MULTILINE)


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    """`make lock` was run after the last change of pyproject.toml."""
    development = PROJECT["project"]["optional-dependencies"]["dev"]
    wanted = [(RUNTIME, line) for line in PROJECT["project"]["dependencies"]]
    wanted += [(DEVELOPMENT, line) for line in development + PROJECT["build-system"]["requires"]]
    assert [pair for pair in wanted if not _is_pinned(*pair)] == []


def test_development_runs_what_is_shipped() -> None:
    """Tests use the very versions that a site installs."""
    assert _pins(RUNTIME).items() <= _pins(DEVELOPMENT).items()


@pytest.mark.parametrize("name", [RUNTIME, DEVELOPMENT])
def test_every_pin_has_a_hash(name: str) -> None:
    """A changed file on the index is refused."""
    blocks = re.split(
        r"^(?=[a-z0-9])", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert [block[:40] for block in blocks[1:] if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", [RUNTIME, DEVELOPMENT])
def test_pins_hold_no_address(name: str) -> None:
    """Every site has its own index or mirror; the pins fit them all."""
    assert re.search(r"//|^-", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE) is None


def _pins(name: str) -> dict[str, str]:
    return dict(_PIN.findall((ROOT / name).read_text(encoding="utf-8")))


def _is_pinned(file: str, line: str) -> bool:
    requirement = Requirement(line)
    version = _pins(file).get(canonicalize_name(requirement.name))
    return version is not None and requirement.specifier.contains(version)
