"""What names somebody may be put under a password; what does not cannot open a sealed field."""

from io import BytesIO, StringIO
from pathlib import Path
from typing import BinaryIO
from zipfile import is_zipfile

import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from ledgers.access.roles import Right
from ledgers.persons import load_persons
from ledgers.tables import persons
from service.commands.workbooks import Source, Target, write_out
from service.terminal import Terminal
from tests.service.commands.desk import MONDAY, Desk

WHY = ("--purpose", "交接")
PASSWORD = "correct horse 电池"


def opened(file: Path) -> str:
    """Answer everything that stands in a protected workbook."""
    plain = BytesIO()
    with file.open("rb") as stream:
        closed = OOXMLFile(stream)
        closed.load_key(password=PASSWORD, verify_password=True)
        closed.decrypt(plain, verify_integrity=True)
    book = CalamineWorkbook.from_filelike(BytesIO(plain.getvalue()))
    return str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])


@pytest.mark.parametrize(
    ("words", "inside"),
    [(("roster", "--person", "P-0003"), "某甲"), (("persons",), "乙督"), (("quarantine",), "")],
)
def test_a_list_of_names_opens_with_its_password_only(
    desk: Desk, words: tuple[str, ...], inside: str
) -> None:
    """It lies on the disk encrypted, and nowhere else."""
    name, *more = words
    answer = desk.run("export", name, "名单.xlsx", *more, *WHY, "--password", typed=[PASSWORD])
    assert answer.code == 0, answer.err
    assert not is_zipfile("名单.xlsx")
    assert inside in opened(Path("名单.xlsx"))
    assert PASSWORD not in answer.out + answer.err


@pytest.mark.parametrize("typed", [[], ["1234567"]])
def test_without_a_good_password_nothing_is_written(desk: Desk, typed: list[str]) -> None:
    """Nobody typed one, or one that is soon guessed."""
    answer = desk.run("export", "persons", "名单.xlsx", *WHY, "--password", typed=typed)
    assert answer.code != 0
    assert not list(Path().glob("*名单*"))


def test_a_public_list_cannot_open_a_sealed_field(desk: Desk) -> None:
    """However it is written: the vault that it gets opens nothing. A secret one gets one that does."""

    def nosy(source: Source, stream: BinaryIO) -> int:
        ids = list(source.connection.scalars(select(persons.c.id)))
        people = load_persons(source.connection, source.site.vault, ids)
        return stream.write("".join(one.name for one in people.values()).encode())

    terminal = Terminal(StringIO(), StringIO(), lambda: MONDAY, environment={})
    with pytest.raises(RuntimeError, match="not for a public list"):
        write_out(nosy, Target(Path("公开.xlsx"), replace=False), terminal)
    assert not list(Path().glob("*公开*"))
    assert (
        write_out(nosy, Target(Path("名.xlsx"), replace=False, right=Right.EXPORT_NAMES), terminal)
        == 0
    )
