"""Reads ledger files into typed rows; `reader.read` is the door. No database here."""
