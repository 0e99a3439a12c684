"""`check` shows every mistake at once, and who cannot be reached."""

from pathlib import Path

from sqlalchemy import select

from ledgers.database import Database
from ledgers.tables import persons
from tests.service.commands.desk import Desk, children, write_table

TEN_MISTAKES = """\
version: 2
timezone: Mars
site: {name: 演示县, region: "99"}
launch: {on: 2026-13-01, first_due_within: soon}
roles: {director: {title: 儿童主任, level: hamlet}}
records: {contact: {titel: 联系}}
rules: {联系: {kind: dutty}}
delivery: {quiet_hours: ["25:00", "08:00"]}
chanels: {}
"""


def test_every_mistake_is_shown_with_its_place(begun_desk: Desk) -> None:
    """Ten or more at once, each with line and column; it ends with 2."""
    Path("错.yaml").write_text(TEN_MISTAKES, "utf-8")
    answer = begun_desk.run("--json", "check", "错.yaml")
    problems = answer.json["problems"]
    assert (answer.code, answer.json["valid"]) == (2, False)
    assert len(problems) >= 10
    assert all(one["line"] and one["column"] and one["sentence"] for one in problems)
    told = begun_desk.run("check", "错.yaml")
    assert (told.code, told.out.count("错.yaml:")) == (2, len(problems))


def test_full_width_punctuation_is_mended(begun_desk: Desk) -> None:
    """What was typed with a Chinese keyboard is put right, and the rest stays."""
    settings = Path("本县设置.yaml")
    right = settings.read_text("utf-8")
    settings.write_text(right.replace("name: 演示县民政局", "name：演示县民政局", 1), "utf-8")
    assert begun_desk.run("check").code == 2
    begun_desk.done("check", "--fix-punctuation")
    assert settings.read_text("utf-8") == right
    assert "没有" in begun_desk.done("check", "--fix-punctuation").out


def test_a_template_that_shows_too_much_is_refused(begun_desk: Desk) -> None:
    """Template, line and field are named."""
    folder = Path("模板/zh_CN/director")
    folder.mkdir(parents=True)
    (folder / "text.txt").write_text("您好\n{{ person.name }}\n", "utf-8")
    with Path("本县设置.yaml").open("a", encoding="utf-8") as stream:
        stream.write("templates: 模板\n")
    answer = begun_desk.run("--json", "check")
    assert answer.code == 2
    assert (answer.json["templates"][0]["line"], answer.json["valid"]) == (2, False)


def test_posts_that_nobody_holds_are_named(desk: Desk) -> None:
    """A village without a director is told to the operator before anything is missed."""
    assert desk.done("--json", "check").json["remarks"] == []
    child = ("柳河镇", "白塔村", "某庚", "2016-05-01", "流动儿童", "流浪", "")
    write_table(Path("新.xlsx"), "儿童台账", children(child))
    desk.done("import", "新.xlsx")
    (remark,) = desk.done("--json", "check").json["remarks"]
    assert "儿童主任" in remark
    assert "白塔村" in remark


def test_looking_at_a_draft_changes_nothing(desk: Desk) -> None:
    """Whom a draft names as operator is told nothing before it holds."""
    text = (desk.folder / "本县设置.yaml").read_text("utf-8")
    draft = desk.folder / "草稿.yaml"
    draft.write_text(text.replace("email: ", "email: new.", 1), "utf-8")
    database = Database.open(f"sqlite:///{desk.folder / 'shouwang.sqlite'}")
    operators = select(persons.c.email_key).where(persons.c.handle == "operator")
    with database.reading() as connection:
        before = connection.scalars(operators).all()
    desk.done("check", str(draft))
    with database.reading() as connection:
        assert connection.scalars(operators).all() == before
    database.close()


def test_the_schema_is_printed(bare_desk: Desk) -> None:
    """It needs no configuration."""
    assert bare_desk.done("check", "--schema").json["properties"]["rules"]
