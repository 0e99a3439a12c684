"""Reasons for putting off, in the reader's words: what commands take, lists and explain show."""

from collections.abc import Mapping

from alerts.deferring import Reason
from config.language import catalogue

_ = catalogue("alerts")


def reason_text(reason: str) -> str:
    """Answer why nothing is told for a while; what was written before the list was closed as it is."""
    return _titles().get(reason, reason)


def reason_words() -> Mapping[str, tuple[str, ...]]:
    """Answer each reason with what people call it."""
    return {why: (title,) for why, title in _titles().items()}


def about_reasons() -> str:
    """Answer what an option that takes a reason is about."""
    words = ", ".join(f"{why} ({title})" for why, title in _titles().items())
    return _("why: %(words)s") % {"words": words}


def _titles() -> dict[str, str]:
    return {
        Reason.IN_HAND: _("being dealt with"),
        Reason.APPOINTED: _("a day is agreed"),
        Reason.AWAY: _("not at home for now"),
        Reason.HANDING_OVER: _("work is being handed over"),
        Reason.CHECKING: _("the ledger is being checked"),
        Reason.EMERGENCY: _("flood or other emergency"),
        Reason.TRIAL: _("trial run"),
        Reason.OTHER: _("another reason"),
    }
