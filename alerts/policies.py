"""How delivery treats each channel, from what an admin wrote beside it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from alerts.budgets import DailyParts
from alerts.rates import Limits
from config.channels.base import ChannelModel, SmsModel
from config.channels.types import ChannelSettings
from config.durations import Duration, Unit
from config.lean import dataclass
from config.model import Configuration

_SECONDS = {Unit.MINUTES: 60, Unit.HOURS: 3600, Unit.DAYS: 86400, Unit.WEEKS: 604800}


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits None: it may be handed any amount. `confirm_within` None: no receipt is missed."""

    limits: Limits | None = None
    confirm_within: timedelta | None = None

    @property
    def window(self) -> timedelta | None:
        """The shortest window of its rates: after it a far side that was pressed may take more."""
        rates = () if self.limits is None else (*self.limits.rates, *self.limits.per_person)
        return min((rate.window for rate in rates), default=None)


FREE = Policy()
"""A channel without limits or receipts."""


def policies_of(configuration: Configuration, zone: ZoneInfo) -> dict[str, Policy]:
    """Answer how each configured channel is treated."""
    return {
        name: _policy(name, settings, zone) for name, settings in configuration.channels.items()
    }


def _policy(name: str, settings: ChannelSettings, zone: ZoneInfo) -> Policy:
    written: ChannelModel = settings
    budget = written.budget if isinstance(written, SmsModel) else None
    counter = f"channel:{name}" if settings.account is None else f"account:{settings.account}"
    daily = None if budget is None else DailyParts(budget.parts.count, budget.warn_at, zone)
    limits = Limits(counter[:80], settings.limits(), settings.limits_per_person(), daily)
    within = settings.confirm_within
    return Policy(
        limits if limits.rates or limits.per_person or daily else None,
        None if within is None else as_timedelta(within),
    )


def as_timedelta(span: Duration) -> timedelta:
    """Answer a wait as time that passes; months and years have no length of their own."""
    return timedelta(seconds=span.amount * _SECONDS[span.unit])
