"""Addresses of far sides over HTTP."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config.language import catalogue
from config.reach import allowed_private
from config.values import Number, Words

_ = catalogue("config")

SHORTEST_PROOF = 16
"""Letters: what is drawn at random cannot be tried through in that length."""

_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


def _address(value: Any) -> Any:
    if isinstance(value, str) and _scheme(value) is None:
        raise ValueError(_("write the whole address, beginning with https://"))
    return value


def _secure(value: Any) -> Any:
    """Refuse a vendor's address without TLS; a stand-in on this machine may do without."""
    if isinstance(value, str) and _scheme(value) != "https" and not _is_here(value):
        raise ValueError(_("write the whole address, beginning with https://"))
    return value


def _scheme(value: str) -> str | None:
    """Answer `http` or `https`; None: no address, or one with blanks or letters beyond ASCII."""
    try:
        parts = urlsplit(value)
        _port = parts.port
    except ValueError:
        return None
    is_plain = value.isascii() and value.isprintable() and " " not in value
    is_whole = parts.scheme in {"http", "https"} and parts.hostname
    return parts.scheme if is_plain and is_whole else None


def _is_here(value: str) -> bool:
    return _scheme(value) is not None and urlsplit(value).hostname in _THIS_MACHINE


def _hard_to_guess(value: SecretStr) -> SecretStr:
    """Refuse what proves nothing: whoever guesses it says what arrived, and answers for people."""
    text = value.get_secret_value()
    if len(text.strip()) < SHORTEST_PROOF or not text.isprintable():
        raise ValueError(
            _("%(count)s letters or more, drawn at random: `openssl rand -hex 16` prints some")
            % {"count": SHORTEST_PROOF}
        )
    return value


Proof = Annotated[SecretStr, AfterValidator(_hard_to_guess)]
"""A word or a key by which a far side proves that what it pushes is its own."""

SecretAddress = Annotated[SecretStr, BeforeValidator(_address)]
"""A URL that may itself hold a key; `http://` is for networks one trusts."""

PageAddress = Annotated[str, BeforeValidator(_address)]
"""A page that readers open; inside an office it may be without TLS."""

SecretSecureAddress = Annotated[SecretStr, BeforeValidator(_secure)]
"""A URL of a vendor, which holds a key."""

SecureAddress = Annotated[str, BeforeValidator(_secure)]
"""Where a vendor's interface is."""

Connections = Annotated[
    Number, Field(ge=1, le=64, description="同时保持的连接数 / connections kept open")
]
"""How many requests may be on their way at once."""

CaFile = Annotated[
    str | None,
    Field(
        description="本单位自建证书的 PEM 文件 / PEM of the site's own authority, beside the public ones"
    ),
]
"""Whom to trust beside the public authorities."""

AllowedPrivate = Annotated[
    Words,
    AfterValidator(allowed_private),
    Field(
        max_length=20,
        description="允许连接的内网主机或网段，如 10.1.2.3；不写则只连公网"
        " / hosts or networks inside that may be connected to, such as 10.1.2.3; else public ones only",
    ),
]
"""What of the inner networks a channel may reach; see `config.reach`."""
