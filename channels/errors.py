"""What a channel refuses to be given.

ChannelInputError (ValueError)
├── UnsafeHeader      a header value that could forge or break a header
├── UnknownKind       no channel of this kind is registered
├── MissingExtra      its optional dependencies are not installed
└── BadSettings       the fields of a channel's settings do not fit

How a far side answered is not here: see `Refused` and `Unknown` in `protocol.py`.
No sentence repeats a value: a header holds addresses, a setting may hold a password.
"""

from collections.abc import Iterable

from config.language import catalogue

_ = catalogue("channels")


class ChannelInputError(ValueError):
    """Something handed to a channel cannot be used as it is."""


class UnsafeHeader(ChannelInputError):
    """A header value holds line breaks, control characters, or is not what the header needs."""

    def __init__(self, header: str) -> None:
        self.header = header
        super().__init__(
            _(
                "The mail header %(header)s cannot hold this value: line breaks and control characters are not allowed, "
                "addresses must read name@domain, file names must be short and without slashes. Correct the value and try again."
            )
            % {"header": header}
        )


class UnknownKind(ChannelInputError):
    """A kind of channel that is not registered."""

    def __init__(self, kind: str, known: Iterable[str]) -> None:
        self.kind = kind
        super().__init__(
            _("There is no channel of kind %(kind)s. Choose one of: %(known)s.")
            % {"kind": kind, "known": ", ".join(sorted(known))}
        )


class MissingExtra(ChannelInputError):
    """A kind of channel whose optional dependencies are not installed."""

    def __init__(self, kind: str, extra: str) -> None:
        self.kind = kind
        self.extra = extra
        super().__init__(
            _(
                "Channels of kind %(kind)s need more than a plain installation: "
                "install shouwang[%(extra)s] and start again."
            )
            % {"kind": kind, "extra": extra}
        )


class BadSettings(ChannelInputError):
    """Settings that do not fit their kind; names the fields, never their values."""

    def __init__(self, kind: str, fields: Iterable[str]) -> None:
        self.kind = kind
        self.fields = tuple(fields)
        super().__init__(
            _("The settings of the %(kind)s channel do not fit; correct these fields: %(fields)s.")
            % {"kind": kind, "fields": ", ".join(self.fields)}
        )
