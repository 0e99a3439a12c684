"""The one door for what people did, for command line, import and web (DESIGN.md 3a)."""

from alerts.deferring import Ack, Scope, Silence, ack, end_silence, silence
from alerts.recording import Recorded, door, record
from alerts.voiding import Voiding, void
from ledgers.acts import DONE, RecordRequest, RecordSource

__all__ = [
    "DONE",
    "Ack",
    "RecordRequest",
    "RecordSource",
    "Recorded",
    "Scope",
    "Silence",
    "Voiding",
    "ack",
    "door",
    "end_silence",
    "record",
    "silence",
    "void",
]
