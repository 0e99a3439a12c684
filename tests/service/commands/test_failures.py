"""Bad input of every kind is answered in words: no traceback, no incident, nothing half done."""

import sqlite3
from pathlib import Path

import pytest

from tests.service.commands.desk import Answer, Desk

REAL_WORK = [
    "tick",
    "status",
    "import 儿童.xlsx",
    "explain 青山-01",
    "plan",
    "audit",
    "person list",
]


def expect_refusal(answer: Answer, code: int) -> str:
    """Answer the words of a refusal, once it is sure that they are words."""
    assert answer.code == code, answer.out + answer.err
    assert answer.err.strip()
    assert "Traceback" not in answer.err
    assert "incident" not in answer.err
    return answer.err


@pytest.mark.parametrize("words", REAL_WORK)
def test_no_configuration(bare_desk: Desk, words: str) -> None:
    """An empty folder is said to be one; nothing is made in it."""
    assert "本县设置.yaml" in expect_refusal(bare_desk.run(*words.split()), 2)
    assert list(bare_desk.folder.iterdir()) == []


@pytest.mark.parametrize("words", REAL_WORK)
def test_a_configuration_with_mistakes(begun_desk: Desk, words: str) -> None:
    """No command works on what `check` would refuse."""
    (begun_desk.folder / "本县设置.yaml").write_text("version: 1\nsite: no\n", "utf-8")
    assert ":2:" in expect_refusal(begun_desk.run(*words.split()), 2)


def test_no_key_file(desk: Desk) -> None:
    """Without keys nothing is opened, and the words say where they were looked for."""
    Path("shouwang.key").unlink()
    assert "shouwang.key" in expect_refusal(desk.run("status"), 2)


def test_a_damaged_key_file(desk: Desk) -> None:
    """Keys that are no keys are not made up for."""
    Path("shouwang.key").write_text("{}")
    assert "shouwang.key" in expect_refusal(desk.run("status"), 1)


def test_other_keys(desk: Desk) -> None:
    """With another site's master key nothing opens, and it is said what a lost one means."""
    Path("shouwang.key").unlink()
    Path("其他").mkdir()
    desk.done("init", "其他")
    Path("其他/shouwang.key").rename("shouwang.key")
    assert "主密钥" in expect_refusal(desk.run("person", "list"), 1)


def test_no_database(begun_desk: Desk) -> None:
    """A database that was not prepared is not prepared by the way."""
    Path("shouwang.sqlite").unlink()
    assert "db upgrade" in expect_refusal(begun_desk.run("tick"), 1)


def test_something_else_in_the_database_file(begun_desk: Desk) -> None:
    """A file that is no database is left as it is."""
    Path("shouwang.sqlite").write_bytes(b"this is no database, whatever it is called" * 100)
    expect_refusal(begun_desk.run("status"), 1)
    expect_refusal(begun_desk.run("db", "upgrade"), 1)


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "postgresql://127.0.0.1:1/none"])
def test_a_database_that_cannot_be_used(
    begun_desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that leads nowhere is one sentence, without the password in it."""
    monkeypatch.setenv("SHOUWANG_DATABASE_URL", url.replace("//", "//user:geheim@", 1))
    assert "geheim" not in expect_refusal(begun_desk.run("status"), 1)


def test_a_busy_database(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who writes for long makes others wait, then say so."""
    monkeypatch.setattr("ledgers.database.BUSY_TIMEOUT_MS", 50)
    holder = sqlite3.connect("shouwang.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    expect_refusal(desk.run("record", "青山-01", "contact"), 1)
    holder.close()


@pytest.mark.parametrize(
    ("name", "value"), [("SHOUWANG_LANGUAGE", "fr"), ("SHOUWANG_LOG__LEVEL", "loud")]
)
def test_a_wrong_variable(
    desk: Desk, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable is named, its value is not shown."""
    monkeypatch.setenv(name, value)
    said = expect_refusal(desk.run("status"), 2)
    assert name in said
    assert value not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("record 青山-1 contct", "contact"),
        ("record 青山-99 contact", "青山-0"),
        ("record 青山-01 青山-99 contact", "青山-99"),
        ("record 青山-01 contact --on 2026-12-08", "2026-12-08"),
        ("record 青山-01 contact --by 丁主", "P-0004, P-0005"),
        ("record 青山-01 contact --by P-9999", "P-9999"),
        ("void 0123", "0123"),
        ("explain 青山", "青山村"),
        ("explain 青山-01 --person 无名", "无名"),
        ("ack 青山-77", "青山-77"),
        ("ack 青山-01 --rule 无此规则", "无此规则"),
        ("silence add --to 2026-12-31", "--rule"),
        ("silence add --to 2026-12-31 --entry 青山-01 --rule x", "--rule"),
        ("silence add --to 2026-12-01 --entry 青山-01", "2026-12-01"),
        ("silence add --to 2026-12-31 --region 桃花源", "桃花源"),
        ("silence end nothing", "nothing"),
        ("outbox show nothing", "nothing"),
        ("outbox hold nothing", "nothing"),
        ("person replace P-0003 P-0003", ""),
        ("person leave P-0003 --deputy P-0004", "--until"),
        ("person leave P-0003 --until 2026-12-01", "--until"),
        ("person leave P-0003 --until 2026-12-31 --deputy P-0003", ""),
        ("export statistics 统计.xlsx --period 2026Q5", "2027Q1"),
        ("export overdue 逾期.csv --purpose 检查", ".xlsx"),
        ("export overdue 儿童.xlsx --purpose 检查", "--replace"),
        ("export overdue 逾期.xlsx --region 桃花源 --purpose 检查", "桃花源"),
        ("export outcomes 结果.xlsx --from 2026-12-07 --to 2026-12-01 --purpose 检查", ""),
        ("export roster 对照.xlsx --person 丁主 --purpose 交接", "P-0004"),
        ("plan --from 2026-01-01", "2026-01-01"),
        ("plan --to 2099-01-01", "400"),
        ("send-test mail x@example.invalid", "email"),
        ("calendar import 儿童.xlsx", "holiday-cn"),
        ("calendar import 本县设置.yaml", "holiday-cn"),
        ("init", "本县设置.yaml"),
    ],
)
def test_a_wish_that_makes_no_sense(desk: Desk, words: str, said: str) -> None:
    """It ends with 2, says which word is wrong, and what was perhaps meant."""
    before = sorted(desk.folder.rglob("*"))
    assert said in expect_refusal(desk.run(*words.split()), 2)
    assert [path for path in sorted(desk.folder.rglob("*")) if path not in before] == []


@pytest.mark.parametrize(
    "words",
    [
        "import 没有.xlsx",
        "import 本县设置.yaml",
        "restore 没有.sqlite",
        "restore 本县设置.yaml --replace",
        "backup shouwang.sqlite",
        "backup 没有/备份.sqlite",
        "calendar import 没有.json",
        "export overdue 没有/逾期.xlsx --purpose 检查",
        "check --fix-punctuation 没有.yaml",
    ],
)
def test_a_file_that_cannot_be_used(desk: Desk, words: str) -> None:
    """A file that is not there, or something else, is one sentence that names it."""
    expect_refusal(desk.run(*words.split()), 1)


def test_one_unknown_number_records_nothing(desk: Desk) -> None:
    """All of a command or nothing of it."""
    desk.run("record", "青山-01", "青山-99", "contact", "--on", "2026-12-01")
    assert desk.done("--json", "record", "青山-01", "contact", "--on", "2026-12-01").json[
        "recorded"
    ]


def test_a_channel_that_is_not_there(begun_desk: Desk) -> None:
    """Nobody listens: the channel's reason in words."""
    settings = Path("本县设置.yaml")
    text = settings.read_text("utf-8").replace(
        "type: file\n    folder: 邮件",
        "type: smtp\n    host: 127.0.0.1\n    allow_private: 127.0.0.1\n    port: 9",
    )
    settings.write_text(text, "utf-8")
    expect_refusal(begun_desk.run("send-test", "email", "x@example.invalid"), 1)
    assert begun_desk.run("doctor").code == 1


def test_what_the_system_refuses_is_said_in_the_readers_language(desk: Desk) -> None:
    """No English from the system, no name of a file that only we know of."""
    said = expect_refusal(desk.run("export", "overdue", "没有/逾期.xlsx", "--purpose", "检查"), 1)
    assert said == "没有: 没有这个文件或文件夹\n"
    assert "没有这个文件" in expect_refusal(desk.run("calendar", "import", "没有.json"), 1)


def test_a_year_that_is_not_announced_is_not_taken(desk: Desk) -> None:
    """Its file has no days yet: that is no year without any holiday."""
    Path("2028.json").write_text('{"year": 2028, "papers": [], "days": []}', "utf-8")
    assert "还没有公布" in expect_refusal(desk.run("calendar", "import", "2028.json"), 2)


def test_nothing_done_is_said_so(desk: Desk) -> None:
    """Not “done: 0”."""
    (record,) = desk.done("--json", "record", "青山-01", "update").json["recorded"]
    desk.done("void", record)
    assert desk.done("void", record).out == "这些记录早已作废。\n"
    assert "已恢复发送" in desk.done("outbox", "release").out


def test_the_sample_workbooks_make_nobody_up(desk: Desk) -> None:
    """Their one line is a sample and says so; whoever imports them as they are gets nothing."""
    desk.done("init", "新")
    for sample in sorted(Path("新/示例").glob("*.xlsx")):
        (report,) = desk.done("--json", "import", str(sample)).json["files"]
        assert (report["counts"]["read"], report["problems"]) == (0, []), sample.name
