"""A workbook under a password opens with it, and shows nothing without."""

from io import BytesIO
from pathlib import Path

import pytest
from msoffcrypto.exceptions import InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile

from ledgers.errors import PasswordProtected, PasswordTooShort
from ledgers.exporting import SheetPlan, write_workbook
from ledgers.protecting import protect
from ledgers.reading.reader import read

PASSWORD = "一句不短的话"


def workbook() -> bytes:
    """Answer a workbook with one name in it."""
    stream = BytesIO()
    write_workbook(stream, [SheetPlan("名单", ["姓名"], [["龘靐"]])], is_small=True)
    return stream.getvalue()


def test_it_opens_with_its_password_and_no_other() -> None:
    """Whole, and seen to be unchanged."""
    plain, closed, opened = workbook(), BytesIO(), BytesIO()
    protect(plain, PASSWORD * 2, closed)
    file = OOXMLFile(closed)
    with pytest.raises(InvalidKeyError):
        file.load_key(password=PASSWORD, verify_password=True)
    file.load_key(password=PASSWORD * 2, verify_password=True)
    file.decrypt(opened, verify_integrity=True)
    assert opened.getvalue() == plain


def test_without_it_nothing_is_read(tmp_path: Path) -> None:
    """Neither by us, who say what it is, nor by whoever looks at its bytes."""
    file, closed = tmp_path / "名单.xlsx", BytesIO()
    protect(workbook(), PASSWORD * 2, closed)
    file.write_bytes(closed.getvalue())
    assert b"PK\3\4" not in closed.getvalue()
    with pytest.raises(PasswordProtected):
        read(file)


@pytest.mark.parametrize("password", ["", "1234567"])
def test_a_password_that_is_soon_guessed_is_refused(password: str) -> None:
    """Nothing is written under it."""
    closed = BytesIO()
    with pytest.raises(PasswordTooShort, match="8"):
        protect(workbook(), password, closed)
    assert closed.getvalue() == b""
