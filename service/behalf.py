"""On whose behalf a command is run, once they have shown who they are (`service.authority`)."""

from contextvars import ContextVar

on_behalf: ContextVar[str | None] = ContextVar("on_behalf", default=None)
"""The user as an actor of events; None: the account of this computer, or the daemon."""
