"""What an admin may write of any channel: rates, who shares them, and when a receipt is missed."""

from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from config.rates import Rate, WrittenRate, WrittenRates
from config.values import Model, Number, Span

MAIL_WORDS = ("邮件", "电子邮件", "电邮", "邮箱", "email", "e-mail")


class ChannelModel(Model):
    """The keys that all channels have; a type's own limits stand in its `USUAL_…` constants.

    They are for delivery, not for the channel: `COMMON_KEYS` never reach one that is built from
    plain fields.
    """

    WORDS: ClassVar[tuple[str, ...]] = ()
    """What a county's lists call being told so; several types may share a word."""
    USUAL_RATES: ClassVar[tuple[str, ...]] = ()
    USUAL_RATES_PER_PERSON: ClassVar[tuple[str, ...]] = ()

    rates: WrittenRates | None = Field(
        default=None,
        description="整个渠道最多发多快，如 每分钟20条；[] 为不限"
        " / how much the channel may send, such as 20 per minute; []: no limit",
    )
    rates_per_person: WrittenRates | None = Field(
        default=None,
        description="对同一人最多发多快，如 每天10条；[] 为不限"
        " / how much one person may be sent, such as 10 per day; []: no limit",
    )
    account: str | None = Field(
        default=None,
        max_length=40,
        description="同一账号的渠道写同一个名字，限速合并计算"
        " / channels with the same name here share their limits and counts",
    )
    confirm_within: Span | None = Field(
        default=None,
        description="多久没有回执就改走下一渠道，如 2小时 / no receipt by then: the next route is taken",
    )

    def limits(self) -> tuple[Rate, ...]:
        """Answer what holds for the whole channel: as written, else as usual for its type."""
        return _chosen(self.rates, self.USUAL_RATES)

    def spreads_over(self) -> timedelta | None:
        """Answer over how long routine messages of a full or half hour are spread; None: not at all."""
        return None

    def limits_per_person(self) -> tuple[Rate, ...]:
        """Answer what holds for each single address."""
        return _chosen(self.rates_per_person, self.USUAL_RATES_PER_PERSON)


class Budget(Model):
    """How many parts of SMS a site pays for on one calendar day of its zone."""

    parts: WrittenRate = Field(
        description="每天最多多少条（按计费条数），如 每天2000条 / parts a day, such as 2000 per day"
    )
    warn_at: Annotated[Number, Field(ge=1, le=100)] = Field(
        default=80, description="用到百分之几时提醒管理员 / per cent at which the operator is told"
    )


class SmsModel(ChannelModel):
    """The keys that channels with paid parts have beside the common ones."""

    WORDS: ClassVar[tuple[str, ...]] = ("短信", "手机短信", "短信息", "短信通知", "手机", "sms")

    budget: Budget | None = Field(
        default=None,
        description="每天的短信预算；用完后普通提醒等到第二天，紧急的照发"
        " / a day's budget; once spent, routine notices wait for the next day, urgent ones go",
    )


COMMON_KEYS = frozenset(ChannelModel.model_fields) | frozenset(SmsModel.model_fields)


def _chosen(written: tuple[Rate, ...] | None, usual: tuple[str, ...]) -> tuple[Rate, ...]:
    return tuple(Rate.parse(text) for text in usual) if written is None else written
