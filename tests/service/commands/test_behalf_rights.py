"""Which commands may be run on behalf of a user, and which right each of them takes."""

import re
from collections.abc import Iterator

import click
import pytest

from service.commandline import Commands
from service.commands.listed import COMMANDS
from tests.repo.tracked import ROOT
from tests.service.commands.office import WHY, Office

pytestmark = pytest.mark.parametrize("county", ["sqlite"], indirect=True)
"""No right hangs on the kind of database."""

NOTHING = "0" * 32
COURT = ("--reason", "court")
LINK = ("--for", "answer", "--way", "email")


def leaves(name: str, found: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Yield a command, or those below it, by whole name."""
    if not isinstance(found, Commands):
        yield name, found
        return
    context = click.Context(found)
    if found.stands_alone:
        yield name, found
    for below in found.list_commands(context):
        command = found.get_command(context, below)
        assert command is not None
        yield from leaves(f"{name} {below}", command)


def test_the_page_says_which_commands_are_for_users(county: Office) -> None:
    """All of them stand in its table; all others in the sentence below."""
    page = (ROOT / "docs" / "access.md").read_text("utf-8")
    table, rest = page.partition("| commands | right |")[2].split("\n\n", 1)
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`([a-z -]+)`", row)}
    every = dict(one for name in COMMANDS for one in leaves(name, COMMANDS[name].make()))
    for_users = {name for name, one in every.items() if getattr(one, "takes_user", False)}
    assert told == for_users
    others = set(re.findall(r"`([a-z -]+)`", rest.partition("refuse it:")[2].split("\n\n", 1)[0]))
    assert others - {"--as"} == every.keys() - for_users
    assert county.users


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ("审计", ("explain", "东庄-05")),
        ("审计", ("record", "东庄-05", "contact")),
        ("审计", ("void", NOTHING)),
        ("审计", ("ack", "东庄-05")),
        ("审计", ("signal", "暴雨", "--entry", "东庄-05")),
        ("审计", ("answer", "暴雨", "--by", "戊主")),
        ("一村", ("silence", "add", "--entry", "东庄-05", "--to", "2026-12-20")),
        ("一村", ("silence", "end", NOTHING)),
        *(("两镇", ("outbox", act, NOTHING)) for act in ("hold", "release", "retry")),
        ("值守", ("person", "list", "--names")),
        ("一村", ("plan", "--xlsx", "无.xlsx")),
        ("一村", ("person", "leave", "戊主")),
        ("一村", ("person", "back", "戊主")),
        ("一村", ("person", "prefer", "戊主")),
        ("一村", ("person", "replace", "戊主", "P-0004")),
        *(("一村", ("export", name, "无.xlsx", *WHY)) for name in ("overdue", "visits")),
        *(("一村", ("export", name, "无.xlsx", *WHY)) for name in ("outcomes", "differences")),
        ("一村", ("export", "statistics", "无.xlsx", *WHY, "--period", "2026Q4")),
        ("一村", ("export", "form", "无.xlsx", *WHY, "--person", "戊主")),
        ("审计", ("export", "roster", "无.xlsx", *WHY, "--person", "戊主")),
        ("审计", ("export", "persons", "无.xlsx", *WHY)),
        ("审计", ("export", "quarantine", "无.xlsx", *WHY)),
        ("值守", ("subject", "export", "东庄-05", "无.xlsx", *WHY)),
        ("两镇", ("subject", "erase", "东庄-05", "--reason", "other-law", "--yes")),
        ("两镇", ("subject", "hold", "add", "东庄-05", *COURT)),
        ("两镇", ("subject", "hold", "end", "东庄-05")),
        ("值守", ("import", "又童.xlsx")),
        ("两镇", ("link", "make", "戊主", *LINK)),
        ("两镇", ("link", "revoke", NOTHING)),
        ("两镇", ("link", "list")),
        ("值守", ("audit", "list")),
        ("值守", ("audit", "verify")),
        ("值守", ("audit", "report", "无.xlsx", "--year", "2026", *WHY)),
        ("审计", ("retention", "run", "--dry-run")),
        ("全县", ("user", "list")),
    ],
)
def test_a_role_without_the_right_may_not(
    office: Office, user: str, words: tuple[str, ...]
) -> None:
    """It is refused whatever it is about, and that it was tried is written down."""
    handle = office.users[user].told["handle"]
    denied = office.run(user, *words)
    assert (denied.code, denied.out, handle in denied.err) == (1, "", True), denied.err
    assert office.last_events("user.denied")[-1][0] == f"user:{handle}"
    assert not (office.desk.folder / "无.xlsx").exists()


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ("半县", ("import", "又童.xlsx")),
        ("半县", ("import", "省里.xlsx", "--compare")),
        ("半县", ("export", "quarantine", "无.xlsx", *WHY)),
        ("半县", ("audit", "list")),
        ("半县", ("audit", "verify")),
        ("半县", ("audit", "report", "无.xlsx", "--year", "2026", *WHY)),
        ("半县", ("retention", "run", "--dry-run")),
        ("半值", ("user", "list")),
        ("半值", ("user", "show", "U-0001")),
        ("半值", ("user", "disable", "U-0001")),
        ("半值", ("user", "scope", "U-0001", "--region", "西岭镇")),
        ("半值", ("user", "reset", "U-0001")),
        ("半值", ("user", "add", "又一", "--role", "county")),
        ("半值", ("outbox", "hold")),
    ],
)
def test_what_is_about_the_whole_site_takes_who_sees_it_all(
    office: Office, user: str, words: tuple[str, ...]
) -> None:
    """The right alone is not enough; nobody gives themselves or others more than they have."""
    denied = office.run(user, *words)
    assert (denied.code, denied.out, "全县" in denied.err) == (1, "", True), denied.err
    assert office.last_events("user.denied")[-1][0].startswith("user:")


def test_who_sees_it_all_may(office: Office) -> None:
    """For them everything is as for the computer's account, but for the name in the chain."""
    everybody = {one["handle"] for one in office.told("全县", "person", "list")}
    assert "operator" in everybody
    assert office.told("全县", "export", "quarantine", "空.xlsx", *WHY, "--replace")["rows"] == 0
    assert office.told("全县", "audit", "list", "--kind", "export")[-1]["actor"] == "user:U-0003"
    assert office.told("审计", "audit", "verify")["findings"] == []
    assert office.told("全县", "import", "省里.xlsx", "--compare")["refused"] == []
    assert office.done("全县", "subject", "export", "辛双", "答复.xlsx", *WHY, "--replace")


@pytest.mark.parametrize(
    "words",
    [
        ("keys", "rotate"),
        ("keys", "status"),
        ("db", "upgrade"),
        ("backup", "又备份"),
        ("tick",),
        ("audit",),
        ("doctor",),
        ("check",),
        ("template", "preview"),
        ("subject", "erased", "名单.jsonl"),
    ],
)
def test_what_is_not_for_users_says_so(office: Office, words: tuple[str, ...]) -> None:
    """Otherwise it would seem to be limited and be not; nobody is asked for a password."""
    refused = office.desk.run("--as", "全县", *words)
    assert (refused.code, refused.out) == (2, "")
    assert "管理这台电脑的人" in refused.err
    assert not (office.desk.folder / "又备份").exists()
