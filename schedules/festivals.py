"""Festivals of the lunar calendar, and Qingming, as dates of ours. These are no days off.

Public facts; made with lunar_python 1.4.8 and found equal by borax 4.1.3 (both MIT). Why a table:
docs/decisions/0014-festivals-as-a-table.md.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

_TABLE = """\
2019 0205 0219 0405 0607 0913 1007
2020 0125 0208 0404 0625 1001 1025
2021 0212 0226 0404 0614 0921 1014
2022 0201 0215 0405 0603 0910 1004
2023 0122 0205 0405 0622 0929 1023
2024 0210 0224 0404 0610 0917 1011
2025 0129 0212 0404 0531 1006 1029
2026 0217 0303 0405 0619 0925 1018
2027 0206 0220 0405 0609 0915 1008
2028 0126 0209 0404 0528 1003 1026
2029 0213 0227 0404 0616 0922 1016
2030 0203 0217 0405 0605 0912 1005
2031 0123 0206 0405 0624 1001 1024
2032 0211 0225 0404 0612 0919 1012
2033 0131 0214 0404 0601 0908 1001
2034 0219 0305 0405 0620 0927 1020
2035 0208 0222 0405 0610 0916 1009
2036 0128 0211 0404 0530 1004 1027
2037 0215 0301 0404 0618 0924 1017
2038 0204 0218 0405 0607 0913 1007
2039 0124 0207 0405 0527 1002 1026
2040 0212 0226 0404 0614 0920 1014
2041 0201 0215 0404 0603 0910 1003
2042 0122 0205 0404 0622 0928 1022
2043 0210 0224 0405 0611 0917 1011
2044 0130 0213 0404 0531 1005 1029
2045 0217 0303 0404 0619 0925 1018
2046 0206 0220 0404 0608 0915 1008
2047 0126 0209 0405 0529 1004 1027
2048 0214 0228 0404 0615 0922 1016
2049 0202 0216 0404 0604 0911 1005
2050 0123 0206 0404 0623 0930 1024
"""
_COLUMNS = (
    ("春节", "spring-festival"),
    ("元宵", "lantern-festival"),
    ("清明", "qingming"),
    ("端午", "dragon-boat"),
    ("中秋", "mid-autumn"),
    ("重阳", "double-ninth"),
)


@cache
def festivals() -> Mapping[str, tuple[date, ...]]:
    """Answer each festival's dates, one a year from 2019 on, under its Chinese and English name."""
    days: dict[str, list[date]] = {name: [] for names in _COLUMNS for name in names}
    for line in _TABLE.splitlines():
        year, *cells = line.split()
        for names, cell in zip(_COLUMNS, cells, strict=True):
            for name in names:
                days[name].append(date(int(year), int(cell[:2]), int(cell[2:])))
    return {name: tuple(dates) for name, dates in days.items()}
