"""What Prometheus reads of a daemon."""

from datetime import UTC, datetime

from service.prometheus import PrometheusFigures

NOON = datetime(2026, 12, 7, 4, 0, tzinfo=UTC)


def lines(figures: PrometheusFigures) -> list[str]:
    """Answer the figures, without what is said about them."""
    return [line for line in figures.text().decode().splitlines() if not line.startswith("#")]


def test_attempts_are_counted_by_channel_result_and_reason() -> None:
    """Only what was taken is late by something."""
    figures = PrometheusFigures()
    figures.answered("email", "accepted", "", 7.0)
    figures.answered("email", "permanent", "no_such_address", 9.0)
    figures.answered("email", "permanent", "no_such_address", 9.0)
    counted = lines(figures)
    refused = 'shouwang_attempts_total{channel="email",reason="no_such_address",result="permanent"}'
    assert f"{refused} 2.0" in counted
    assert 'shouwang_late_seconds_sum{channel="email"} 7.0' in counted


def test_a_pass_adds_what_it_opened_and_closed() -> None:
    """Passes add up; the instant is that of the last."""
    figures = PrometheusFigures()
    figures.passed(opened=3, closed=1, seconds=0.5, ended_at=NOON)
    figures.passed(opened=2, closed=0, seconds=0.25, ended_at=NOON)
    counted = lines(figures)
    assert {"shouwang_alerts_opened_total 5.0", "shouwang_alerts_closed_total 1.0"} <= set(counted)
    assert "shouwang_pass_seconds_sum 0.75" in counted
    last = next(line for line in counted if line.startswith("shouwang_last_pass_timestamp"))
    assert float(last.split()[1]) == NOON.timestamp()


def test_what_is_unsent_is_as_it_was_last_seen() -> None:
    """Gauges go down again."""
    figures = PrometheusFigures()
    figures.looked(dead_letters=4, oldest_unsent=90.0)
    figures.looked(dead_letters=0, oldest_unsent=0.0)
    counted = set(lines(figures))
    assert {"shouwang_dead_letters 0.0", "shouwang_oldest_unsent_seconds 0.0"} <= counted
