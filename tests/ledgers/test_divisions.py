"""Divisions outside the site have names too: from the official list, or from the site's own."""

import pytest

from ledgers.database import Database
from ledgers.divisions import division_names, division_of
from ledgers.reading.counties import counties_called, division_of_office
from ledgers.regions import Region, add_regions


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("平山县", "130131"),
        ("石家庄市平山县", "130131"),
        ("河北省石家庄市平山县", "130131"),
        ("130131", "130131"),
        ("130131000000", "130131"),
        ("北京市朝阳区", "110105"),
        ("朝阳区", None),
        ("湖南省平山县", None),
        ("无此县", None),
        ("13", None),
    ],
)
def test_a_county_is_meant_by_its_code_or_its_whole_name(text: str, code: str | None) -> None:
    """Of two of one name neither, until what stands before tells them apart."""
    assert division_of(text) == code


def test_districts_without_a_name_are_never_meant() -> None:
    """市辖区 is in the list, but is no name."""
    assert counties_called("市辖区") == []


def test_the_sites_own_list_names_first(database: Database) -> None:
    """Then the official one; a code that nobody knows stays a code."""
    with database.writing() as connection:
        add_regions(connection, [Region("990102", "邻示县")])
        names = division_names(connection, {"990102", "130131", "990199"})
    assert names == {"990102": "邻示县", "130131": "平山县", "990199": "990199"}


@pytest.mark.parametrize(
    ("office", "division"),
    [
        ("演示县民政局", "演示县"),
        ("某省演示市示例区民政局", "示例区"),
        ("演示旗未成年人救助保护中心", "演示旗"),
        ("某某科技公司", None),
    ],
)
def test_an_office_says_which_division_it_serves(office: str, division: str | None) -> None:
    """So that what belongs to the county itself has a name."""
    assert division_of_office(office) == division
