"""A small share of the fuzzing in every run; `make fuzz` goes on for as long as one likes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

_WORDS = st.sampled_from(
    [
        *(
            b"{{",
            b"}}",
            b"{%",
            b"%}",
            b"for v in ",
            b"office",
            b"|join(",
            b"'",
            b"[",
            b"]",
            b"{",
            b"}",
        ),
        *(
            b"version: 1\n",
            b"rules:\n",
            b"  - ",
            b": ",
            b"&a ",
            b"*a",
            b"!!python/object",
            b"<<: ",
            b"\n",
        ),
        *(b'"', b",", b";", b"\t", b"\r\n", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04"),
        *("姓名".encode(), "台账".encode("gb18030"), b"null", b"-1e999", b"9" * 5000, b"[" * 3000),
        *(
            b"10.0.0.1",
            b"::ffff:",
            b"%",
            b"<!DOCTYPE",
            b"out_id=",
            b"&status=8",
            b"0x",
            b"__class__",
        ),
    ]
)
_BYTES = st.binary(max_size=60) | st.lists(_WORDS | st.binary(max_size=4), max_size=20).map(
    b"".join
)


@pytest.mark.parametrize("name", TARGETS)
@given(data=_BYTES)
@settings(deadline=None, max_examples=60)
def test_bytes_are_taken_or_refused(name: str, data: bytes) -> None:
    """Any other error is a traceback that somebody outside can bring about."""
    result = TARGETS[name](data)
    assert result is None
