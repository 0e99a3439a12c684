"""Figures are counted where somebody can ask for them."""

import subprocess
import sys

from service.metrics import NoFigures, figures_for
from service.prometheus import PrometheusFigures

LOADED = "import sys, service.daemon; print('prometheus_client' in sys.modules)"


def test_a_daemon_with_a_port_counts() -> None:
    """Prometheus may ask at any time."""
    assert isinstance(figures_for(9100), PrometheusFigures)


def test_a_daemon_without_a_port_counts_nothing() -> None:
    """There is nothing to read, whatever happened."""
    figures = figures_for(None)
    figures.answered("email", "accepted", "", 7.0)
    assert isinstance(figures, NoFigures)
    assert figures.text() == b""


def test_a_daemon_without_a_port_does_without_its_server() -> None:
    """What reads the figures out is loaded with the port."""
    asked = [sys.executable, "-c", LOADED]
    loaded = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "False"
