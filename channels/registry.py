"""The only door to the channels: type → traits → channel. A new type is one entry here.

Beside the entry it needs its settings in `config/channels/`, a row in `docs/channels.md` and a case
in `tests/channels/grounds.py`; tests fail without them. A channel's module is imported when a site
uses it: nobody pays for libraries of channels that they do not have.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from channels.errors import BadSettings, MissingExtra, UnknownKind, UnsafeHeader
from channels.protocol import (
    AddressKind,
    Channel,
    Form,
    ReaderClass,
    Repeats,
    Tools,
    Traits,
)
from config.channels.base import COMMON_KEYS
from config.lean import dataclass

_PYTHON_NAMES = {"from": "from_"}  # a field whose name Python keeps for itself
_ADMINS_NAMES = {python: written for written, python in _PYTHON_NAMES.items()}


@dataclass(frozen=True)
class _Kind:
    """Where a type's settings and channel are: `module`, and the names of both classes in it.

    Settings are the model under `config/channels/` itself, or a dataclass with the same fields.
    `needs_tools`: it shares state or reads the clock. `extra`: the optional dependencies it needs.
    """

    module: str
    settings: str
    channel: str
    traits: Traits
    needs_tools: bool = False
    extra: str | None = None

    def load(self, kind: str) -> tuple[type[Any], Callable[..., Channel]]:
        try:
            module = import_module(self.module)
        except ModuleNotFoundError as error:
            if self.extra is None or (error.name or "").startswith(self.module):
                raise
            raise MissingExtra(kind, self.extra) from None
        return getattr(module, self.settings), getattr(module, self.channel)


_MAIL = Traits(Form.MAIL, AddressKind.EMAIL, ReaderClass.PERSON, Repeats.SAME_ID)

_GROUP = Traits(Form.CHAT, None, ReaderClass.GROUP, Repeats.MAY_DOUBLE)
_ASKED_SMS = Traits(Form.SMS, AddressKind.PHONE, ReaderClass.PERSON, Repeats.ASKED)

_KINDS: Mapping[str, _Kind] = {
    "aliyun-sms": _Kind(
        "channels.aliyun_sms", "AliyunSmsSettings", "AliyunSmsChannel", _ASKED_SMS, needs_tools=True
    ),
    "apprise": _Kind(
        "channels.apprise", "AppriseSettings", "AppriseChannel", _GROUP, extra="apprise"
    ),
    "dingtalk-robot": _Kind(
        "channels.dingtalk_robot",
        "DingtalkRobotSettings",
        "DingtalkRobotChannel",
        _GROUP,
        needs_tools=True,
    ),
    "feishu-robot": _Kind(
        "channels.feishu_robot",
        "FeishuRobotSettings",
        "FeishuRobotChannel",
        _GROUP,
        needs_tools=True,
    ),
    "file": _Kind("channels.file", "FileSettings", "FileChannel", _MAIL),
    "http-sms": _Kind(
        "channels.http_sms",
        "HttpSmsSettings",
        "HttpSmsChannel",
        Traits(Form.SMS, AddressKind.PHONE, ReaderClass.PERSON, Repeats.MAY_DOUBLE),
        needs_tools=True,
    ),
    "memory": _Kind("channels.memory", "MemorySettings", "MemoryChannel", _MAIL),
    "smtp": _Kind("channels.smtp", "SmtpSettings", "SmtpChannel", _MAIL),
    "tencent-sms": _Kind(
        "channels.tencent_sms",
        "TencentSmsSettings",
        "TencentSmsChannel",
        _ASKED_SMS,
        needs_tools=True,
    ),
    "webhook": _Kind(
        "channels.webhook",
        "WebhookSettings",
        "WebhookChannel",
        Traits(Form.CHAT, None, ReaderClass.GROUP, Repeats.SAME_ID),
        needs_tools=True,
    ),
    "wecom-app": _Kind(
        "channels.wecom_app",
        "WecomAppSettings",
        "WecomAppChannel",
        Traits(Form.CHAT, AddressKind.WECOM, ReaderClass.PERSON, Repeats.DEDUPLICATED),
        needs_tools=True,
    ),
    "wecom-robot": _Kind(
        "channels.wecom_robot", "WecomRobotSettings", "WecomRobotChannel", _GROUP, needs_tools=True
    ),
}


def kinds() -> tuple[str, ...]:
    """Answer the registered kinds in alphabetical order."""
    return tuple(sorted(_KINDS))


def traits_of(kind: str, given: Mapping[str, object] | None = None) -> Traits:
    """Answer what delivery must know of a channel; `given` are its settings, where they matter.

    `address` (`none`, `email`, `phone`, `wecom`) and `reader_class` may be settings of a type.
    """
    traits = _KINDS[kind].traits
    settings = given or {}
    if address := settings.get("address"):
        wanted = None if address == "none" else AddressKind(str(address))
        traits = replace(traits, address=wanted)
    if reader := settings.get("reader_class"):
        traits = replace(traits, reader_class=ReaderClass(str(reader)))
    return traits


def settings_of(kind: str) -> frozenset[str]:
    """Answer the keys of a registered kind that are its own, as an admin writes them."""
    settings, _ = _KINDS[kind].load(kind)
    return frozenset(_ADMINS_NAMES.get(name, name) for name in _names(settings)) - COMMON_KEYS


def make(written: BaseModel, tools: Tools, given: Mapping[str, object]) -> Channel:
    """Make a channel from what an admin wrote; `given` are its fields with paths made whole.

    Raises:
        MissingExtra: its optional dependencies are not installed.
        BadSettings: fields that do not fit; names them, never their values.
    """
    kind: str = written.type  # type: ignore[attr-defined]  # each model of a channel has it
    entry = _KINDS[kind]
    settings, channel = entry.load(kind)
    if not issubclass(settings, BaseModel):
        own = {name: value for name, value in given.items() if name not in COMMON_KEYS}
        return build(kind, own, tools)
    paths = {"ca_file": str(given["ca_file"])} if given.get("ca_file") else {}
    whole = written.model_copy(update=paths)
    try:
        return channel(whole, tools) if entry.needs_tools else channel(whole)
    except OSError:
        pass
    raise BadSettings(kind, ["ca_file"])


def build(kind: str, given: Mapping[str, object], tools: Tools | None = None) -> Channel:
    """Make a channel from the fields of its settings, as an admin's file gives them without `type`.

    `from` may be written so; a field that is missing or None takes its default.

    Raises:
        UnknownKind: not registered.
        MissingExtra: its optional dependencies are not installed.
        BadSettings: fields that do not fit; names them, never their values.
    """
    if kind not in _KINDS:
        raise UnknownKind(kind, _KINDS)
    entry = _KINDS[kind]
    settings, make = entry.load(kind)
    known = {_PYTHON_NAMES.get(name, name): it for name, it in given.items() if it is not None}
    wrong = set(known) - _names(settings)
    if wrong:
        raise BadSettings(kind, sorted(wrong))
    try:
        ready = TypeAdapter(settings).validate_python(known)
        return make(ready, tools) if entry.needs_tools else make(ready)
    except ValidationError as error:
        wrong = {str(problem["loc"][0]) for problem in error.errors(include_input=False)}
    except UnsafeHeader:
        wrong = {"from"}
    except OSError:
        wrong = {"ca_file"}
    # Raised outside, without the cause: that one repeats values, and one of them is a password.
    raise BadSettings(kind, sorted(_ADMINS_NAMES.get(name, name) for name in wrong))


def _names(settings: type[Any]) -> frozenset[str]:
    if issubclass(settings, BaseModel):
        return frozenset(settings.model_fields) - {"type"}
    return frozenset(inspect.signature(settings).parameters)
