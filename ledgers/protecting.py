"""A workbook under a password, as Excel and WPS open it (ECMA-376 agile encryption, AES-256)."""

from io import BytesIO
from typing import BinaryIO

from ledgers.errors import PasswordTooShort

SHORTEST = 8
"""Letters of a password: whoever has the file may try as long as they like."""


def refuse_password(password: str) -> None:
    """Refuse a password that protects nothing.

    Raises:
        PasswordTooShort: with how long it must be.
    """
    if len(password) < SHORTEST:
        raise PasswordTooShort(SHORTEST)


def protect(workbook: bytes, password: str, stream: BinaryIO) -> None:
    """Write a workbook encrypted; unencrypted it never was in a file.

    Raises as `refuse_password`.
    """
    refuse_password(password)
    from msoffcrypto.format.ooxml import OOXMLFile  # loaded when it is needed, as its like are

    OOXMLFile(BytesIO(workbook)).encrypt(password, stream)
