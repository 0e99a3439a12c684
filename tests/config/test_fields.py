"""The table of fields agrees with the ledgers it describes."""

from dataclasses import fields
from pathlib import Path
from typing import get_args

from config.extra_fields import ExtraField
from config.fields import CHILDREN, COLUMNS, LEDGERS, Form, Storage, fields_of
from config.loader import load
from ledgers.rows import ChildRow, InstitutionRow, PersonRow, RecordRow, RegionRow
from ledgers.tables import entries


def test_plain_fields_are_plain_columns() -> None:
    """Triggers have a table of their own; what is worked out from others has no column."""
    plain = {
        field.name
        for field in CHILDREN.values()
        if field.storage is Storage.PLAIN and not field.derived
    }
    assert plain - {"triggers"} <= set(entries.columns.keys())


def test_every_sealed_column_is_known_as_sealed() -> None:
    """So that a filter on it is refused with the reason, not as unknown."""
    names = [column.name for column in entries.columns if column.name.startswith("sealed_")]
    columns = {name.removeprefix("sealed_") for name in names} - {"extras"}  # not one field
    sealed = {field.name for field in CHILDREN.values() if field.storage is Storage.SEALED}
    assert columns <= sealed


def test_columns_are_what_an_import_reads() -> None:
    """A header word can be given for each field of a row, and for nothing else."""
    rows = (ChildRow, InstitutionRow, PersonRow, RecordRow, RegionRow)
    read = {field.name for row in rows for field in fields(row)} - {"place", "extras", "mends"}
    assert set(COLUMNS) == read


def test_each_form_is_used() -> None:
    """No way of filtering is offered that no field takes."""
    built_in = {field.form for fields in LEDGERS.values() for field in fields.values()}
    types = get_args(ExtraField.model_fields["type"].annotation)
    extras = {kind: ExtraField(title=kind, type=kind) for kind in types}
    configuration = load(Path(__file__).parent / "good" / "smallest.yaml", {})
    declaring = configuration.model_copy(update={"fields": {"children": extras}})
    declared = {field.form for field in fields_of(declaring, "children").values()}
    assert built_in | declared == set(Form)
