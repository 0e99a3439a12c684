"""Lean dataclasses do what the library's do, and leave nothing behind."""

import copy
import dataclasses
import gc
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """What most are like."""

    place: str
    days: int = 0
    near: "Spot | None" = None


@dataclasses.dataclass(frozen=True, slots=True)
class _Library:
    place: str
    days: int = 0
    near: "_Library | None" = None


_SPOTS = st.tuples(st.sampled_from("abc"), st.integers(0, 2))


@given(one=_SPOTS, other=_SPOTS)
def test_equal_and_hashed_as_by_the_library(one: tuple[str, int], other: tuple[str, int]) -> None:
    """Same values, same thing; in sets and as keys too."""
    assert (Spot(*one) == Spot(*other)) is (_Library(*one) == _Library(*other))
    assert len({Spot(*one), Spot(*other)}) == len({_Library(*one), _Library(*other)})


@given(one=_SPOTS, near=st.none() | _SPOTS)
def test_shown_as_by_the_library(one: tuple[str, int], near: tuple[str, int] | None) -> None:
    """Class, and name and value of each field."""
    lean = Spot(*one, near and Spot(*near))
    library = _Library(*one, near and _Library(*near))
    assert repr(lean) == repr(library).replace("_Library", "Spot")


def test_another_class_is_never_equal() -> None:
    """Not even a subclass."""

    @dataclass(frozen=True, slots=True)
    class Closer(Spot):
        pass

    assert Spot("a") != Closer("a")
    assert Closer("a") == Closer("a")


@pytest.mark.parametrize("name", ["place", "unheard_of"])
def test_nothing_can_be_set_or_deleted(name: str) -> None:
    """Not by chance, under whatever name."""
    spot = Spot("a")
    with pytest.raises(FrozenInstanceError, match=name):
        setattr(spot, name, "b")
    with pytest.raises(FrozenInstanceError, match=name):
        delattr(spot, name)
    assert spot == Spot("a")


def test_what_takes_dataclasses_takes_these() -> None:
    """`copy`, `replace`, `fields`, `asdict`."""
    spot = Spot("a", near=Spot("b", 2))
    assert copy.deepcopy(spot) == spot
    assert replace(spot, days=3).days == 3
    assert [one.name for one in dataclasses.fields(Spot)] == ["place", "days", "near"]
    assert dataclasses.asdict(spot)["near"] == {"place": "b", "days": 2, "near": None}


def test_a_field_can_be_left_out() -> None:
    """A secret is not shown, a cache not compared."""

    @dataclass(frozen=True, slots=True)
    class Door:
        number: int
        secret: str = field(repr=False)
        cache: list[int] = field(default_factory=list, compare=False)

    door = Door(1, "open sesame", [5])
    assert "sesame" not in repr(door)
    assert door == Door(1, "open sesame", [6])
    assert hash(door) == hash(Door(1, "open sesame", [6]))
    assert door != Door(1, "open barley")


def test_without_fields_two_are_the_same() -> None:
    """What a command without options asks for."""

    @dataclass(frozen=True, slots=True)
    class Nothing:
        pass

    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1


def test_a_class_keeps_what_it_says_itself() -> None:
    """Its own look, and its own notion of what it equals."""

    @dataclass(frozen=True, slots=True)
    class Loud:
        word: str

        def __repr__(self) -> str:
            return self.word.upper()

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Loud) and other.word.upper() == self.word.upper()

        def __hash__(self) -> int:
            return hash(self.word.upper())

    assert repr(Loud("a")) == "A"
    assert len({Loud("a"), Loud("A")}) == 1


def test_what_is_not_told_apart_by_value() -> None:
    """`eq=False`: each is itself only."""

    @dataclass(frozen=True, slots=True, eq=False)
    class Seat:
        number: int

    assert Seat(1) != Seat(1)
    assert repr(Seat(1)).endswith("Seat(number=1)")


def test_an_order_and_what_may_change_are_the_librarys() -> None:
    """Nothing is shared there."""

    @dataclass(frozen=True, slots=True, order=True)
    class Rank:
        place: int

    @dataclass
    class Count:
        number: int = 0

    assert sorted([Rank(2), Rank(1)]) == [Rank(1), Rank(2)]
    count = Count()
    count.number += 1
    assert count == Count(1)


def test_a_hash_of_its_own_for_a_field_is_refused() -> None:
    """Rather than counted and not said."""
    with pytest.raises(TypeError, match=r"Odd.*\['part'\]"):

        @dataclass(frozen=True, slots=True)
        class Odd:
            part: int = field(hash=False)


def test_the_class_without_slots_is_gone() -> None:
    """What is told its subclasses hears of one, not of the one that stood in for it too."""

    class Base:
        pass

    @dataclass(frozen=True, slots=True)
    class Only(Base):
        number: int

    gc.collect()
    assert Base.__subclasses__() == [Only]


def test_methods_are_shared() -> None:
    """The point of it all: two classes, one function."""

    @dataclass(frozen=True, slots=True)
    class Other:
        word: str

    shared = ("__eq__", "__hash__", "__repr__", "__setattr__", "__delattr__")
    assert all(_function(Spot, name) is _function(Other, name) for name in shared)


def _function(one: type, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(one, name)
    return found
