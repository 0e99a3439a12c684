"""What people did and decided: record, void, ack, silence, person, outbox."""

from datetime import timedelta

import pytest

from tests.repo.tracked import ROOT
from tests.service.commands.desk import Desk


def standing(desk: Desk, number: str) -> list[str]:
    """Answer how the alerts of an entry about contacts ended, the open ones as `open`."""
    rules = desk.done("--json", "explain", number).json["rules"]
    (contact,) = [rule for rule in rules if rule["rule"] == "重点对象季度联系"]
    return [alert["closed_how"] or "open" for alert in contact["alerts"]]


def test_a_record_closes_and_its_voiding_opens_again(desk: Desk) -> None:
    """Closed by the act; declared a mistake, it is due again as the next cycle."""
    assert standing(desk, "青山-01") == ["open"]
    (record_id,) = desk.done("--json", "record", "青山-01", "联系").json["recorded"]
    assert standing(desk, "青山-01") == ["done"]
    assert desk.done("--json", "void", record_id).json == {"voided": 1}
    desk.now += timedelta(minutes=1)
    desk.done("tick")
    assert standing(desk, "青山-01") == ["record-voided", "open"]
    assert desk.done("--json", "void", record_id).json == {"voided": 0}


def test_a_visit_counts_as_a_contact(desk: Desk) -> None:
    """One line for both, as the configuration says; titles may stand for kinds."""
    desk.done("record", "青山-01", "柳沟-01", "入户走访", "--method", "入户", "--by", "P-0003")
    assert standing(desk, "柳沟-01") == ["done"]


def test_not_reached_closes_nothing(desk: Desk) -> None:
    """It is kept, and the matter stays open."""
    answer = desk.done("--json", "record", "青山-01", "contact", "--result", "未联系上")
    assert answer.json["closed"] == 0
    assert standing(desk, "青山-01") == ["open"]


def test_the_same_twice_is_one_record(desk: Desk) -> None:
    """The second time it is known."""
    desk.done("record", "青山-01", "contact", "--on", "2026-12-01")
    again = desk.done("--json", "record", "青山-01", "contact", "--on", "2026-12-01").json
    assert (again["recorded"], again["known"]) == ([], 1)


def test_numbers_may_be_typed_in_full_width(desk: Desk) -> None:
    """青山－１ is 青山-01."""
    assert desk.done("--json", "record", "青山－１", "contact").json["recorded"]


def test_what_is_put_off_is_not_told(desk: Desk) -> None:
    """Nothing goes out about it until the days are over; what is long overdue cannot be put off."""
    assert desk.done("--json", "ack", "柳沟-01").json["deferred"] == 0
    desk.done("record", "青山-01", "柳沟-01", "visit")
    for number in ("青山-02", "柳沟-02", "石门-01"):
        desk.done("ack", number, "--days", "3", "--reason", "away")
    assert desk.done("--json", "tick", "--slot-now").json["notices"] == 0
    desk.now += timedelta(days=4)
    assert desk.done("--json", "tick", "--slot-now").json["notices"] > 0


def test_a_preference_must_be_possible(desk: Desk) -> None:
    """A channel that routes use and the person has an address for; without one it is forgotten."""
    assert desk.done("--json", "person", "prefer", "P-0003", "email").json == {"channel": "email"}
    for person, channel in (("P-0004", "email"), ("P-0003", "pigeon")):
        failed = desk.run("person", "prefer", person, channel)
        assert failed.code == 2
    assert desk.done("--json", "person", "prefer", "P-0003").json == {"channel": None}


@pytest.mark.parametrize("command", [("ack", "青山-01"), ("silence", "add", "--rule", "x")])
def test_a_reason_is_one_of_a_list(desk: Desk, command: tuple[str, ...]) -> None:
    """Nobody writes a child's story there; the words that are allowed are named."""
    to = () if command[0] == "ack" else ("--to", "2026-12-31")
    failed = desk.run(*command, *to, "--reason", "孩子在住院")
    assert failed.code == 2
    assert "in-hand" in failed.err


@pytest.mark.parametrize(
    "words",
    [("--region", "柳河"), ("--region", "柳河镇"), ("--rule", "重点对象季度联系")],
)
def test_a_silence_holds_until_it_ends(desk: Desk, words: tuple[str, str]) -> None:
    """Listed while it holds, gone when it is ended; then what waited is told."""
    made = desk.done("--json", "silence", "add", *words, "--to", "2026-12-31").json
    assert desk.done("--json", "tick", "--slot-now").json["notices"] == 0
    assert [one["id"] for one in desk.done("--json", "silence", "list").json] == [made["id"]]
    desk.done("silence", "end", made["id"])
    assert desk.done("--json", "silence", "list").json == []
    assert len(desk.done("--json", "silence", "list", "--all").json) == 1
    assert desk.done("--json", "tick", "--slot-now").json["notices"] > 0


def test_a_silence_shows_what_it_lies_over(desk: Desk) -> None:
    """An entry by its number, a person by the handle: never by an id."""
    desk.done("silence", "add", "--entry", "青山-01", "--to", "2026-12-31")
    desk.done("silence", "add", "--person", "丙主", "--to", "2026-12-31")
    told = {one["target"] for one in desk.done("--json", "silence", "list").json}
    assert told == {"青山-01", "P-0003"}


def test_posts_change_hands(desk: Desk) -> None:
    """What one held the other holds; the old one is gone from the list."""
    assert desk.done("--json", "person", "replace", "丙主", "P-0004").json == {"posts": 1}
    posts = {one["handle"]: one["posts"] for one in desk.done("--json", "person", "list").json}
    assert "P-0003" not in posts
    assert "青山村" in posts["P-0004"]


def test_somebody_is_away_for_a_while(desk: Desk) -> None:
    """With a deputy, and back again."""
    leave = ("person", "leave", "P-0003", "--until", "2026-12-31", "--deputy", "P-0002")
    assert desk.done("--json", *leave).json["for_good"] is False
    desk.done("person", "back", "P-0003", "--on", "2026-12-10")


def test_names_are_shown_only_when_asked_for(desk: Desk) -> None:
    """And then the audit chain says that somebody looked, without a name in it."""
    assert "乙督" not in desk.done("person", "list").out
    asked = desk.done("person", "list", "--names")
    assert "乙督" in asked.out
    kept = desk.done("--json", "audit", "list", "--kind", "person.names-read").out
    assert '"people": "6"' in kept
    assert "乙督" not in kept


def test_held_delivery_sends_nothing(desk: Desk) -> None:
    """Held by hand, made but not sent; let go, sent with the next pass."""
    desk.done("outbox", "hold")
    held = desk.done("--json", "tick", "--slot-now").json
    assert (held["delivery_held"], held["attempts"]) == (True, {})
    assert desk.done("--json", "outbox", "release").json["count"] == held["notices"]
    assert desk.done("--json", "tick").json["attempts"] == {"accepted": held["notices"]}


def test_single_messages_are_held_and_shown(desk: Desk) -> None:
    """By id: held, listed by state, shown with their tries, let go."""
    desk.now = desk.now.replace(hour=15)  # in quiet hours: made now, sent in the morning
    desk.done("tick", "--slot-now")
    waiting = desk.done("--json", "outbox", "list", "--state", "pending").json
    assert waiting[0]["person"].startswith("P-")
    first = waiting[0]["id"]
    assert desk.done("--json", "outbox", "hold", first).json == {"count": 1}
    assert [one["id"] for one in desk.done("--json", "outbox", "list", "--state", "held").json] == [
        first
    ]
    assert desk.done("--json", "outbox", "show", first).json["attempts"] == []
    assert desk.done("--json", "outbox", "release", first).json == {"count": 1}
    assert desk.done("--json", "outbox", "retry").json == {"count": 0}


def test_a_test_message_says_that_it_is_one(desk: Desk) -> None:
    """Through the channel, to the address, with nothing of the ledger in it."""
    assert desk.done("--json", "send-test", "email", "x@example.invalid").json["sent"] is True


def test_a_plan_is_what_then_happens(desk: Desk) -> None:
    """Who is planned to be told within a week is told within that week, and nothing is sent yet."""
    rows = desk.done("--json", "plan", "--to", "2026-12-14").json["rows"]
    assert desk.done("--json", "outbox", "list").json == []
    for _day in range(8):
        desk.done("tick")
        desk.now += timedelta(days=1)
    told = desk.done("--json", "outbox", "list").json
    assert {row["person"] for row in rows} == {line["person"] for line in told}


def test_a_year_of_days_off_is_taken(desk: Desk) -> None:
    """Imported, it is known."""
    file = ROOT / "tests" / "data" / "holiday-cn" / "2026.json"
    assert desk.done("--json", "calendar", "import", str(file)).json["year"] == 2026


def test_a_moment_to_come_needs_trial_channels(desk: Desk) -> None:
    """With mails that go into a folder it may be tried; with a real channel it is refused."""
    assert desk.done("--json", "tick", "--at", "2026-12-14T09:30").json["notices"] > 0
    settings = desk.folder / "本县设置.yaml"
    text = settings.read_text("utf-8")
    real = text.replace(
        "type: file\n    folder: 邮件",
        "type: smtp\n    host: 127.0.0.1\n    allow_private: 127.0.0.1",
    )
    settings.write_text(real, "utf-8")
    assert desk.run("tick", "--at", "2026-12-21T09:30").code == 2


def test_the_figures_are_there_for_machines_too(desk: Desk) -> None:
    """Not only the name of the workbook that holds them."""
    said = desk.done(
        "--json", "export", "statistics", "数字.xlsx", "--period", "2026Q4", "--purpose", "上报"
    ).json
    assert (said["term"], said["total"]["entries"]) == ("2026Q4", 6)
    assert said["total"]["acts"]["contact"]["due"] == sum(
        town["acts"]["contact"]["due"] for town in said["townships"]
    )


def test_a_request_across_regions_names_the_other_one(desk: Desk) -> None:
    """It must, by code or by a county's whole name; other acts must not."""
    settings = desk.folder / "本县设置.yaml"
    kind = "records:\n  协查:\n    title: 跨区域协查\n    counterpart: yes\n"
    settings.write_text(settings.read_text("utf-8") + kind, "utf-8")
    for words, wanted in (
        (("青山-01", "协查"), "--with-region"),
        (("青山-01", "协查", "--with-region", "朝阳区"), "110105"),
        (("青山-01", "协查", "--with-region", "无此县"), "无此县"),
        (("青山-01", "联系", "--with-region", "平山县"), "--with-region"),
    ):
        refused = desk.run("record", *words)
        assert refused.code == 2
        assert wanted in refused.err
    assert (
        len(
            desk.done("--json", "record", "青山-01", "协查", "--with-region", "平山县").json[
                "recorded"
            ]
        )
        == 1
    )
    assert "跨区域协查（对方：平山县）" in desk.done("explain", "青山-01").out
