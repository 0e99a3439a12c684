"""The only door to the channels: kind → settings → channel. A new kind is one entry here.

Beside the entry it needs a row in `docs/channels.md` and a case in
`tests/channels/test_conformance.py`; tests fail without them.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from channels.errors import BadSettings, UnknownKind, UnsafeHeader
from channels.file import FileChannel, FileSettings
from channels.memory import MemoryChannel, MemorySettings
from channels.protocol import Channel
from channels.smtp import SmtpChannel
from channels.smtp_session import SmtpSettings

S = TypeVar("S")
_PYTHON_NAMES = {"from": "from_"}  # a field whose name Python keeps for itself
_ADMINS_NAMES = {python: written for written, python in _PYTHON_NAMES.items()}


@dataclass(frozen=True)
class _Kind(Generic[S]):
    settings: type[S]
    make: Callable[[S], Channel]

    def names(self) -> frozenset[str]:
        return frozenset(inspect.signature(self.settings).parameters)

    def build(self, fields: Mapping[str, object]) -> Channel:
        return self.make(TypeAdapter(self.settings).validate_python(dict(fields)))


_KINDS: Mapping[str, _Kind[SmtpSettings] | _Kind[FileSettings] | _Kind[MemorySettings]] = {
    "file": _Kind(FileSettings, FileChannel),
    "memory": _Kind(MemorySettings, MemoryChannel),
    "smtp": _Kind(SmtpSettings, SmtpChannel),
}


def kinds() -> tuple[str, ...]:
    """Answer the registered kinds in alphabetical order."""
    return tuple(sorted(_KINDS))


def settings_of(kind: str) -> frozenset[str]:
    """Answer the keys that an admin may write for a registered kind."""
    return frozenset(_ADMINS_NAMES.get(name, name) for name in _KINDS[kind].names())


def build(kind: str, given: Mapping[str, object]) -> Channel:
    """Make a channel from the fields of its settings, as an admin's file gives them without `type`.

    `from` may be written so; a field that is missing or None takes its default.

    Raises:
        UnknownKind: not registered.
        BadSettings: fields that do not fit; names them, never their values.
    """
    if kind not in _KINDS:
        raise UnknownKind(kind, _KINDS)
    known = {_PYTHON_NAMES.get(name, name): it for name, it in given.items() if it is not None}
    wrong = set(known) - _KINDS[kind].names()
    if wrong:
        raise BadSettings(kind, sorted(wrong))
    try:
        return _KINDS[kind].build(known)
    except ValidationError as error:
        wrong = {str(problem["loc"][0]) for problem in error.errors(include_input=False)}
    except UnsafeHeader:
        wrong = {"from"}
    except OSError:
        wrong = {"ca_file"}
    # Raised outside, without the cause: that one repeats values, and one of them is a password.
    raise BadSettings(kind, sorted(_ADMINS_NAMES.get(name, name) for name in wrong))
