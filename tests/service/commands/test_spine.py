"""From an empty folder to a mail and back, by commands alone."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

from tests.service.commands.desk import Desk


def test_what_was_imported_is_told_recorded_and_explained(desk: Desk) -> None:
    """A due contact is told; recorded, it is settled and the next message leaves it out."""
    told = desk.done("--json", "tick", "--slot-now").json
    assert told["notices"] > 0
    assert told["attempts"]["accepted"] == told["notices"]

    recorded = desk.done("--json", "record", "青山-01", "contact", "--by", "P-0003").json
    assert (len(recorded["recorded"]), recorded["closed"]) == (1, 1)

    story = desk.done("explain", "青山-01", "--lang", "en").out
    assert "2026-12-07" in story or "7 December 2026" in story or "December 7" in story


def test_mails_name_no_child(desk: Desk) -> None:
    """What went out holds numbers and places, and none of the names that were imported."""
    desk.done("tick", "--slot-now")
    mails = [path.read_bytes() for path in Path("邮件").glob("*.eml")]
    texts = [
        str(part.get_content())
        for mail in mails
        for part in message_from_bytes(mail, policy=default).walk()
        if part.get_content_maintype() == "text"
    ]
    assert texts
    assert not [name for name in ("某甲", "某乙", "某丁") if any(name in text for text in texts)]


def test_a_form_comes_back(desk: Desk) -> None:
    """An exported form is imported; left blank it records nothing."""
    desk.done("export", "form", "表.xlsx", "--person", "P-0002", "--purpose", "登记")
    report = desk.done("--json", "import", "表.xlsx").json
    assert report["files"][0]["counts"]["records"] == 0


def test_a_backup_brings_everything_back(desk: Desk) -> None:
    """Restored over a changed ledger, it is as it was, and delivery is held."""
    before = desk.done("--json", "status").json["entries"]
    desk.done("backup", "备份.sqlite")
    assert desk.run("restore", "备份.sqlite").code == 1
    desk.done("restore", "备份.sqlite", "--replace")
    status = desk.done("--json", "status").json
    assert (status["entries"], status["held_for"]) == (before, "restored")
    desk.done("outbox", "release")
    assert desk.done("--json", "status").json["held_for"] is None


def test_keys_change_and_everything_opens(desk: Desk) -> None:
    """After `keys rotate` names are found by their hash and opened as before."""
    assert desk.done("--json", "keys", "rotate").json["resealed"] > 0
    names = {one["name"] for one in desk.done("--json", "person", "list", "--names").json}
    assert "乙督" in names


def test_nothing_is_missed(desk: Desk) -> None:
    """The audit finds nothing after a pass."""
    assert desk.done("--json", "audit").json == []
