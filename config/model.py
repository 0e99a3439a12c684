"""The whole configuration as loaded: frozen, checked, with every name resolved."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from config.channels.types import WrittenChannel
from config.delivery import Delivery
from config.durations import Duration, Unit
from config.extra_fields import ExtraField
from config.groups import Group
from config.retention import Consent, Retention
from config.rules import Rule, WrittenRule
from config.values import Day, Flag, Model, Span, Words
from config.windows import Calendar, CalendarWindow, windows_of

REGION_PATTERN = r"^\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?$"
"""A division code of 2, 4, 6, 9 or 12 digits."""


class Operator(Model):
    """Whom the engine itself tells: the last rung of every ladder. At least one address."""

    name: str | None = Field(default=None, description="姓名或称呼 / name")
    email: str | None = Field(default=None, description="电子邮箱 / e-mail address")
    phone: Annotated[str, Field(pattern=r"^\+?\d[\d-]{5,18}$")] | None = Field(
        default=None, description="手机号，短信渠道用 / phone, for channels of SMS"
    )
    wecom: str | None = Field(default=None, description="企业微信账号 / user id in WeCom")


class Site(Model):
    """Who runs this and for which division (2, 4, 6, 9 or 12 digits)."""

    name: str = Field(description="单位名称 / name of the office")
    region: Annotated[
        str,
        Field(pattern=REGION_PATTERN),
        WithJsonSchema({"type": ["string", "integer"], "pattern": REGION_PATTERN}),
    ] = Field(
        description="行政区划代码（2/4/6/9/12 位） / division code of 2, 4, 6, 9 or 12 digits"
    )
    operator: Operator = Field(
        description="系统管理员，无人可告知时找他 / the operator, told when nobody else can be"
    )


class Launch(Model):
    """How a site starts: first duties spread over a term, no escalation before a date."""

    on: Day = Field(description="启用日期 / the day the site starts")
    first_due_within: Span = Field(
        description="从未登记的对象在多久内首次到期 / term over which first duties are spread"
    )
    escalate_from: Day = Field(description="从哪天起才提请上级 / no escalation before this day")


class Role(Model):
    """A rung. `up` is the next one; None is the last before the operator."""

    title: str = Field(description="岗位名称，如 儿童主任 / title people read")
    level: Literal["village", "township", "county", "city", "province"] = Field(
        description="所在层级 / level of the division it serves"
    )
    up: str | None = Field(default=None, description="上一级角色 / the next role above")
    aliases: tuple[str, ...] = Field(
        default=(), description="表格里的其他叫法 / other names found in workbooks"
    )


class RecordKind(Model):
    """Something that can happen to an entry; it also counts as the kinds of `counts_as`."""

    title: str = Field(description="名称，如 入户走访 / title people read")
    counts_as: Words = Field(
        default=(), description="同时算作哪类记录 / record kinds it counts as too"
    )
    counterpart: Flag = Field(
        default=False,
        description="记录里是否有对方地区 / true: such a record names another region",
    )
    stay: Literal["begins", "ends"] | None = Field(
        default=None,
        description="这类记录表示居住开始（begins）或结束（ends） / a stay begins or ends with it",
    )
    says: str | None = Field(
        default=None,
        description="提醒里提到这类记录时用的词 / the word a message may use for such a record",
    )


class Level(Model):
    """A risk level. The list's order is from low to high, never inferred from a colour."""

    id: str = Field(description="等级的标识 / id of the level")
    title: str = Field(description="等级名称 / title people read")
    aliases: tuple[str, ...] = Field(
        default=(), description="表格里的其他叫法 / other names found in workbooks"
    )


class Stay(Model):
    """How long somebody has lived in a place."""

    gap: Span = Field(
        default=Duration(30, Unit.DAYS),
        description="离开多久以内不算中断 / an absence of up to this long does not break a stay",
    )


class Configuration(Model):
    """Everything the YAML says. Times of day are in `timezone`."""

    version: Annotated[Literal[1], BeforeValidator(lambda value: 1 if value == "1" else value)] = (
        Field(description="配置格式版本，现为 1 / version of the format, now 1")
    )
    timezone: str = Field(default="Asia/Shanghai", description="时区 / time zone")
    language: Literal["zh_CN", "en"] = Field(default="zh_CN", description="语言 / language")
    site: Site = Field(description="本单位 / this office")
    launch: Launch = Field(description="启用安排 / how the site starts")
    roles: dict[str, Role] = Field(
        description="角色（各级责任人） / roles, the rungs of the ladder"
    )
    records: dict[str, RecordKind] = Field(description="记录类别 / kinds of records")
    levels: tuple[Level, ...] = Field(
        default=(), description="风险等级，由低到高 / risk levels from low to high"
    )
    levels_in_order: Flag = Field(
        default=True,
        description="levels 是否按由低到高排列；no 表示次序未定"
        " / whether levels stand from low to high; no: their order is not known",
    )
    calendars: dict[str, Calendar] = Field(
        default_factory=dict,
        description="时段：假期、汛期、考试等 / windows of dates, by year and region",
    )
    fields: dict[str, dict[str, ExtraField]] = Field(
        default_factory=dict, description="各台账的自定字段 / declared fields, by ledger"
    )
    region_tags: dict[str, Words] = Field(
        default_factory=dict, description="区划的标签 / tags of divisions, with their codes"
    )
    city_districts: dict[str, Words] = Field(
        default_factory=dict,
        description="各市的中心城区 / districts that count as one city, by city",
    )
    stay: Stay = Field(default=Stay(), description="居住时间怎样算 / how stays are counted")
    groups: dict[str, Group] = Field(
        default_factory=dict, description="对象组 / named selections of entries"
    )
    rules: dict[str, WrittenRule] = Field(description="规则 / rules")
    delivery: Delivery = Field(description="发送时间和渠道 / when and how messages go out")
    channels: dict[str, WrittenChannel] = Field(description="发送渠道 / channels")
    columns: dict[str, Words] = Field(
        default_factory=dict,
        description="表格列名的其他写法（按字段） / further header words, by field",
    )
    labelling_words: Words = Field(
        default=(),
        description="另外不得出现在提醒里的词 / words no message may contain, beside the shipped list",
    )
    institution_names: Literal["sealed", "public"] = Field(
        default="sealed",
        description="机构名称能否出现在提醒里：sealed 不能（只写编号）、public 可以"
        " / whether messages may name an institution: sealed (its number only) or public",
    )
    retention: Retention = Field(
        default=Retention(), description="保存期限和到期处理 / how long what is kept"
    )
    consent: Consent = Field(
        default=Consent(), description="同意记录 / consent to what the ledger holds"
    )
    templates: str | None = Field(
        default=None, description="本地模板文件夹 / folder of own templates, beside this file"
    )
    age_reached: Literal["birthday", "day-after"] = Field(
        default="birthday",
        description="生日当天还是次日算满岁 / an age is reached on the birthday or the day after",
    )

    def group_of(self, rule: Rule) -> Group:
        """Answer the group a rule is for, whether named or written in place."""
        return self.groups[rule.for_] if isinstance(rule.for_, str) else rule.for_

    def level_order(self) -> tuple[str, ...]:
        """Answer the ids of the levels from low to high; none if their order is not known."""
        return tuple(level.id for level in self.levels) if self.levels_in_order else ()

    def window_calendars(self) -> dict[str, tuple[CalendarWindow, ...]]:
        """Answer the windows that the YAML enters, by calendar; imported ones are elsewhere."""
        return {name: windows_of(calendar) for name, calendar in self.calendars.items()}

    def counting_kinds(self, rule: Rule) -> frozenset[str]:
        """Answer the record kinds that close a rule: `done_by` and what counts as one of them."""
        wanted = set(rule.done_by)
        also = {kind for kind, about in self.records.items() if wanted & set(about.counts_as)}
        return frozenset(wanted | also)
