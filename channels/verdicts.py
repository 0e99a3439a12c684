"""What a far side's own code means, as a table: code → verdict."""

from datetime import timedelta

from channels.protocol import ChannelError, FailureReason, Refused, Unknown
from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a code is judged. `unknown`: the far side itself cannot say whether it acted."""

    reason: FailureReason
    permanent: bool = False
    account_wide: bool = False
    retry_after: timedelta | None = None
    unknown: bool = False

    def error(self, detail: str) -> ChannelError:
        """Make the error; `detail` is the code, never the far side's words."""
        if self.unknown:
            return Unknown(self.reason, detail)
        return Refused(
            self.reason,
            detail,
            permanent=self.permanent,
            account_wide=self.account_wide,
            retry_after=self.retry_after,
        )


WRONG_ADDRESS = Verdict(FailureReason.ADDRESS_REFUSED, permanent=True)
WRONG_CONTENT = Verdict(FailureReason.CONTENT_REFUSED, permanent=True)
WRONG_KEY = Verdict(FailureReason.AUTHENTICATION, account_wide=True)
WRONG_SENDER = Verdict(FailureReason.SENDER_REFUSED, account_wide=True)
WRONG_SETTINGS = Verdict(FailureReason.MISCONFIGURED, account_wide=True)
NOT_NOW = Verdict(FailureReason.TEMPORARY)
UNSETTLED = Verdict(FailureReason.NO_ANSWER, unknown=True)
