"""What a site starts the daemon with gives it no more than it needs."""

import re

import pytest

from tests.repo.tracked import PACKAGES, ROOT

UNIT = (ROOT / "deploy" / "shouwang.service").read_text("utf-8")
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text("utf-8")


@pytest.mark.parametrize(
    "line",
    [
        "User=shouwang",
        "UMask=0077",
        "NoNewPrivileges=true",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "ProtectHome=true",
        "PrivateDevices=true",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
        "SystemCallFilter=@system-service",
    ],
)
def test_the_service_is_confined(line: str) -> None:
    """Each of these keeps something out that a register of children must not meet."""
    assert line in UNIT.splitlines()


def test_the_service_may_take_its_time_to_stop() -> None:
    """What is under way is finished within a minute; systemd waits longer."""
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)
    assert int(seconds) > 60


def test_a_container_does_not_run_as_root() -> None:
    """The last word on the user is a number that is not 0."""
    assert re.findall(r"^USER (\d+)$", CONTAINER, re.MULTILINE) == ["10001"]


def test_a_container_installs_pinned_parts_only() -> None:
    """Everything that runs in it comes by its hash; only the builder's own tools do not."""
    runs = re.findall(r"/opt/shouwang/bin/pip install .*", CONTAINER)
    assert [run for run in runs if "--require-hashes" in run or "--no-deps" in run] == runs


def test_a_container_is_built_from_our_packages_only() -> None:
    """No tests, no history, no database that happens to lie in the folder."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert lines[0] == "*"
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    others = {"pyproject.toml", "hatch_build.py", "requirements.txt", "README.md", "LICENSE"}
    assert let_in == {*PACKAGES, *others}
