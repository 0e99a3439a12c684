"""Which channel somebody prefers, among those the site offers to them, and the word for it in a list."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, bindparam, update

from config.lean import dataclass
from ledgers.reading.text import word_key
from ledgers.tables import persons

NO_MATTER = ("不限", "默认", "均可", "都可以", "any")
"""Words of a list for: in the order of the routes."""


@dataclass(frozen=True, slots=True)
class Way:
    """A channel that a role's routes offer: what a county calls it, and the address it takes.

    `address` is a field of a person: `phone`, `email` or `wecom`.
    """

    channel: str
    words: tuple[str, ...]
    address: str

    @property
    def word(self) -> str:
        """What stands in a list for it."""
        return self.words[0] if self.words else self.channel


Ways = Mapping[str, Sequence[Way]]
"""By role, in the order of its routes."""


def set_preference(connection: Connection, person_id: str, channel: str | None) -> None:
    """Note what somebody prefers; None: nothing."""
    set_preferences(connection, {person_id: channel})


def set_preferences(connection: Connection, wishes: Mapping[str, str | None]) -> None:
    """Note what persons prefer, by id."""
    if not wishes:
        return
    statement = (
        update(persons).where(persons.c.id == bindparam("key")).values(prefers=bindparam("wish"))
    )
    connection.execute(statement, [{"key": id_, "wish": wish} for id_, wish in wishes.items()])


def way_called(ways: Sequence[Way], text: str) -> Way | None:
    """Answer the way a word means: a channel's own name, else the first of its medium."""
    wanted = word_key(text)
    own = (way for way in ways if word_key(way.channel) == wanted)
    of_medium = (way for way in ways if wanted in {word_key(word) for word in way.words})
    return next(own, None) or next(of_medium, None)


def is_no_matter(text: str) -> bool:
    """Say whether a word leaves it to the routes."""
    return word_key(text) in {word_key(word) for word in NO_MATTER}


def written_preference(ways: Sequence[Way], channel: str | None) -> str:
    """Answer what stands in a list for a preference, such that it is read as the same again."""
    if channel is None:
        return ""
    way = next((way for way in ways if way.channel == channel), None)
    if way is None:
        return channel
    return way.word if way_called(ways, way.word) == way else channel


def words_of(ways: Collection[Way]) -> tuple[str, ...]:
    """Answer the words that may be written."""
    return tuple(dict.fromkeys([*(way.word for way in ways), NO_MATTER[0]]))
