"""`keys …` at a desk: what is said, what is answered, and what is still readable afterwards."""

from pathlib import Path

import pytest
from sqlalchemy import update

from ledgers.database import Database
from ledgers.key_files import read_key_file, write_key_file
from ledgers.sealing import Keyring
from ledgers.tables import persons
from ledgers.wrapping import MasterKey
from tests.service.commands.desk import Desk


def values(desk: Desk) -> dict[str, int]:
    """Answer how many values are sealed with each key."""
    found: dict[str, int] = desk.done("--json", "keys", "status").json["values"]
    return found


def test_status_counts_what_is_sealed_with_each_key(desk: Desk) -> None:
    """After a change the old key opens nothing any more, and is still there for a day."""
    before = values(desk)
    answer = desk.done("--json", "keys", "rotate").json
    assert (answer["left"], answer["unreadable"], answer["dropped"]) == (0, [], [])
    old = next(iter(before))
    assert values(desk) == {old: 0, answer["current"]: before[old]}
    assert "主密钥" in desk.done("keys", "status").out


def test_a_value_that_does_not_open_is_named_by_its_place(desk: Desk) -> None:
    """All others are changed; the code says that something is wrong."""
    database = Database.open("sqlite:///shouwang.sqlite")
    with database.writing() as connection:
        change = update(persons).where(persons.c.handle == "P-0001")
        connection.execute(change.values(sealed_wecom=persons.c.sealed_name))
    database.close()
    answer = desk.run("keys", "rotate")
    assert (answer.code, "persons.sealed_wecom" in answer.err) == (1, True)
    old, new = sorted(values(desk).values())
    assert (old, new > 1) == (1, True)


def test_the_master_key_changes_and_nothing_sealed_does(desk: Desk) -> None:
    """The old file is kept under its key's id; the new one is where the old one was."""
    before, old = values(desk), read_key_file(Path("shouwang.key"))
    answer = desk.done("--json", "keys", "master").json
    assert isinstance(old, MasterKey)
    assert answer["old_file"].endswith(f"shouwang.key.{old.id}")
    assert read_key_file(Path(answer["old_file"])) == old
    assert values(desk) == before
    assert "甲县" in desk.done("person", "list", "--names").out
    assert answer["master"] in desk.done("doctor").out


def test_a_master_key_from_elsewhere_is_named_by_a_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new one is written there, for the operator to put where it comes from."""
    text = Path("shouwang.key").read_text()
    monkeypatch.setenv("SHOUWANG_KEYS", text)
    assert desk.run("keys", "master").code == 2
    answer = desk.done("--json", "keys", "master", "--file", "新的").json
    assert answer["old_file"] is None
    assert desk.run("person", "list").code == 1
    monkeypatch.setenv("SHOUWANG_KEYS", Path("新的").read_text())
    assert "甲县" in desk.done("person", "list", "--names").out


def test_keys_of_old_are_not_changed_before_they_are_moved(begun_desk: Desk) -> None:
    """The words say which command moves them; `doctor` says it too."""
    Path("shouwang.key").unlink()
    write_key_file(Path("shouwang.key"), Keyring.create())
    begun_desk.done("import", "人员.xlsx")
    refused = begun_desk.run("keys", "rotate")
    assert (refused.code, "keys master" in refused.err) == (2, True)
    assert "keys master" in begun_desk.done("doctor").out
    begun_desk.done("keys", "master")
    assert begun_desk.done("--json", "keys", "rotate").json["resealed"] > 0
    assert "甲县" in begun_desk.done("person", "list", "--names").out
