"""Figures of one daemon: what was sent, failed and suppressed, and how late."""

from datetime import datetime
from typing import Protocol


class Figures(Protocol):
    """What is counted. Labels are kinds and reasons only, never anybody's."""

    def answered(self, channel: str, result: str, reason: str, late_seconds: float) -> None:
        """Count one attempt (`alerts.deliver.Metrics`)."""

    def passed(self, *, opened: int, closed: int, seconds: float, ended_at: datetime) -> None:
        """Count one pass."""

    def looked(self, *, dead_letters: int, oldest_unsent: float) -> None:
        """Note what is unsent now; `oldest_unsent` in seconds since it was due, 0 if nothing is."""

    def text(self) -> bytes:
        """Answer all figures in Prometheus' text format."""


class NoFigures:
    """Where nobody can ask for them, nothing is counted."""

    def answered(self, channel: str, result: str, reason: str, late_seconds: float) -> None: ...

    def passed(self, *, opened: int, closed: int, seconds: float, ended_at: datetime) -> None: ...

    def looked(self, *, dead_letters: int, oldest_unsent: float) -> None: ...

    def text(self) -> bytes:
        return b""


def figures_for(port: int | None) -> Figures:
    """Answer what counts for a daemon with that port for liveness and metrics, or without one."""
    if port is None:
        return NoFigures()
    # Only now: it brings an HTTP server of its own, a fiftieth of an idle daemon's memory.
    from service.prometheus import PrometheusFigures

    return PrometheusFigures()
