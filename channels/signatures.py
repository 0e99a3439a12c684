"""Signatures as vendors publish them: pure functions of keys, text and an instant.

Sources: Alibaba Cloud "V3 request body & signature" (ACS3), Tencent Cloud "Signature v3" (TC3),
DingTalk and Feishu on custom robots, and standardwebhooks.com. Vectors: tests/channels/signatures/.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote

ACS3 = "ACS3-HMAC-SHA256"
TC3 = "TC3-HMAC-SHA256"
_STANDARD_SECRET = "whsec_"  # noqa: S105  # the mark before a secret, none itself
_STANDARD_VERSION = "v1"


def query_string(parameters: Mapping[str, str]) -> str:
    """Write parameters sorted and percent-encoded as ACS3 wants them: `~` stays, `*`, `+` and space go."""
    return "&".join([f"{_quoted(key)}={_quoted(parameters[key])}" for key in sorted(parameters)])


def canonical_request(query: str, headers: Mapping[str, str], payload_hash: str) -> str:
    """Write a POST to `/` as ACS3 and TC3 sign it; all of `headers`, named in lower case, are signed."""
    names = sorted(headers)
    lines = "".join([f"{name}:{headers[name].strip()}\n" for name in names])
    return f"POST\n/\n{query}\n{lines}\n{';'.join(names)}\n{payload_hash}"


def signed_headers(headers: Mapping[str, str]) -> str:
    """Name the headers that a signature covers."""
    return ";".join(sorted(headers))


def acs3(secret: str, query: str, headers: Mapping[str, str]) -> str:
    """Sign for Aliyun; `headers` are `host`, `content-type` if sent and every `x-acs-…`."""
    request = canonical_request(query, headers, headers["x-acs-content-sha256"])
    return _hmac(secret.encode(), f"{ACS3}\n{sha256(request.encode())}").hex()


def tc3(secret: str, service: str, headers: Mapping[str, str], body: bytes, at: datetime) -> str:
    """Sign for Tencent Cloud. The date in the credential is the UTC date of `at`, wherever we are."""
    lower = {name: value.lower() for name, value in headers.items()}
    request = canonical_request("", lower, sha256(body))
    scope = tc3_scope(service, at)
    to_sign = f"{TC3}\n{int(at.timestamp())}\n{scope}\n{sha256(request.encode())}"
    return _hmac(_tc3_key(secret, scope), to_sign).hex()


def tc3_scope(service: str, at: datetime) -> str:
    """Name day and service of a TC3 signature: between 00:00 and 08:00 in Beijing it is yesterday."""
    return f"{at.astimezone(UTC).date().isoformat()}/{service}/tc3_request"


def dingtalk(secret: str, milliseconds: int) -> str:
    """Sign for a DingTalk robot; goes into the URL, percent-encoded."""
    return _base64(_hmac(secret.encode(), f"{milliseconds}\n{secret}"))


def feishu(secret: str, seconds: int) -> str:
    """Sign for a Feishu robot, whose key is the text and whose text is empty; goes into the body."""
    return _base64(_hmac(f"{seconds}\n{secret}".encode(), ""))


def standard_webhook(secret: str, message_id: str, seconds: int, body: bytes) -> str:
    """Sign as standardwebhooks.com; `secret` with `whsec_` is base64, any other is taken as it stands."""
    signed = f"{message_id}.{seconds}.".encode(errors="replace") + body
    digest = hmac.digest(_standard_key(secret), signed, "sha256")
    return f"{_STANDARD_VERSION},{_base64(digest)}"


def is_standard_webhook(
    secret: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: datetime,
    tolerance: timedelta = timedelta(minutes=5),
) -> bool:
    """Tell whether one of the signatures in lower-case `headers` is ours, and not old or ahead."""
    stamp = headers.get("webhook-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    if abs(now.timestamp() - int(stamp)) > tolerance.total_seconds():
        return False
    expected = standard_webhook(secret, headers.get("webhook-id", ""), int(stamp), body).encode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected, one.encode(errors="replace")) for one in given)


def sha256(content: bytes) -> str:
    """Answer the hash of a body as vendors write it."""
    return hashlib.sha256(content).hexdigest()


def _standard_key(secret: str) -> bytes:
    if not secret.startswith(_STANDARD_SECRET):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_STANDARD_SECRET), validate=True)
    except binascii.Error:
        return secret.encode()


@lru_cache(maxsize=4)
def _tc3_key(secret: str, scope: str) -> bytes:
    """Derive the key for a day and service, the same for all that is signed with it."""
    key = f"TC3{secret}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    return key


def _quoted(text: str) -> str:
    return text if text.isascii() and text.isalnum() else _percent_encoded(text)


@lru_cache(maxsize=64)  # the names of offices and templates come again with each message
def _percent_encoded(text: str) -> str:
    return quote(text, safe="~")


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
