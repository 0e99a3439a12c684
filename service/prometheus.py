"""The figures of one daemon as Prometheus reads them, on the liveness port."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_LATE_BUCKETS = (1, 10, 60, 600, 3600, 6 * 3600, 24 * 3600, 48 * 3600)
_ATTEMPT_LABELS = ("channel", "result", "reason")


class PrometheusFigures:
    """All figures of one daemon, in a registry of their own. Labels are kinds and reasons only."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self.registry = registry
        self.attempts = Counter("shouwang_attempts", "Attempts", _ATTEMPT_LABELS, registry=registry)
        self.late = Histogram(
            "shouwang_late_seconds",
            "From a notice's due instant to its acceptance",
            ("channel",),
            buckets=_LATE_BUCKETS,
            registry=registry,
        )
        self.opened = Counter("shouwang_alerts_opened", "Alerts opened", registry=registry)
        self.closed = Counter("shouwang_alerts_closed", "Alerts closed", registry=registry)
        self.pass_seconds = Histogram("shouwang_pass_seconds", "Passes", registry=registry)
        self.oldest_unsent = Gauge(
            "shouwang_oldest_unsent_seconds", "Age of the oldest due notice", registry=registry
        )
        self.dead_letters = Gauge("shouwang_dead_letters", "Failed notices", registry=registry)
        self.last_pass = Gauge(
            "shouwang_last_pass_timestamp", "End of the last pass, Unix time", registry=registry
        )

    def answered(self, channel: str, result: str, reason: str, late_seconds: float) -> None:
        """Count one attempt (`alerts.deliver.Metrics`)."""
        self.attempts.labels(channel, result, reason).inc()
        if result == "accepted":
            self.late.labels(channel).observe(late_seconds)

    def passed(self, *, opened: int, closed: int, seconds: float, ended_at: datetime) -> None:
        """Count one pass."""
        self.opened.inc(opened)
        self.closed.inc(closed)
        self.pass_seconds.observe(seconds)
        self.last_pass.set(ended_at.timestamp())

    def looked(self, *, dead_letters: int, oldest_unsent: float) -> None:
        """Note what is unsent now."""
        self.dead_letters.set(dead_letters)
        self.oldest_unsent.set(oldest_unsent)

    def text(self) -> bytes:
        """Answer all figures in Prometheus' text format."""
        return generate_latest(self.registry)
