"""Why a rule is not for an entry, in words: derived fields, and those that a site declared."""

from typing import Any

import pytest

from alerts.explain import explain
from alerts.explained import sentences
from config.language import speaking
from ledgers.database import Database
from tests.alerts.county import written
from tests.alerts.watched import CONTACT, Watched


def refused(database: Database, where: dict[str, Any], **entry: Any) -> tuple[str, str]:
    """Answer what is said of the one condition that an entry does not meet, in both languages."""
    site = Watched(database)
    rule = {**CONTACT, "for": {"ledger": "children", "where": where}}
    fields = {"children": {"poor": {"title": "低收入", "type": "yes-no", "storage": "plain"}}}
    site.configure(written(rules={"contacts": rule}, fields=fields))
    site.entry("青山-03", **entry)
    with site.database.reading() as connection:
        found = explain(connection, site.in_force, "青山-03", on=site.today)
    said = []
    for language in ("zh_CN", "en"):
        with speaking(language):
            lines = sentences(found, site.timetable.zone)
        said.append(lines[[line.startswith("    ") for line in lines].index(True)].strip())
    return said[0], said[1]


@pytest.mark.parametrize(
    ("where", "chinese", "english"),
    [
        (
            {"stay": {"at_least": "6 months"}},
            "居住时间：没有填写；规则要求：满 6 个月",
            "length of stay: nothing is written; the rule asks for: at least 6 months",
        ),
        (
            {"crosses": "county"},
            "居住地与户籍地不同：没有填写；规则要求：不在同一个县",
            (
                "lives elsewhere than registered: nothing is written;"
                " the rule asks for: in another county"
            ),
        ),
        (
            {"assignment": {"without": "director"}},
            "责任人：不符合；规则要求：没有“director”",
            "who looks after it: the rule asks for: nobody is director",
        ),
        (
            {"poor": "yes"},
            "低收入：没有填写；规则要求：是",
            "低收入: nothing is written; the rule asks for: yes",
        ),
        (
            {"sex": {"none_of": ["male"]}},
            "性别：不符合；规则要求：没有下列任何一项：男",
            "sex: the rule asks for: none of: male",
        ),
    ],
)
def test_each_field_has_a_name(
    database: Database, where: dict[str, Any], chinese: str, english: str
) -> None:
    """And so has what is asked of it."""
    assert refused(database, where, sex="male") == (chinese, english)


def test_another_ledger_is_named(database: Database) -> None:
    """A rule of institutions says so to a child."""
    site = Watched(database)
    group = {"ledger": "institutions", "where": {"status": "active"}}
    site.configure(written(rules={"contacts": {**CONTACT, "for": group}}))
    site.entry("青山-03")
    with site.database.reading() as connection:
        found = explain(connection, site.in_force, "青山-03", on=site.today)
    with speaking("zh_CN"):
        assert "    台账：不符合；规则要求：机构台账" in sentences(found, site.timetable.zone)
