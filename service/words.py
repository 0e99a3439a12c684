"""What states and kinds are called: one word for each, in the language of the moment."""

from collections.abc import Mapping

from alerts.erasing import Reason
from alerts.holding import HeldFor
from alerts.matters import MatterKind
from alerts.open_items import Standing
from alerts.states import NoticeState
from alerts.wording import reason_text
from channels.protocol import ChannelError
from config.language import catalogue
from config.model import Configuration

_ = catalogue("service")


def standing_words() -> Mapping[Standing, str]:
    """Answer how open items stand."""
    return {
        Standing.OVERDUE: _("overdue"),
        Standing.NEVER: _("never recorded, past their first day"),
        Standing.TODAY: _("due today"),
        Standing.AHEAD: _("due soon"),
        Standing.INFORMS: _("for information"),
    }


def notice_words() -> Mapping[NoticeState, str]:
    """Answer where messages stand."""
    return {
        NoticeState.PENDING: _("waiting for their time"),
        NoticeState.HELD: _("held for a look"),
        NoticeState.SENDING: _("on their way"),
        NoticeState.UNKNOWN: _("without an answer"),
        NoticeState.SENT: _("sent"),
        NoticeState.DELIVERED: _("arrived"),
        NoticeState.FAILED: _("failed for good"),
        NoticeState.EMPTY: _("settled before they went out"),
    }


def result_words() -> Mapping[str, str]:
    """Answer how a try ended."""
    return {
        "accepted": _("taken"),
        "refused": _("refused"),
        "unknown": _("without an answer"),
    }


def held_words() -> Mapping[HeldFor, str]:
    """Answer why delivery is held."""
    return {
        HeldFor.RESTORED: _("a backup was restored"),
        HeldFor.CLOCK_JUMPED: _("the clock jumped"),
        HeldFor.BY_HAND: _("somebody held it"),
    }


def matter_words() -> Mapping[str, str]:
    """Answer what the office itself must mend."""
    return {
        MatterKind.NO_RECIPIENT: _("a post that nobody holds"),
        MatterKind.NO_DIRECTOR_REACHED: _("twice not reached"),
        MatterKind.NOT_WELL: _("not all is well"),
        MatterKind.QUARANTINE: _("rows that wait to be mended"),
        MatterKind.BACKLOG_HELD: _("late messages held for a look"),
        MatterKind.DELIVERY_FAILED: _("messages that failed for good"),
        MatterKind.CHANNEL_PAUSED: _("a channel that lets nothing through"),
        MatterKind.BUDGET_LOW: _("a budget of SMS that is nearly used up"),
        MatterKind.BUDGET_SPENT: _("a budget of SMS that is used up"),
        MatterKind.IMPORT_BROKEN_OFF: _("imports broken off: import the same file again"),
        MatterKind.CALENDAR_MISSING: _("a year without its days off"),
        MatterKind.WINDOW_MISSING: _("a calendar without a year's dates"),
        MatterKind.NOT_CONFIGURED: _("a level for which no interval is configured"),
        MatterKind.CONSENT_MISSING: _("children without the consent that their age asks for"),
        MatterKind.NOTHING_SENT: _("something is due, but nothing goes out"),
        MatterKind.AUDIT_FOUND: _("the nightly audit found something"),
        MatterKind.AUDIT_CUT: _("events of the audit are missing"),
        MatterKind.CLOCK_JUMPED: _("the clock jumped"),
        MatterKind.OTHER_RULES: _("two daemons with different rules"),
        MatterKind.CONFIGURATION_REFUSED: _("a configuration with mistakes: run shouwang check"),
        MatterKind.UPGRADED_MEANWHILE: _("a new version is installed: start the daemon anew"),
    }


def erasure_words() -> Mapping[Reason, str]:
    """Answer the cases of PIPL art. 47 in which somebody is erased."""
    return {
        Reason.PURPOSE_ENDED: _("the purpose is reached or gone"),
        Reason.TERM_ENDED: _("the term is over, or the service has ended"),
        Reason.CONSENT_WITHDRAWN: _("consent was withdrawn"),
        Reason.UNLAWFUL: _("it was unlawful to keep it"),
        Reason.OTHER_LAW: _("another rule of law asks for it"),
    }


def hold_words() -> Mapping[str, str]:
    """Answer why something must be kept."""
    return {
        "court": _("a court"),
        "inquiry": _("an inquiry"),
        "audit": _("an audit"),
        "complaint": _("a complaint"),
        "statute": _("a statute"),
        "other": _("another reason"),
    }


def swept_word(name: str, configuration: Configuration) -> str:
    """Answer what a run of retention counts under a name."""
    part, _dot, kind = name.partition(".")
    if part == "records":
        about = configuration.records.get(kind)
        return _("records: %(kind)s") % {"kind": about.title if about else kind}
    return {
        "again": _("erased before, and back from a backup"),
        "bytes": _("messages that are through"),
        "children": _("children"),
        "institutions": _("institutions"),
        "persons": _("people"),
        "changes": _("former texts of files"),
        "quarantine": _("rows set apart"),
        "imports": _("imports"),
        "differences": _("settled differences"),
        "matters": _("closed matters"),
        "forms": _("forms"),
    }.get(name, name)


def failure_text(failure: ChannelError) -> str:
    """Answer why a channel did not take something, with the code it gave, if any."""
    why = reason_text(failure.reason)
    return f"{why} ({failure.detail})" if failure.detail else why
