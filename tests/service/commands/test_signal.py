"""Signals at the desk: raised, told at once, answered."""

from datetime import timedelta

import pytest

from tests.service.commands.desk import HEAVY_RAIN, Desk


@pytest.fixture
def flooded(desk: Desk) -> Desk:
    """Answer a desk whose rules know what to do in heavy rain."""
    path = desk.folder / "本县设置.yaml"
    text = path.read_text("utf-8")
    path.write_text(f"{text}\nrules:{HEAVY_RAIN}", "utf-8")
    desk.done("tick")
    return desk


def test_a_signal_is_told_and_answered(flooded: Desk) -> None:
    """By the name it has in `on`; the answer closes what this person was told of."""
    (raised,) = flooded.done("--json", "signal", "暴雨", "--region", "青山村").json["signals"]
    assert (raised["rule"], raised["new"], raised["opened"]) == ("演练叫应", True, 3)
    again = flooded.done("--json", "signal", "演练叫应", "--region", "青山村").json["signals"]
    assert [(one["id"], one["new"]) for one in again] == [(raised["id"], False)]
    flooded.done("tick")
    closed = flooded.done("--json", "answer", "暴雨", "--by", "丙主").json["closed"]
    assert len(closed) == 3
    assert flooded.done("--json", "answer", closed[0], "--by", "丙主").json == {"closed": []}


def test_while_delivery_is_held_it_says_that_nobody_is_told(flooded: Desk) -> None:
    """Whoever raises a warning must not believe that it went out."""
    assert flooded.done("--json", "signal", "暴雨", "--region", "青山村").json["held_for"] is None
    flooded.done("outbox", "hold")
    again = ("signal", "暴雨", "--region", "柳河镇")
    assert "outbox release" in flooded.done(*again).out
    assert flooded.done("--json", *again).json["held_for"] == "by-hand"


def test_what_makes_no_sense_is_refused(flooded: Desk) -> None:
    """Unknown names, both a division and a child, a moment that is over, nobody who answered."""
    late = (flooded.now - timedelta(days=1)).isoformat()
    for words in (
        ("signal", "无此"),
        ("signal", "暴雨", "--region", "青山村", "--entry", "青山-01"),
        ("signal", "暴雨", "--expires", late),
        ("answer", "暴雨"),
    ):
        assert flooded.run(*words).code == 2, words
    assert flooded.run("answer", "无此", "--by", "丙主").code == 1


def test_one_entry_and_an_end_may_be_named(flooded: Desk) -> None:
    """After its end nothing is open any more."""
    until = (flooded.now + timedelta(hours=1)).isoformat()
    words = ("signal", "暴雨", "--entry", "青山-01", "--expires", until, "--by", "乙督")
    (raised,) = flooded.done("--json", *words).json["signals"]
    assert raised["opened"] == 1
    flooded.now += timedelta(hours=2)
    flooded.done("tick")
    assert flooded.run("answer", "暴雨", "--by", "丙主").code == 1
