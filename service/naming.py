"""What people call things on the command line, found: entries by number, people, rules, regions."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, select, true

from config.model import Configuration
from config.suggest import hint
from ledgers.access.people import People
from ledgers.access.scopes import Scope
from ledgers.codes import normal_code
from ledgers.divisions import division_of
from ledgers.entries import ids_by_number
from ledgers.names import town_name, village_name
from ledgers.persons import find_person, load_persons
from ledgers.reading.counties import counties_called, national_names
from ledgers.regions import load_regions
from ledgers.sealing import Vault
from ledgers.tables import entries, persons
from service.errors import SeveralMeant, UnknownName

_MOST_LOOKED_AT = 1000


def entries_called(
    connection: Connection, numbers: Sequence[str], *, within: Scope | None = None
) -> dict[str, str]:
    """Answer the ids of village numbers, in the order they were given; `within` some divisions.

    Raises:
        UnknownName: there is no such number, or none within; nothing is answered for the others.
    """
    wanted = list(dict.fromkeys(_plain(number) for number in numbers))
    known = ids_by_number(connection, wanted)
    seen = _seen(connection, known.values(), within)
    for number in wanted:
        if known.get(number) not in seen:
            raise UnknownName(number, hint(number, _numbers_like(connection, number, within)))
    return {number: known[number] for number in wanted}


def _seen(connection: Connection, ids: Collection[str], within: Scope | None) -> Collection[str]:
    if within is None:
        return ids
    query = select(entries.c.id).where(entries.c.id.in_(ids), within.where(entries.c.lives_in))
    return set(connection.scalars(query))


def entry_called(connection: Connection, number: str, *, within: Scope | None = None) -> str:
    """Answer the id of one village number; raises as `entries_called` does."""
    return next(iter(entries_called(connection, [number], within=within).values()))


def person_called(
    connection: Connection, vault: Vault, reference: str, *, within: People | None = None
) -> str:
    """Answer the id of the one person that a handle, phone, mail address or name means.

    Raises:
        UnknownName: nobody is called so, or nobody `within`.
        SeveralMeant: several are; the handles tell them apart.
    """
    found = find_person(connection, vault, reference)
    if within is not None:
        query = select(persons.c.id).where(persons.c.id.in_(found), within.where(persons.c.id))
        found = list(connection.scalars(query))
    if not found:
        raise UnknownName(reference)
    if len(found) > 1:
        people = load_persons(connection, vault, found)
        raise SeveralMeant(reference, sorted(person.handle for person in people.values()))
    return found[0]


def doer_called(
    connection: Connection, vault: Vault, reference: str | None, *, within: People | None = None
) -> str | None:
    """Answer who did something (`--by`), None where nobody is named; raises as `person_called`."""
    if not reference:
        return None
    return person_called(connection, vault, reference, within=within)


def kind_called(configuration: Configuration, word: str) -> str:
    """Answer the kind of record that a name or a title means, or what a rule says for it.

    Raises:
        UnknownName: it is none of them.
        SeveralMeant: rules that say so are closed by different kinds.
    """
    for kind, about in configuration.records.items():
        if word == about.says:
            return kind
    titles = {kind: one.title for kind, one in configuration.records.items()}
    rules = configuration.rules.values()
    said = {kind for rule in rules if rule.say == word for kind in rule.done_by}
    if not said or any(word in named for named in titles.items()):
        return _called(word, titles)
    if len(said) > 1:
        raise SeveralMeant(word, [f"{kind} {titles[kind]}" for kind in sorted(said)])
    return said.pop()


def rule_called(configuration: Configuration, word: str) -> str:
    """Answer the rule that a name or a title means; raises as `kind_called` does."""
    return _called(word, {name: one.title for name, one in configuration.rules.items()})


def channel_called(configuration: Configuration, word: str) -> str:
    """Answer the channel of a name; raises as `kind_called` does."""
    return _called(word, dict.fromkeys(configuration.channels, ""))


def _called(word: str, titles: Mapping[str, str]) -> str:
    for name, title in titles.items():
        if word in (name, title):
            return name
    raise UnknownName(word, hint(word, [*titles, *filter(None, titles.values())]))


def _numbers_like(connection: Connection, number: str, within: Scope | None) -> list[str]:
    """Answer numbers that may have been meant: of the same village, else any."""
    village = number.partition("-")[0]
    near = list(_numbers(connection, village, within))
    return near or list(_numbers(connection, village[:1], within))


def _numbers(connection: Connection, start: str, within: Scope | None) -> Iterable[str]:
    inside = true() if within is None else within.where(entries.c.lives_in)
    query = (
        select(entries.c.number)
        .where(entries.c.number.startswith(start, autoescape=True), inside)
        .order_by(entries.c.number)
        .limit(_MOST_LOOKED_AT)
    )
    return connection.scalars(query)


def _plain(number: str) -> str:
    """Answer a number as it is kept: 青山－３ was typed in full width."""
    village, dash, count = unicodedata.normalize("NFKC", number).strip().rpartition("-")
    return f"{village}-{int(count):02d}" if dash and count.isdecimal() else number.strip()


def region_called(
    connection: Connection,
    configuration: Configuration,
    text: str,
    *,
    within: Scope | None = None,
) -> str:
    """Answer the division that a code or a name means.

    Raises:
        UnknownName: there is none, or none `within`.
        SeveralMeant: several are called so; their codes tell them apart.
    """
    here = configuration.site.region
    known = load_regions(connection, within=here)
    regions = [region for region in known if within is None or within.covers(region.code)]
    codes = {region.code for region in regions} | ({here} if within is None else set())
    code = normal_code(text)
    if code is not None and code in codes:
        return code
    found = [region for region in regions if text in _names_of(region.name)]
    if len(found) > 1:
        raise SeveralMeant(text, [f"{region.code} {region.name}" for region in found])
    if not found:
        raise UnknownName(text, hint(text, [region.name for region in regions]))
    return found[0].code


def _names_of(name: str) -> tuple[str, ...]:
    return name, village_name(name).base, town_name(name).base


def other_region_called(text: str) -> str:
    """Answer the code of a division elsewhere: a code as it is, or a county by its name.

    Raises:
        UnknownName: there is no such county, or no such code.
        SeveralMeant: several counties are called so; their codes tell them apart.
    """
    code = division_of(text)
    if code is not None:
        return code
    found = counties_called("".join(text.split()))
    if not found:
        raise UnknownName(text)
    names = national_names()
    raise SeveralMeant(text, [f"{one} {names.get(one[:4], '')}{names[one]}" for one in found])
