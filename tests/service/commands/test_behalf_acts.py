"""What users of some divisions do: it reaches as far as their divisions, in their own name."""

import pytest

from alerts.states import NoticeState, Outcome
from alerts.tables import notices, tellings
from ledgers.database import Database
from tests.service.commands.office import WHY, Office

ME, HALF = "user:U-0001", "user:U-0002"


def test_what_was_done_is_recorded_for_both_townships(office: Office) -> None:
    """In the user's name; one that lies elsewhere is unknown, and then none is recorded."""
    office.done("两镇", "record", "柳沟-01", "东庄-02", "contact", "--by", "戊主")
    (first, second) = office.last_events("record.made")[-2:]
    assert {first[0], second[0]} == {ME}
    words = ("record", "东庄-03", "%", "contact")
    assert office.is_unknown("两镇", *words, outside="西岭-02", nowhere="西岭-92")
    assert office.told(None, "explain", "东庄-03")["records"][0]["happened_on"] == "2026-08-20"
    by = ("record", "东庄-03", "contact", "--by", "%")
    assert office.is_unknown("两镇", *by, outside="庚督", nowhere="无人")


def test_a_record_elsewhere_is_not_there_to_be_void(office: Office) -> None:
    """Nor is one voided that stands beside it; what lies here is, in the user's name."""
    here, there = (
        office.told(None, "record", number, "visit")["recorded"][0]
        for number in ("东庄-03", "西岭-03")
    )
    assert office.is_unknown("两镇", "void", here, "%", outside=there, nowhere="0" * 32)
    assert office.told("两镇", "void", here) == {"voided": 1}
    assert office.last_events("record.voided")[-1] == (ME, here)
    assert office.told(None, "void", here, there) == {"voided": 1}


def test_matters_are_put_off_where_they_lie(office: Office) -> None:
    """What is elsewhere is unknown."""
    assert office.is_unknown("两镇", "ack", "东庄-04", "%", outside="西岭-04", nowhere="西岭-94")
    assert office.told("两镇", "ack", "青山-02")["deferred"] == 1
    assert office.last_events("alert.put-off")[-1][0] == ME


def test_a_signal_goes_no_further_than_the_divisions(office: Office) -> None:
    """Without a division it would go everywhere; an answer settles what lies in them."""
    refused = office.run("两镇", "signal", "暴雨")
    assert (refused.code, "全县" in refused.err) == (1, True)
    words = ("signal", "暴雨", "--region", "%")
    assert office.is_unknown("两镇", *words, outside="西岭镇", nowhere="无岭镇")
    words = ("signal", "暴雨", "--entry", "%")
    assert office.is_unknown("两镇", *words, outside="北岭-01", nowhere="北岭-91")
    (raised,) = office.told("两镇", "signal", "暴雨", "--region", "北庄村")["signals"]
    assert raised["opened"] == 6
    assert office.last_events("signal.raised")[-1][0] == ME
    office.own("signal", "暴雨", "--region", "北岭村")
    office.own("tick")
    closed = office.told("两镇", "answer", "暴雨", "--by", "辛双")["closed"]
    assert len(closed) == 6
    left = office.told(None, "answer", "暴雨", "--by", "辛双")["closed"]
    assert len(left) == 6
    assert office.is_unknown(
        "两镇", "answer", "%", "--by", "辛双", outside=left[0], nowhere="0" * 32
    )
    assert office.is_unknown("两镇", "answer", "暴雨", "--by", "%", outside="己主", nowhere="无人")


@pytest.mark.parametrize(
    ("over", "here", "outside", "nowhere"),
    [
        ("--entry", "北庄-01", "北岭-02", "北岭-92"),
        ("--region", "石门村", "西岭镇", "无岭镇"),
        ("--region", "990101", "990101", "990102"),
        ("--person", "P-0005", "己主", "无人"),
        ("--person", "P-0005", "辛双", "无人"),
    ],
)
def test_a_silence_lies_over_nothing_else(
    office: Office, over: str, here: str, outside: str, nowhere: str
) -> None:
    """Whoever has villages elsewhere is not silenced either: they would miss those, too."""
    words = ("silence", "add", "--to", "2026-12-20", over, "%")
    assert office.is_unknown("两镇", *words, outside=outside, nowhere=nowhere)
    if here == outside:
        return
    ids = [office.told(None, *words[:-1], one)["id"] for one in (here, outside)]
    mine = office.told("两镇", *words[:-1], here)["id"]
    assert office.last_events("silence.added")[-1][0] == ME
    listed = {one["id"] for one in office.told("两镇", "silence", "list")}
    assert (listed >= {ids[0], mine}, ids[1] in listed) == (True, False)
    assert office.is_unknown("两镇", "silence", "end", "%", outside=ids[1], nowhere="0" * 32)
    for one in (ids[0], mine):
        office.done("两镇", "silence", "end", one)
    office.own("silence", "end", ids[1])


def test_a_rule_is_silenced_by_who_sees_it_all(office: Office) -> None:
    """It is everybody's."""
    words = ("silence", "add", "--rule", "季度联系", "--from", "2027-12-01", "--to", "2027-12-02")
    assert "全县" in office.run("两镇", *words).err
    made = office.told("全县", *words)["id"]
    assert made not in str(office.told("两镇", "silence", "list"))
    office.done("全县", "silence", "end", made)


def test_messages_are_held_and_let_go_where_they_belong(office: Office) -> None:
    """Named or all; a hold of all delivery is the whole site's, and stays until that lets go."""
    every = {one["person"]: one["id"] for one in office.told(None, "outbox", "list")}
    here, there = every[office.handles["戊主"]], every[office.handles["己主"]]
    for act in ("hold", "release", "retry"):
        assert office.is_unknown("半县", "outbox", act, "%", outside=there, nowhere="0" * 32)
    assert "全县" in office.run("半县", "outbox", "hold").err
    office.own("outbox", "release", here)
    assert office.told("半县", "outbox", "hold", here) == {"count": 1}
    assert office.last_events("outbox.held")[-1] == (HALF, here)
    let_go = office.told("半县", "outbox", "release")["count"]
    states = {one["id"]: one["state"] for one in office.told(None, "outbox", "list")}
    assert (let_go > 0, states[here], states[there]) == (True, "pending", "held")
    assert office.told(None, "status")["held_for"] == "by-hand"


def test_messages_that_failed_are_tried_again_where_they_belong(office: Office) -> None:
    """Of two that failed, the one that speaks of the user's divisions."""
    every = {one["person"]: one["id"] for one in office.told(None, "outbox", "list")}
    ids = [every[office.handles[name]] for name in ("丙主", "庚督")]
    database = Database.open(office.url)
    with database.writing() as connection:
        failed = {"state": NoticeState.FAILED.value, "ended_at": office.desk.now}
        connection.execute(notices.update().where(notices.c.id.in_(ids)).values(failed))
        of_them = tellings.update().where(tellings.c.notice_id.in_(ids))
        connection.execute(of_them.values(state=Outcome.FAILED.value))
    database.close()
    assert office.told("半县", "outbox", "retry") == {"count": 1}
    states = {one["id"]: one["state"] for one in office.told(None, "outbox", "list")}
    assert [states[one] for one in ids] == ["pending", "failed"]


def test_people_are_changed_by_who_sees_all_they_hold(office: Office) -> None:
    """Whoever has posts elsewhere too is unknown where they would lose those."""
    for words in (
        ("person", "leave", "%", "--until", "2026-12-30"),
        ("person", "back", "%"),
        ("person", "prefer", "%", "email"),
        ("person", "replace", "%", "P-0004"),
        ("person", "replace", "P-0004", "%"),
        ("person", "leave", "P-0004", "--until", "2026-12-30", "--deputy", "%"),
    ):
        assert office.is_unknown("两镇", *words, outside="庚督", nowhere="无人"), words
    for words in (("person", "leave", "%"), ("person", "replace", "%", "P-0004")):
        assert office.is_unknown("两镇", *words, outside="辛双", nowhere="无人"), words
    office.done("两镇", "person", "leave", "乙督", "--until", "2026-12-30", "--deputy", "辛双")
    office.done("两镇", "person", "back", "乙督")
    office.done("两镇", "person", "prefer", "丙主", "email")
    assert office.last_events("person.left")[-1][0] == ME
    assert office.last_events("person.back")[-1][0] == ME
    office.done("两镇", "person", "replace", "P-0004", "P-0005")
    assert office.last_events("person.replaced")[-1][0] == ME


def test_requests_are_answered_for_who_lives_there(office: Office) -> None:
    """A township answers one for access, and the county's officer of its divisions erases."""
    words = ("subject", "export", "%", "答复.xlsx", *WHY, "--replace")
    others = [(one, "无人") for one in ("己主", "辛双", "甲县")]
    for outside, nowhere in [("北岭-03", "北岭-93"), *others]:
        assert office.is_unknown("两镇", *words, outside=outside, nowhere=nowhere), outside
    assert "北庄-02" in office.sheet("两镇", "subject", "export", "北庄-02", "答复.xlsx")
    assert "戊主" in office.sheet("两镇", "subject", "export", "戊主", "答复.xlsx")
    assert office.last_events("subject.export")[-1][0] == ME
    erase = ("subject", "erase", "%", "--reason", "other-law", "--yes")
    assert "U-0001" in office.run("两镇", *erase[:2], "北庄-03", *erase[3:]).err
    assert office.is_unknown("半县", *erase, outside="北岭-03", nowhere="北岭-93")
    office.done("半县", *erase[:2], "北庄-03", *erase[3:])
    assert office.last_events("subject.erase")[-1][0] == HALF


def test_legal_holds_are_of_who_lives_there(office: Office) -> None:
    """Added, listed and ended; one elsewhere is not there."""
    add = ("subject", "hold", "add", "%", "--reason", "court")
    for words in (add, ("subject", "hold", "end", "%")):
        assert office.is_unknown("半县", *words, outside="北岭-04", nowhere="北岭-94"), words
    for number in ("北庄-04", "北岭-04"):
        office.own(*add[:3], number, *add[4:])
    assert [one["ref"] for one in office.told("两镇", "subject", "hold", "list")] == ["北庄-04"]
    assert office.told("半县", "subject", "hold", "end", "北庄-04") == {"ended": 1}
    office.own("subject", "hold", "end", "北岭-04")


def test_links_are_made_for_people_of_the_divisions(office: Office) -> None:
    """And withdrawn, and listed."""
    make = ("link", "make", "%", "--for", "answer", "--way", "email")
    for words in (make, ("link", "revoke", "--person", "%"), ("link", "list", "--person", "%")):
        assert office.is_unknown("半县", *words, outside="己主", nowhere="无人"), words
    ids = [office.told(None, *make[:2], one, *make[3:])["id"] for one in ("丙主", "己主")]
    assert [one["id"] for one in office.told("半县", "link", "list")] == [ids[0]]
    assert office.told("半县", "link", "revoke", *ids) == {"revoked": 1}
    assert office.told("半县", "link", "list") == []
