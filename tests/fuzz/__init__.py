"""Doors that foreign bytes come in by, each with a target that any bytes may be thrown at."""
