"""The one door for what people did, for command line, import and web (DESIGN.md 3a)."""

from alerts.answering import Answer, Answered, answer
from alerts.deferring import Ack, Reason, Scope, Silence, ack, end_silence, silence
from alerts.recording import Recorded, door, record
from alerts.signals import Raised, Signal, raise_signal
from alerts.voiding import Voiding, void
from ledgers.acts import DONE, RecordRequest, RecordSource

__all__ = [
    "DONE",
    "Ack",
    "Answer",
    "Answered",
    "Raised",
    "Reason",
    "RecordRequest",
    "RecordSource",
    "Recorded",
    "Scope",
    "Signal",
    "Silence",
    "Voiding",
    "ack",
    "answer",
    "door",
    "end_silence",
    "raise_signal",
    "record",
    "silence",
    "void",
]
