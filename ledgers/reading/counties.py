"""The country's divisions down to counties, by code and by name: DOMAIN.md F4."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

COUNTY = 6
_NO_NAMES = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
_OF_OFFICE = re.compile(
    r"(?:.{2,}?[省市州])?(?P<name>.{1,20}?[县区市旗])(?=民政|人民政府|政府|未成年|儿童|社会|$)"
)


@cache
def national_names() -> Mapping[str, str]:
    """Answer the names of provinces, cities and counties of 2023 by code."""
    lines = Path(__file__).with_name("counties.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" ", 1) for line in lines if not line.startswith("#"))
    return {pair[0]: pair[1] for pair in pairs}


@cache
def known_counties() -> frozenset[str]:
    """Answer the county codes of 2023; add the site's own where it is newer."""
    return frozenset(code for code in national_names() if len(code) == COUNTY)


def counties_called(text: str) -> list[str]:
    """Answer the codes of a county's name; what stands before it (河北省平山县) tells two apart."""
    names = national_names()
    found = [
        code
        for code, name in names.items()
        if len(code) == COUNTY and name not in _NO_NAMES and text.endswith(name)
    ]
    longest = max((len(names[code]) for code in found), default=0)
    found = [code for code in found if len(names[code]) == longest]
    before = text[: len(text) - longest]
    if not before:
        return found
    return [
        code for code in found if _fits(before, names.get(code[:2], ""), names.get(code[:4], ""))
    ]


def _fits(before: str, province: str, city: str) -> bool:
    """Say whether what stands before a county's name is its province, its city, or both."""
    return before in (province, city, province + city)


def division_of_office(office: str) -> str | None:
    """Answer the division in the name of an office: 演示县民政局 serves 演示县."""
    found = _OF_OFFICE.match(office)
    return found["name"] if found else None
