"""What users of some divisions see: lists, figures and plans end where their divisions do."""

import pytest

from tests.service.commands.office import WHY, Office

ELSEWHERE = ("西岭", "北岭")
IN_THE_THIRD = 12
"""Children of the township that nobody of the two sees."""


@pytest.mark.parametrize("name", ["overdue", "visits", "outcomes", "differences"])
def test_a_list_ends_where_the_divisions_do(office: Office, name: str) -> None:
    """Rows of both townships and of no third; a purpose and the user stand in the chain."""
    words = ("export", name, f"{name}.xlsx")
    everything, seen = office.sheet(None, *words), office.sheet("两镇", *words)
    assert all(number in seen for number in ("青山-01", "东庄-01"))
    assert "西岭-01" in everything
    assert not any(word in seen for word in ELSEWHERE)
    assert office.last_events(f"export.{name}")[-1][0] == "user:U-0001"


def test_a_list_of_a_division_elsewhere_is_of_one_that_is_not_there(office: Office) -> None:
    """By name or by code; the division above is not theirs either."""
    words = ("export", "overdue", "无.xlsx", *WHY, "--region", "%")
    for outside, nowhere in (("西岭镇", "无岭镇"), ("西岭", "无岭"), ("990101", "990102")):
        assert office.is_unknown("两镇", *words, outside=outside, nowhere=nowhere), outside
    one = office.sheet("两镇", "export", "overdue", "一镇.xlsx", "--region", "柳河镇")
    assert ("青山-01" in one, "东庄" in one) == (True, False)


def test_figures_are_of_the_townships_that_are_seen_whole(office: Office) -> None:
    """Their total is theirs; villages alone have no figures, which could speak of one child."""
    words = ("export", "statistics", "数字.xlsx", "--period", "2026Q4", *WHY, "--replace")
    every, seen = office.told(None, *words), office.told("两镇", *words)
    assert [row["name"] for row in seen["townships"]] == ["柳河镇", "东庄镇"]
    assert seen["total"]["entries"] == sum(row["entries"] for row in seen["townships"])
    assert [row for row in every["townships"] if row["name"] != "西岭镇"] == seen["townships"]
    refused = office.run("两村", *words)
    assert (refused.code, "整个乡镇" in refused.err) == (2, True)


def test_who_holds_posts_on_both_sides_is_seen_from_this_one(office: Office) -> None:
    """Their post, form and children here; nothing of what they have elsewhere."""
    both = office.handles["辛双"]
    people = {one["handle"]: one["posts"] for one in office.told("两镇", "person", "list")}
    assert people[both] == "北庄村 儿童主任"
    assert (
        "北岭村"
        in {one["handle"]: one for one in office.told(None, "person", "list")}[both]["posts"]
    )
    for words in (
        ("export", "form", "表.xlsx", "--person", both),
        ("export", "roster", "对照.xlsx", "--person", both),
        ("export", "persons", "人员表.xlsx"),
    ):
        everything, seen = office.sheet(None, *words), office.sheet("两镇", *words)
        assert "北庄" in seen, words
        assert "北岭" in everything, words
        assert not any(word in seen for word in ELSEWHERE), words


def test_people_elsewhere_are_not_there(office: Office) -> None:
    """By handle, phone and name; nor is the county's officer, who stands above."""
    seen = {one["handle"] for one in office.told("两镇", "person", "list", "--all", "--names")}
    assert office.handles["己主"] not in seen | {office.handles["甲县"], "operator"}
    for outside, nowhere in (
        (office.handles["己主"], "P-9999"),
        ("己主", "无人"),
        ("15400000012", "15400000099"),
        ("甲县", "无人"),
    ):
        for words in (
            ("export", "roster", "无.xlsx", *WHY, "--person", "%"),
            ("export", "form", "无.xlsx", *WHY, "--person", "%"),
            ("explain", "青山-01", "--person", "%"),
        ):
            assert office.is_unknown("两镇", *words, outside=outside, nowhere=nowhere), words


def test_messages_that_speak_of_others_too_are_not_there(office: Office) -> None:
    """A message of somebody with villages on both sides belongs to neither."""
    every = {one["person"]: one["id"] for one in office.told(None, "outbox", "list")}
    seen = {one["person"] for one in office.told("两镇", "outbox", "list")}
    here = {office.handles[name] for name in ("乙督", "丙主", "戊主")}
    elsewhere = {office.handles[name] for name in ("己主", "庚督", "辛双")}
    assert (here <= seen, elsewhere & seen, elsewhere <= every.keys()) == (True, set(), True)
    for person in sorted(elsewhere):
        assert office.is_unknown(
            "两镇", "outbox", "show", "%", outside=every[person], nowhere="0" * 32
        )
    assert office.done("两镇", "outbox", "show", every[office.handles["戊主"]])


def test_a_plan_counts_what_is_told_of_the_divisions(office: Office) -> None:
    """To whomever it goes: what the others are told of is left out of their messages, too."""
    words = ("plan", "--to", "2027-03-31")
    every, seen = office.told(None, *words), office.told("两镇", *words)
    people = {row["person"] for row in seen["rows"]}
    both = office.handles["辛双"]
    assert office.handles["己主"] in {row["person"] for row in every["rows"]} - people
    counts = [
        sum(row["items"] for row in of["rows"] if row["person"] == both) for of in (every, seen)
    ]
    assert 0 < counts[1] < counts[0]
    assert {one["person"] for one in seen["weeks"]} == people


def test_how_things_stand_is_how_they_stand_there(office: Office) -> None:
    """Counts of entries, matters and messages; what cannot be told apart by place is left out."""
    every, seen = office.told(None, "status"), office.told("两镇", "status")
    assert every["entries"] - seen["entries"] == IN_THE_THIRD
    assert every["without_consent"] - seen["without_consent"] == IN_THE_THIRD
    assert (every["rows_to_mend"], seen["rows_to_mend"]) == (0, None)
    assert 0 < seen["open"]["overdue"] < every["open"]["overdue"]
    assert 0 < sum(seen["notices"].values()) < sum(every["notices"].values())
    assert 0 < seen["waiting_steps"] <= every["waiting_steps"]
    unrecorded = [
        {one["rule"]: one["unrecorded"] for one in of["rules"]}["半年走访"] for of in (every, seen)
    ]
    assert 0 < unrecorded[1] < unrecorded[0]
