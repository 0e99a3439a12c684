"""Messages as bytes: sealed with the attempt before anything is handed to a channel."""

import base64
import hashlib
import json
from dataclasses import fields
from datetime import datetime

from channels.protocol import Attachment, Message
from ledgers.sealing import Spot, Vault

_FIELDS = sorted(field.name for field in fields(Message))


def to_bytes(message: Message) -> bytes:
    """Write a message so that reading it gives an equal one."""
    content = {name: getattr(message, name) for name in _FIELDS}
    content["dated"] = message.dated.isoformat()
    content["attachments"] = [
        [piece.name, piece.media_type, base64.b64encode(piece.content).decode()]
        for piece in message.attachments
    ]
    return json.dumps(content, ensure_ascii=False).encode()


def from_bytes(content: bytes) -> Message:
    """Read what `to_bytes` wrote."""
    fields = json.loads(content)
    fields["dated"] = datetime.fromisoformat(fields["dated"])
    fields["attachments"] = tuple(
        Attachment(name, media_type, base64.b64decode(piece))
        for name, media_type, piece in fields["attachments"]
    )
    fields["variables"] = tuple((name, value) for name, value in fields.get("variables", ()))
    fields["mentions"] = tuple(fields.get("mentions", ()))
    return Message(**fields)


def seal(vault: Vault, attempt_id: str, content: bytes) -> bytes:
    """Encrypt a message's bytes for the attempt that carries them."""
    return vault.seal_bytes(content, _spot(attempt_id))


def unseal(vault: Vault, attempt_id: str, sealed: bytes) -> bytes:
    """Decrypt the bytes of an attempt; raises `ledgers.errors.UnreadableValue`."""
    return vault.open_bytes(sealed, _spot(attempt_id))


def fingerprint(content: bytes) -> str:
    """Answer the hash that stays when the bytes are gone: SHA-256, 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def _spot(attempt_id: str) -> Spot:
    return Spot("attempts", "sealed_body", attempt_id)
