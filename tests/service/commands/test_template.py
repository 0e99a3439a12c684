"""`template preview` shows messages as they would arrive."""

from pathlib import Path

from tests.service.commands.desk import Desk


def test_every_kind_is_shown(begun_desk: Desk) -> None:
    """With its channel and its template; nothing is sent."""
    said = begun_desk.done("template", "preview").out
    assert "zh_CN/director/message.html" in said
    assert "请办 12 项" in said


def test_one_kind_in_one_language(begun_desk: Desk) -> None:
    """For machines too."""
    shown = begun_desk.done("--json", "template", "preview", "director", "--lang", "en").json
    assert {one["kind"] for one in shown} == {"director"}
    assert all(one["language"] == "en" and "To do: 12" in one["subject"] for one in shown)


def test_an_unknown_channel_is_said(begun_desk: Desk) -> None:
    """It ends with 2."""
    answer = begun_desk.run("template", "preview", "--channel", "fax")
    assert answer.code == 2
    assert "fax" in answer.err


def test_check_renders_what_would_be_sent(begun_desk: Desk) -> None:
    """A template that says nothing with sample data is named."""
    folder = Path("模板/zh_CN/director")
    folder.mkdir(parents=True)
    (folder / "text.txt").write_text("{% if total > 99 %}您好{% endif %}\n", "utf-8")
    with Path("本县设置.yaml").open("a", encoding="utf-8") as stream:
        stream.write("templates: 模板\n")
    answer = begun_desk.run("check")
    assert answer.code == 2
    assert "zh_CN/director/message.html:1" in answer.out
