"""A stand-in for a site's own system that takes signed webhooks and sends receipts back."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from channels.inbound import Inbound
from channels.signatures import is_standard_webhook, standard_webhook
from tests.emulators.http import Asked, HttpEmulator, Said


class WebhookEmulator(HttpEmulator):
    """Takes documents signed with `secret`, each id once, as a careful receiver does."""

    def __init__(self, secret: str, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.secret = secret
        self.documents: list[dict[str, Any]] = []
        self.repeats = 0
        self._clock = clock
        self._seen: set[str] = set()

    def answer(self, asked: Asked) -> Said:
        """Keep a document; a repeat is taken without another trace."""
        if not is_standard_webhook(self.secret, asked.headers, asked.body, now=self._clock()):
            return Said(b"{}", 401)
        document = json.loads(asked.body)
        if asked.headers["webhook-id"] != document["id"] or asked.method != "POST":
            self.violations.append("id")
        if document["id"] in self._seen:
            self.repeats += 1
        else:
            self.documents.append(document)
        self._seen.add(document["id"])
        return Said(b"{}")

    def says(self, *what: dict[str, Any]) -> Inbound:
        """Make the signed request that hands in statuses and answers."""
        return signed(json.dumps(list(what)).encode(), self.secret, self._clock())


def signed(body: bytes, secret: str, now: datetime) -> Inbound:
    """Sign any body as a far side does."""
    seconds = int(now.timestamp())
    headers = {
        "webhook-id": "receipt-1",
        "webhook-timestamp": str(seconds),
        "webhook-signature": standard_webhook(secret, "receipt-1", seconds, body),
    }
    return Inbound("POST", headers, {}, body)
