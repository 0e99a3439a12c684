"""When notices go out, on which channels, and how many."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from config.values import Model, Span, Words

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Digest(Model):
    """The slots of one role: weekdays and a time of day in the site's zone."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    at: ClockTime
    looks_ahead: Literal["until-next-slot", "none"] = "until-next-slot"
    between: tuple[Literal["overdue"], ...] = ()


class Delivery(Model):
    """Slots, quiet hours, caps and routes; `relay` as a route means: through the next rung."""

    quiet_hours: tuple[ClockTime, ClockTime] = ("21:00", "08:00")
    digest: dict[str, Digest] = Field(default_factory=dict)
    at_most: dict[str, str] = Field(default_factory=dict)  # role: `2 per week`
    hold_backlog_over: Annotated[int, Field(ge=1)] = 500
    routes: dict[str, Words]
    keep_trying: Span | None = None  # default 48 hours; urgent 2 hours


class SmtpChannel(Model):
    """E-mail through one submission server."""

    type: Literal["smtp"]
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    from_: Annotated[str, Field(alias="from")]
    username: str | None = None
    password: SecretStr | None = None
    ca_file: str | None = None  # PEM of the site's own authority, beside the public ones
    timeout: Span | None = None
    connections: Annotated[int, Field(ge=1, le=64)] = 8


class MemoryChannel(Model):
    """Keeps messages in memory: dry runs and tests."""

    type: Literal["memory"]


class FileChannel(Model):
    """Writes each message as an .eml file into a folder."""

    type: Literal["file"]
    folder: str


ChannelSettings = Annotated[SmtpChannel | MemoryChannel | FileChannel, Field(discriminator="type")]
