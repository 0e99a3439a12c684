"""Ids: unique, in the order they were made, and valid UUIDs of version 7."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from ledgers.ids import drawn_from, new_id, new_ids

NOON = datetime(2027, 6, 7, 4, 0, tzinfo=UTC)


def test_an_id_is_a_uuid_of_version_7() -> None:
    """Version and variant bits stand where RFC 9562 puts them."""
    made = UUID(hex=new_id(NOON))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_ids_of_one_instant_keep_their_order() -> None:
    """Rows written at one instant can be read back in the order they were made."""
    ids = [new_id(NOON) for _ in range(500)] + new_ids(NOON, 5000)
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_ids_of_a_later_millisecond_sort_later() -> None:
    """Time comes first in an id."""
    assert new_id(NOON) < new_id(NOON + timedelta(milliseconds=1))


def test_a_clock_that_goes_back_still_gives_new_ids() -> None:
    """A virtual clock may go back; ids stay unique."""
    ids = {new_id(NOON - timedelta(seconds=back)) for back in (0, 1, 0, 1, 0) for _ in range(100)}
    assert len(ids) == 500


def test_randomness_can_be_given() -> None:
    """A simulation gets the same ids each time, even at the instant of the last one."""
    made = []
    for _ in range(2):
        with drawn_from(bytes):
            made.append([new_id(NOON), *new_ids(NOON, 3)])
    assert made[0] == made[1]
    assert new_id(NOON) not in made[0]
