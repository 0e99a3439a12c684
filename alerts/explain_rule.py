"""One entry under one rule: does the rule hold for it, whose changes of it, what raises it."""

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import Connection, RowMapping, select

from alerts.effective import WatchedRule
from alerts.explanation import FailedFilter, RegionFacts
from alerts.filters import Ages, matches
from alerts.in_force import InForce
from config.common_rule import CommonOverride
from config.groups import Group
from config.model import Configuration
from config.signals import OnChange, OnImport, OnRecord, OnSignal, OnWarning, SignalRule
from ledgers.tables import entries, entry_fields, entry_triggers

_COLUMN_OF = {
    "age": "born_on",
    "stay": "stay_since",
    "crosses": "registered_in",
    "not_between_districts_of": "registered_in",
}
_ALWAYS_KNOWN = frozenset({"assignment"})


def failed_filters(
    connection: Connection, in_force: InForce, rule: WatchedRule, entry: RowMapping, on: date
) -> tuple[FailedFilter, ...]:
    """Answer each condition of the rule's group that the entry does not meet on a day."""
    ages = Ages.on(in_force.plan, on)
    group = rule.group
    if group.ledger != entry["ledger"]:
        return (FailedFilter("ledger", None, group.ledger, unknown=False),)
    declared = in_force.configuration.fields.get(group.ledger, {})
    found = []
    for name, wanted in group.where.items():
        alone = Group(ledger=group.ledger, where={name: wanted})
        query = select(entries.c.id).where(entries.c.id == entry["id"], matches(alone, ages))
        if connection.execute(query).first() is None:
            title = declared[name].title if name in declared else None
            unknown = _is_unknown(connection, entry, name)
            found.append(FailedFilter(name, title, wanted, unknown))
    return tuple(found)


def regions_of(
    in_force: InForce, rule: WatchedRule, place: str | None, names: Mapping[str, str]
) -> tuple[RegionFacts, ...]:
    """Answer whose changes of a rule hold in a place, the longest prefix last, which wins."""
    written = in_force.configuration.rules[rule.name]
    current = in_force.plan.lookups.current_code
    inside = [code for code in written.regions if (place or "").startswith(current(code))]
    return tuple(
        RegionFacts(
            prefix=code,
            name=names.get(current(code), ""),
            changes=tuple(_changed(written.regions[code])),
            source=written.regions[code].source,
        )
        for code in sorted(inside, key=len)
    )


def _changed(over: CommonOverride) -> Iterator[str]:
    """Yield the keys that a division writes differently, as the YAML has them."""
    for key in type(over).model_fields:
        if key != "source" and getattr(over, key) is not None:
            yield key


def raised_by(configuration: Configuration, rule: WatchedRule) -> tuple[str, str] | None:
    """Answer what raises a signal rule, and which: a record's title, a field, a signal."""
    written = configuration.rules[rule.name]
    if not isinstance(written, SignalRule):
        return None
    match written.on:
        case OnRecord(record=kind):
            known = configuration.records.get(kind)
            return "record", known.title if known else kind
        case OnChange(changed=field, to=to):
            return "changed", " ".join(word for word in (field, to) if word)
        case OnImport(imported=what):
            return "imported", what
        case OnSignal(signal=name):
            return "signal", name
        case OnWarning(cap=warning):
            return "cap", " ".join((*warning.event, *warning.color))


def _is_unknown(connection: Connection, entry: RowMapping, field: str) -> bool:
    column = _COLUMN_OF.get(field, field)
    if column in entries.c:
        return entry[column] is None
    if column in _ALWAYS_KNOWN:
        return False
    if field == "triggers":
        query = select(entry_triggers.c.trigger).where(entry_triggers.c.entry_id == entry["id"])
    else:  # one that the site declared
        query = select(entry_fields.c.field).where(
            entry_fields.c.entry_id == entry["id"], entry_fields.c.field == field
        )
    return connection.execute(query.limit(1)).first() is None
