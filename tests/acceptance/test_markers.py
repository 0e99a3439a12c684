"""The search finds a marker however it is spelled: else it would prove nothing to find none."""

import base64
import json
from urllib.parse import quote

import pytest

from tests.acceptance.markers import MARKERS, markers_in


@pytest.mark.parametrize("marker", MARKERS)
def test_a_marker_is_found_in_every_spelling(marker: str) -> None:
    """In each encoding, escaped, in hex, and in base64 beside anything of any length."""
    spelled = [f"beside {marker} beside".encode(name) for name in ("utf-8", "utf-16", "gb18030")]
    spelled += [json.dumps(f"x{marker}").encode(), f"/?q={quote(marker)}".encode()]
    spelled += [f"x{marker}y".encode().hex().encode()]
    for before in range(4):
        spelled += [
            base64.b64encode(b"b" * before + marker.encode() + b"a" * after) for after in range(4)
        ]
    assert [one for one in spelled if marker not in markers_in(one)] == []


def test_nothing_is_found_where_nothing_is() -> None:
    """Neither in other words nor in all bytes there are."""
    assert markers_in("青山-03 走访 6月7日".encode() + bytes(range(256))) == set()
