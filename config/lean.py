"""Dataclasses of which a process may hold many hundreds: the frozen ones share their methods.

`dataclasses.dataclass(frozen=True, slots=True)` compiles methods of its own for every class, and
two of them keep the class as it was before it had slots (CPython's gh-105936, mended in 2026):
13.8 kB a class, where 4.5 do. Decision 0034 has the figures.
"""

import dataclasses
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn

_OURS = {"eq": False, "repr": False}

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, **options):
        """Do as `dataclasses.dataclass`, with methods that frozen classes share.

        A class that has an order, or says itself what it equals, gets the library's own.

        Raises:
            TypeError: a field is told apart by `hash=`, which the shared methods do not know.
        """

        def made(one: type) -> type:
            if not options.get("frozen") or options.get("order") or _says_what_it_equals(one):
                return dataclasses.dataclass(**options)(one)
            return _sharing(one, options)

        return made if cls is None else made(cls)


def _says_what_it_equals(one: type) -> bool:
    return bool({"__eq__", "__hash__"} & vars(one).keys())


def _sharing(one: type, options: dict[str, Any]) -> type:
    shown = options.get("repr", True) and "__repr__" not in vars(one)
    library: Any = dataclasses.dataclass(**options | _OURS)
    lean: type = library(one)
    shared: dict[str, Any] = {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    if shown:
        shared["__repr__"] = _repr
    if options.get("eq", True):
        shared |= {"__eq__": _eq, "__hash__": _hash, "_compared": _comparing(lean)}
    for name, what in shared.items():
        setattr(lean, name, what)
    return lean


def _comparing(lean: type) -> "attrgetter[Any]":
    fields = dataclasses.fields(lean)
    apart = [one.name for one in fields if one.hash is not None]
    if apart:
        raise TypeError(f"field(hash=…) of {lean.__qualname__} is not known here: {apart}")
    return attrgetter("__class__", *(one.name for one in fields if one.compare))


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    compared = self._compared
    return compared(self) == compared(other)


def _hash(self: Any) -> int:
    return hash(self._compared(self))


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (one.name for one in dataclasses.fields(self) if one.repr)
    values = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
    return f"{self.__class__.__qualname__}({values})"


def _refuse_to_set(_self: object, name: str, _value: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
