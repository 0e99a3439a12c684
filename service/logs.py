"""Logs: one line per event, a dotted name and declared fields; never a person or a child."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, TextIO

from service.log_fields import declared_only


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Let a module be missing for what is imported in the block and can do without it."""
    known = sys.modules.get(module)
    sys.modules[module] = None  # type: ignore[assignment]  # so Python itself spells "not there"
    try:
        yield
    finally:
        del sys.modules[module]
        if known is not None:
            sys.modules[module] = known


# It takes rich for tracebacks, which are never printed here, and would keep 4 MB of a daemon.
with _without("rich"):
    import structlog

Format = Literal["console", "json"]


def configure(
    level: str = "info", *, form: Format = "console", stream: TextIO | None = None
) -> None:
    """Send every event of `level` and above to `stream` (standard error by default).

    The standard library's loggers (SQLAlchemy, APScheduler, aiosmtplib) are let through from
    warnings upwards only: their lower levels print bound values.
    """
    out = stream or sys.stderr
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=_short)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _exceptions_by_name,
            declared_only,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_number(level)),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=out, format="%(levelname)s %(name)s", force=True
    )


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]


def _short(stream: TextIO, exc_info: structlog.typing.ExcInfo) -> None:
    stream.write(f" {exc_info[0].__name__}")


def _exceptions_by_name(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Keep an exception's type and where it rose, not its words: those may quote a value."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()[1]
    if isinstance(raised, BaseException):
        event["error"] = type(raised).__name__
        event["at"] = _where(raised)
    return event


def _where(raised: BaseException) -> str:
    trace = raised.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
