"""Village numbers are short, stable and never given to another."""

from sqlalchemy import insert, select

from ledgers.database import Database
from ledgers.numbers import give_numbers
from ledgers.places import Places
from ledgers.regions import Region
from ledgers.tables import village_numbers
from tests.ledgers.samples import SITE

LIUHE, DONGSHAN = Region("990101100", "柳河镇"), Region("990101200", "东山乡")
QINGSHAN = Region("990101100201", "青山村")
OTHER_QINGSHAN = Region("990101200201", "青山村民委员会")
BAISHI = Region("990101200202", "白石村")


def test_numbers_count_up_in_each_village(database: Database) -> None:
    """Two digits behind the village's short name, over all imports."""
    places = Places(SITE, [LIUHE, DONGSHAN, QINGSHAN, BAISHI])
    q, b = QINGSHAN.code, BAISHI.code
    with database.writing() as connection:
        first = give_numbers(connection, places, "children", [q, b, q])
        second = give_numbers(connection, places, "children", [b, q])
    assert first == ["青山-01", "白石-01", "青山-02"]
    assert second == ["白石-02", "青山-03"]


def test_villages_of_one_name_are_told_apart(database: Database) -> None:
    """The township's short name goes before it."""
    places = Places(SITE, [LIUHE, DONGSHAN, QINGSHAN, OTHER_QINGSHAN])
    with database.writing() as connection:
        numbers = give_numbers(connection, places, "children", [QINGSHAN.code, OTHER_QINGSHAN.code])
    assert numbers == ["柳河青山-01", "东山青山-01"]


def test_a_prefix_once_given_stays(database: Database) -> None:
    """A second village of the name, known later, gets another prefix; the first keeps its own."""
    with database.writing() as connection:
        one = Places(SITE, [LIUHE, QINGSHAN])
        give_numbers(connection, one, "children", [QINGSHAN.code])
        both = Places(SITE, [LIUHE, DONGSHAN, QINGSHAN, OTHER_QINGSHAN])
        numbers = give_numbers(connection, both, "children", [OTHER_QINGSHAN.code, QINGSHAN.code])
    assert numbers == ["东山青山-01", "青山-02"]


def test_each_ledger_counts_for_itself(database: Database) -> None:
    """And no number of an institution could be a child's."""
    places = Places(SITE, [LIUHE, QINGSHAN])
    with database.writing() as connection:
        give_numbers(connection, places, "children", [QINGSHAN.code])
        assert give_numbers(connection, places, "institutions", [QINGSHAN.code]) == ["青山机构-01"]
        assert len(connection.execute(select(village_numbers)).all()) == 2


def test_a_township_can_have_entries_of_its_own(database: Database) -> None:
    """Whoever lives in no village of it is numbered under the township."""
    places = Places(SITE, [LIUHE])
    with database.writing() as connection:
        assert give_numbers(connection, places, "children", [LIUHE.code]) == ["柳河-01"]


def test_where_even_the_likely_prefixes_are_taken_a_count_is_added(database: Database) -> None:
    """Also if a third village of the name comes with another import."""
    third = Region("990101100202", "青山社区")
    with database.writing() as connection:
        give_numbers(connection, Places(SITE, [LIUHE, QINGSHAN]), "children", [QINGSHAN.code])
        taken = {
            "ledger": "children",
            "prefix": "柳河青山",
            "region": "990101100999",
            "last_given": 1,
        }
        connection.execute(insert(village_numbers).values(taken))
        places = Places(SITE, [LIUHE, QINGSHAN, third])
        assert give_numbers(connection, places, "children", [third.code]) == ["柳河青山2-01"]
