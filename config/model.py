"""The whole configuration as loaded: frozen, checked, with every name resolved."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from config.delivery import ChannelSettings, Delivery
from config.groups import Group
from config.rules import Rule
from config.values import Model, Span, Words


class Operator(Model):
    """Whom the engine itself tells: the last rung of every ladder. At least one address."""

    name: str | None = None
    email: str | None = None


class Site(Model):
    """Who runs this and for which division (2, 4, 6, 9 or 12 digits)."""

    name: str
    region: Annotated[str, Field(pattern=r"^\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?$")]
    operator: Operator


class Launch(Model):
    """How a site starts: first duties spread over a term, no escalation before a date."""

    on: date
    first_due_within: Span
    escalate_from: date


class Role(Model):
    """A rung. `up` is the next one; None is the last before the operator."""

    title: str
    level: Literal["village", "township", "county", "city", "province"]
    up: str | None = None
    aliases: tuple[str, ...] = ()


class RecordKind(Model):
    """Something that can happen to an entry; it also counts as the kinds of `counts_as`."""

    title: str
    counts_as: Words = ()


class Level(Model):
    """A risk level. The list's order is from low to high, never inferred from a colour."""

    id: str
    title: str
    aliases: tuple[str, ...] = ()


class Configuration(Model):
    """Everything the YAML says. Times of day are in `timezone`."""

    version: Literal[1]
    timezone: str = "Asia/Shanghai"
    language: Literal["zh_CN", "en"] = "zh_CN"
    site: Site
    launch: Launch
    roles: dict[str, Role]
    records: dict[str, RecordKind]
    levels: tuple[Level, ...] = ()
    groups: dict[str, Group] = Field(default_factory=dict)
    rules: dict[str, Rule]
    delivery: Delivery
    channels: dict[str, ChannelSettings]
    columns: dict[str, Words] = Field(default_factory=dict)  # field: further header words
    labelling_words: Words = ()  # added to the shipped list
    templates: str | None = None  # folder of a site's own templates, beside this file
    age_reached: Literal["birthday", "day-after"] = "birthday"

    def group_of(self, rule: Rule) -> Group:
        """Answer the group a rule is for, whether named or written in place."""
        return self.groups[rule.for_] if isinstance(rule.for_, str) else rule.for_

    def counting_kinds(self, rule: Rule) -> frozenset[str]:
        """Answer the record kinds that close a rule: `done_by` and what counts as one of them."""
        wanted = set(rule.done_by)
        also = {kind for kind, about in self.records.items() if wanted & set(about.counts_as)}
        return frozenset(wanted | also)
