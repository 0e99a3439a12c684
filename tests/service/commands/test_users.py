"""`user …`, and commands that are run on behalf of a user."""

from base64 import b32decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from ledgers.access.totp import code_at
from tests.service.commands.desk import Answer, Desk, children, write_table

PASSWORD = "清风徐来 水波不兴 举酒"
OTHER = "kQ7#vnP2xLz9"


@dataclass(slots=True)
class Somebody:
    """A user with an app, at a desk."""

    desk: Desk
    name: str
    told: dict[str, Any]
    password: str = PASSWORD

    def typed(self) -> list[str]:
        """Answer what they type to show who they are; their next code, for each is taken once."""
        self.desk.now += timedelta(seconds=30)
        secret = self.told["secret"]
        return [self.password, code_at(b32decode(secret), int(self.desk.now.timestamp()) // 30)]

    def run(self, *words: str, typed: Sequence[str] = ()) -> Answer:
        """Run a command on their behalf."""
        return self.desk.run("--as", self.name, *words, typed=[*self.typed(), *typed])


def add(desk: Desk, name: str, role: str, *more: str) -> Somebody:
    """Add a user, whose password is piped in."""
    answer = desk.done("--json", "user", "add", name, "--role", role, *more, typed=[PASSWORD])
    return Somebody(desk, name, answer.json)


def test_a_user_is_added_and_shown_once_how_to_sign_in(desk: Desk) -> None:
    """An address for the app, the same as text, codes for a lost phone; nobody sees them again."""
    told = add(desk, "柳河赵", "township", "--region", "柳河镇").told
    assert told["handle"] == "U-0001"
    assert told["secret"] in told["otpauth"]
    assert len(told["recovery"]) == 8
    shown = desk.done("user", "show", "U-0001").out + desk.done("user", "list", "--names").out
    assert "柳河赵" in shown
    assert not any(secret in shown for secret in (told["secret"], *told["recovery"], PASSWORD))


def test_a_first_password_is_made_and_must_be_changed(desk: Desk) -> None:
    """It is shown once, opens nothing but the change, and the new one opens the rest."""
    answer = desk.done("--json", "user", "add", "钱", "--role", "county", "--initial")
    county = Somebody(desk, "钱", answer.json, answer.json["first_password"])
    refused = county.run("explain", "青山-01")
    assert (refused.code, "user password" in refused.err) == (1, True)
    desk.done("user", "password", "钱", typed=[*county.typed(), OTHER])
    county.password = OTHER
    assert county.run("explain", "青山-01").code == 0


@pytest.mark.parametrize(
    ("typed", "why"), [("短", "至少"), ("woaini20270307", "猜到"), (None, "新密码")]
)
def test_a_bad_password_adds_nobody(desk: Desk, typed: str | None, why: str) -> None:
    """Nor does none at all; the password stands nowhere in the answer."""
    lines = [typed] if typed else []
    answer = desk.run("user", "add", "赵", "--role", "county", typed=lines)
    assert answer.code != 0
    assert why in answer.err
    assert not typed or typed not in answer.out + answer.err
    assert desk.done("--json", "user", "list").json == []


def test_a_password_is_no_option(desk: Desk) -> None:
    """On the command line everybody on the computer could read it."""
    taking = [
        option
        for command in ("add", "reset", "password")
        for option in desk.done("user", command, "--help").out.split()
        if option.startswith("--p")
    ]
    assert taking == ["--person", "--password"]
    assert "--password PASSWORD" not in desk.done("user", "reset", "--help").out


def test_a_township_sees_its_own_entries_only(desk: Desk) -> None:
    """What lies elsewhere is unknown, in the words for what is not there at all."""
    add_place(desk)
    township = add(desk, "柳河赵", "township", "--region", "柳河镇")
    assert township.run("explain", "青山-01").code == 0
    elsewhere, nowhere = township.run("explain", "东庄-01"), township.run("explain", "东庄-99")
    assert elsewhere.code == nowhere.code == 2
    assert elsewhere.err == nowhere.err.replace("东庄-99", "东庄-01")
    assert desk.run("explain", "东庄-01").code == 0


def test_who_keeps_it_running_sees_no_file(desk: Desk) -> None:
    """The operator's role has no such right, and the try is written down."""
    operator = add(desk, "值守", "operator")
    refused = operator.run("explain", "青山-01")
    assert (refused.code, "U-0001" in refused.err) == (1, True)
    assert operator.run("user", "list").code == 0


def test_a_county_officer_does_not_manage_users(desk: Desk) -> None:
    """Nobody gives themselves what they may not have."""
    county = add(desk, "县赵", "county")
    for words in (
        ("user", "list"),
        ("user", "add", "钱", "--role", "county"),
        ("user", "disable", "U-0001"),
    ):
        assert county.run(*words, typed=[PASSWORD]).code == 1


def test_a_wrong_password_does_nothing(desk: Desk) -> None:
    """Nor a code that was used before."""
    county = add(desk, "县赵", "county")
    typed = county.typed()
    assert desk.run("--as", "县赵", "explain", "青山-01", typed=["wrong", typed[1]]).code == 1
    assert desk.run("--as", "县赵", "explain", "青山-01", typed=typed).code == 0
    assert desk.run("--as", "县赵", "explain", "青山-01", typed=typed).code == 1
    assert desk.run("--as", "县赵", "explain", "青山-01").code == 2


def test_a_disabled_user_is_out_and_a_reset_one_needs_what_is_new(desk: Desk) -> None:
    """With a new password the old one is wrong, with a new code the old app."""
    county = add(desk, "县赵", "county")
    desk.done("user", "disable", "U-0001")
    assert county.run("explain", "青山-01").code == 1
    desk.done("user", "enable", "县赵")
    assert county.run("explain", "青山-01").code == 0
    fresh = desk.done("--json", "user", "reset", "U-0001", "--code").json
    assert county.run("explain", "青山-01").code == 1
    county.told = fresh
    assert county.run("explain", "青山-01").code == 0
    assert "first_password" not in fresh
    assert desk.done("--json", "user", "reset", "U-0001").json["first_password"]
    assert county.run("explain", "青山-01").code == 1


def test_divisions_of_a_user_change(desk: Desk) -> None:
    """A director's must be villages."""
    add(desk, "丙", "director", "--region", "青山村", "--person", "P-0003")
    assert desk.run("user", "scope", "丙", "--region", "柳河镇").code == 1
    changed = desk.done("--json", "user", "scope", "丙", "--region", "石门村", "--region", "青山村")
    assert len(changed.json["regions"]) == 2


def test_the_environment_names_a_user_for_the_commands_that_are_for_users(desk: Desk) -> None:
    """All others go on for the computer's account; only a user named in the line is refused there."""
    assert "--as" in desk.run("--as", "县赵", "keys", "status").err
    desk.environment = {"SHOUWANG_USER": "县赵"}
    assert desk.run("keys", "status").code == 0
    assert desk.run("status", typed=["wrong", "000000"]).code == 1


def add_place(desk: Desk) -> None:
    """Import a child of another township."""
    more = ("东庄镇", "东庄村", "某庚", "2016-05-01", "流动儿童", "家庭生活困难", "2026-08-20")
    write_table(desk.folder / "又.xlsx", "儿童台账", children(more))
    desk.done("import", "又.xlsx")
