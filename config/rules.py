"""Rules: what is owed, by when, and who is told at which point. One model per `kind`."""

from typing import Annotated, Literal

from pydantic import Field

from config.durations import Duration
from config.groups import Group
from config.values import Model, Span, Valid, Words

Roll = Literal["before", "after", "none"]


class Step(Model):
    """A point relative to the due date at which somebody is told."""

    id: str | None = None
    at: Span
    tell: Words
    escalation: bool = False
    repeat: Span | None = None
    shown_as: Annotated[Literal["entries", "summary"], Field(alias="as")] = "entries"

    @property
    def key(self) -> str:
        """The step's id in the database: `id`, else the canonical text of `at`."""
        return self.id or self.at.as_offset()


class Late(Model):
    """What to do with a step that could only be told late because the engine stood still."""

    send_within: Span
    then: Literal["record", "escalate"]


class DutyOverride(Model):
    """What a region changes of a duty, key by key; lists replace."""

    every: Span | None = None
    roll: Roll | None = None
    steps: tuple[Step, ...] | None = None
    late: Late | None = None
    valid: Valid | None = None


class DutyRule(Model):
    """A recurring duty: due `every` after the last counting record (DESIGN.md 3a)."""

    kind: Literal["duty"]
    title: str
    say: str
    for_: Annotated[str | Group, Field(alias="for")]
    every: Span
    done_by: Words
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    source: str | None = None
    valid: Valid | None = None
    roll: Roll = "none"
    late: Late | None = None
    urgent: bool = False
    place: Literal["lives_in", "registered_in"] = "lives_in"
    was: str | None = None
    regions: dict[str, DutyOverride] = Field(default_factory=dict)


Rule = DutyRule
"""The union of rule kinds, discriminated by `kind`."""

DEFAULT_LATE = Late(send_within=Duration.parse("7 days"), then="escalate")
"""What holds where a rule says nothing about lateness."""
