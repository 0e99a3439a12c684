"""Desks at which commands are tried: empty, begun, and with a county in the ledger."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.service.commands.desk import Desk, copy_of, settle_in


@contextmanager
def _in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answer a folder in which `init` was run and a county waits to be imported."""
    folder = tmp_path_factory.mktemp("begun")
    with _in(folder):
        Desk(folder).done("init")
        settle_in(folder)
    return folder


@pytest.fixture(scope="session")
def filled(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answer a folder with a county in its ledger, looked over once."""
    folder = tmp_path_factory.mktemp("filled")
    desk = copy_of(begun, folder)
    with _in(folder):
        desk.done("import", "人员.xlsx", "儿童.xlsx")
        desk.done("tick")
    return folder


@pytest.fixture
def bare_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Answer a desk in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


@pytest.fixture
def begun_desk(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Answer a desk where `init` was run."""
    monkeypatch.chdir(tmp_path)
    return copy_of(begun, tmp_path)


@pytest.fixture
def desk(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Answer a desk with a county in the ledger."""
    monkeypatch.chdir(tmp_path)
    return copy_of(filled, tmp_path)
