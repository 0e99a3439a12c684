"""People who can be told: written, and found by handle, phone, mail address or name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, bindparam, insert, or_, select, update

from config.lean import dataclass
from ledgers.ids import new_ids
from ledgers.sealing import Spot, Vault
from ledgers.tables import persons

_SEALED = ("name", "phone", "email", "wecom")
_KEYED = ("name", "phone", "email")


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can be told, opened. Secret: for the screen and the channel, never for a log."""

    id: str
    handle: str
    name: str
    phone: str | None = None
    email: str | None = None
    wecom: str | None = None
    language: str | None = None
    left_on: date | None = None
    prefers: str | None = None


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """What is known of a person that is written. None says nothing and clears nothing."""

    name: str
    phone: str | None = None
    email: str | None = None
    wecom: str | None = None

    def filled_from(self, other: "PersonDetails") -> "PersonDetails":
        """Answer these details, with what they do not say taken from `other`."""
        return replace(
            self,
            phone=self.phone or other.phone,
            email=self.email or other.email,
            wecom=self.wecom or other.wecom,
        )


def name_key(vault: Vault, name: str) -> str:
    """Answer the look-up key of a person's name."""
    return vault.lookup("person.name", name)


def phone_key(vault: Vault, phone: str) -> str:
    """Answer the look-up key of a person's phone."""
    return vault.lookup("person.phone", phone)


def email_key(vault: Vault, email: str) -> str:
    """Answer the look-up key of a mail address, whatever its case."""
    return vault.lookup("person.email", email.casefold())


def find_person(connection: Connection, vault: Vault, reference: str) -> list[str]:
    """Answer the ids a reference means: a handle (P-0007), an id, a phone, a mail address or a name."""
    query = select(persons.c.id).where(
        or_(
            persons.c.handle == reference.upper(),
            persons.c.handle == reference,
            persons.c.id == reference,
            persons.c.phone_key == phone_key(vault, reference),
            persons.c.email_key == email_key(vault, reference),
            persons.c.name_key == name_key(vault, reference),
        )
    )
    return list(connection.scalars(query.order_by(persons.c.handle)))


def load_persons(connection: Connection, vault: Vault, ids: Collection[str]) -> dict[str, Person]:
    """Answer persons by id, opened; unknown ids are missing."""
    query = select(persons).where(persons.c.id.in_(ids))
    return {row.id: _opened(vault, row._mapping) for row in connection.execute(query)}


def add_persons(
    connection: Connection,
    vault: Vault,
    new: Sequence[PersonDetails],
    *,
    now: datetime,
    import_id: str | None = None,
) -> list[str]:
    """Write new persons with handles P-0001 and so on; answer their ids in order."""
    ids = new_ids(now, len(new))
    insert_persons(connection, vault, dict(zip(ids, new, strict=True)), import_id=import_id)
    return ids


def insert_persons(
    connection: Connection,
    vault: Vault,
    new: Mapping[str, PersonDetails],
    *,
    import_id: str | None = None,
) -> None:
    """Write new persons whose ids are made already."""
    if not new:
        return
    first = _last_handle(connection) + 1
    rows = [
        {
            "id": id_,
            "handle": f"P-{number:04d}",
            "import_id": import_id,
            **_columns(vault, id_, details),
        }
        for number, (id_, details) in enumerate(new.items(), start=first)
    ]
    connection.execute(insert(persons), rows)


def update_persons(
    connection: Connection,
    vault: Vault,
    changed: Mapping[str, PersonDetails],
    *,
    import_id: str | None = None,
) -> None:
    """Write the details of persons, whole, by id; someone who had left is back."""
    if not changed:
        return
    rows = [
        {"key": id_, "import_id": import_id, "left_on": None, **_columns(vault, id_, details)}
        for id_, details in changed.items()
    ]
    names = [name for name in rows[0] if name != "key"]
    statement = (
        update(persons)
        .where(persons.c.id == bindparam("key"))
        .values({name: bindparam(name) for name in names})
    )
    connection.execute(statement, rows)


def _last_handle(connection: Connection) -> int:
    handles = connection.scalars(select(persons.c.handle).where(persons.c.handle.startswith("P-")))
    return max((int(h[2:]) for h in handles if h[2:].isdigit()), default=0)


def _columns(vault: Vault, id_: str, details: PersonDetails) -> dict[str, str | bytes | None]:
    values = {name: getattr(details, name) for name in _SEALED}
    columns: dict[str, str | bytes | None] = {
        f"sealed_{name}": None if value is None else vault.seal(value, _spot(name, id_))
        for name, value in values.items()
    }
    keys = {"name": name_key, "phone": phone_key, "email": email_key}
    for name in _KEYED:
        value = values[name]
        columns[f"{name}_key"] = None if value is None else keys[name](vault, value)
    return columns


def _opened(vault: Vault, row: RowMapping) -> Person:
    id_: str = row["id"]
    opened = {
        name: None
        if row[f"sealed_{name}"] is None
        else vault.open(row[f"sealed_{name}"], _spot(name, id_))
        for name in _SEALED
    }
    return Person(
        id=id_,
        handle=row["handle"],
        name=opened["name"] or "",
        phone=opened["phone"],
        email=opened["email"],
        wecom=opened["wecom"],
        language=row["language"],
        left_on=row["left_on"],
        prefers=row["prefers"],
    )


def _spot(name: str, id_: str) -> Spot:
    return Spot("persons", f"sealed_{name}", id_)
