"""A child with everything that a ledger may hold of one, in a county that tells people of it."""

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select, update

from alerts.erasing import Eraser
from alerts.figures import Figures
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.sealing import Spot
from ledgers.tables import (
    assignments,
    differences,
    entries,
    entry_changes,
    imports,
    persons,
    quarantine,
)
from tests.alerts.county import QINGSHAN, VAULT, at, written
from tests.alerts.watched import CONTACT, Watched

NAME, ID_NO = "禾苗苗", "990101201010052221"
BORN = date(2010, 10, 5)
SPRING = date(2027, 3, 1)
_UNDER_18 = {"ledger": "children", "where": {"status": "active", "age": {"under": "18 years"}}}
_SEALED = {
    "sealed_name": NAME,
    "sealed_id_no": ID_NO,
    "sealed_phone": "15400000001",
    "sealed_address": "青山村东头",
    "sealed_guardian": "禾大山",
    "sealed_notes": "喜欢画画",
}


@dataclass(slots=True)
class Erasable:
    """One child in a county, and hands that erase it."""

    site: Watched
    entry: str

    @property
    def eraser(self) -> Eraser:
        """Answer what erases, today."""
        figures = Figures.of(self.site.configuration)
        return Eraser(VAULT, figures, self.site.today, at(self.site.today, 12))

    def person(self, handle: str) -> str:
        """Answer somebody's id."""
        with self.site.database.reading() as connection:
            found: str = connection.scalars(
                select(persons.c.id).where(persons.c.handle == handle)
            ).one()
            return found


def erasable(database: Database) -> Erasable:
    """Write the child, whose contact is due on 1 June, on 1 March."""
    rules = {"contacts": {**CONTACT, "roll": "none", "for": _UNDER_18}}
    site = Watched(database, written(rules=rules))
    site.today = SPRING
    keys = {
        f"{name}_key": VAULT.lookup(f"entry.{name}", _SEALED[f"sealed_{name}"])
        for name in ("name", "id_no", "phone")
    }
    plain = {"born_on": BORN, "sex": "female", "category": "孤儿", "row_key": "k" * 43}
    entry = site.entry("青山-01", QINGSHAN, **plain, **keys)
    with database.writing() as connection:
        sealed = {
            column: VAULT.seal(text, Spot("entries", column, entry))
            for column, text in _SEALED.items()
        }
        connection.execute(update(entries).where(entries.c.id == entry).values(sealed))
    site.record(entry, SPRING, all_well=False, method="visit")
    _remember(site, entry)
    return Erasable(site, entry)


def _remember(site: Watched, entry: str) -> None:
    """Write what changes, comparisons and imports leave behind of a child."""
    now = at(site.today, 9)
    made = {name: new_id(now) for name in ("change", "import", "row", "difference")}
    old = VAULT.seal("禾苗", Spot("entry_changes", "sealed_old", made["change"]))
    with site.database.writing() as connection:
        connection.execute(
            insert(imports).values(
                id=made["import"], file="台账.xlsx", digest="d", started_at=now, recorded_by="root"
            )
        )
        connection.execute(
            insert(entry_changes).values(
                id=made["change"], entry_id=entry, at=now, field="name", sealed_old=old
            )
        )
        connection.execute(
            insert(differences).values(
                id=made["difference"],
                entry_id=entry,
                field="born_on",
                ours=str(BORN),
                found_on=site.today,
                source="全国系统",
                import_id=made["import"],
                said_key=VAULT.lookup("difference", "born_on"),
            )
        )
        holder = connection.scalars(select(persons.c.id).where(persons.c.handle == "P-01")).one()
        connection.execute(
            insert(assignments).values(
                entry_id=entry, role="director", person_id=holder, held_from=site.today
            )
        )
    set_apart(site, made["import"], {"姓名": NAME, "身份证号": ID_NO})


def set_apart(site: Watched, import_id: str, cells: dict[str, str], kind: str = "children") -> str:
    """Write a row that an import set apart."""
    id_ = new_id(at(site.today, 9))
    row = VAULT.seal(json.dumps(cells, ensure_ascii=False), Spot("quarantine", "sealed_row", id_))
    with site.database.writing() as connection:
        connection.execute(
            insert(quarantine).values(
                id=id_,
                import_id=import_id,
                kind=kind,
                file="台账.xlsx",
                sheet="儿童",
                row=3,
                field="row",
                code="several",
                severity="refused",
                value_class="",
                sealed_row=row,
            )
        )
    return id_
