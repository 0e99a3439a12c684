"""Starts things: command line, daemon, wiring, logs, metrics, migrations."""
