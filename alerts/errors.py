"""What can go wrong between a deadline and an answer; every sentence says what to do.

AlertError
├── CannotCompose     a notice that cannot be put into words
├── RecordUnknown     a record that is to be voided and is not there
├── DeferralTooLong   an acknowledgement that would last too long
├── SilenceBackwards  a silence that ends before it begins
├── SilenceUnknown    a silence that is to end and is not there
├── NoticeUnknown     a notice that is to be shown and is not there
├── EntryUnknown      a village number that no entry has
├── PersonUnknown     a handle that nobody has
├── AlertUnknown      an answer to nothing that there is
├── NotAnswered       an answer to what only a record settles
├── NothingToAnswer   an answer to a signal that a person was told nothing of
├── AnswerMeansOne    an answer for one entry, where several are open
├── TermInvalid       a text that names no quarter, half year, year or month
├── ErasureRefused    what must not be erased (yet), in the words that say why
├── OutputTooLong     a template that writes without end
└── TemplatesRefused  templates that show more than a message may
"""

from collections.abc import Sequence
from datetime import date

from config.language import catalogue
from config.lean import dataclass

_ = catalogue("alerts")


class AlertError(Exception):
    """Anything the alerts refuse, in a sentence for the person at the keyboard."""


class CannotCompose(AlertError):
    """A notice cannot be rendered; it fails alone and stops no other."""

    def __init__(self, notice_id: str, why: str) -> None:
        super().__init__(
            _("notice %(notice)s cannot be written: %(why)s; mend the template, then retry it")
            % {"notice": notice_id, "why": why}
        )
        self.why = why


class RecordUnknown(AlertError):
    """Somebody wants to void a record that does not exist."""

    def __init__(self, record_id: str) -> None:
        super().__init__(
            _("there is no record %(record)s; `shouwang explain` lists an entry's records")
            % {"record": record_id}
        )


class DeferralTooLong(AlertError):
    """An acknowledgement is for days; what lasts longer is a silence with an end."""

    def __init__(self, days: int) -> None:
        super().__init__(
            _("an acknowledgement holds for %(days)s days at most; use `silence add` for longer")
            % {"days": days}
        )


class SilenceBackwards(AlertError):
    """A silence whose last day is before its first."""

    def __init__(self, from_on: date, to_on: date) -> None:
        super().__init__(
            _("a silence from %(from)s cannot end on %(to)s; give a last day that is not earlier")
            % {"from": from_on, "to": to_on}
        )


class SilenceUnknown(AlertError):
    """Somebody wants to end a silence that does not exist."""

    def __init__(self, silence_id: str) -> None:
        super().__init__(
            _("there is no silence %(silence)s; `silence list` shows those there are")
            % {"silence": silence_id}
        )


class NoticeUnknown(AlertError):
    """Somebody asks for a notice that does not exist."""

    def __init__(self, notice_id: str) -> None:
        super().__init__(
            _("there is no notice %(notice)s; `outbox list` shows those there are")
            % {"notice": notice_id}
        )


class EntryUnknown(AlertError):
    """Somebody asks about a number that no entry has."""

    def __init__(self, number: str) -> None:
        super().__init__(
            _("no entry has the number %(number)s; write it as in the ledger, such as 青山-03")
            % {"number": number}
        )


class PersonUnknown(AlertError):
    """Somebody asks about a handle that nobody has."""

    def __init__(self, handle: str) -> None:
        super().__init__(
            _("there is no person %(handle)s; the roster lists the handles, such as P-0007")
            % {"handle": handle}
        )


class AlertUnknown(AlertError):
    """Somebody answers what is neither an alert nor a signal."""

    def __init__(self, text: str) -> None:
        super().__init__(
            _(
                "there is no alert and no signal “%(text)s”; `shouwang explain` lists alerts, the "
                "rules say which signals there are"
            )
            % {"text": text}
        )


class NotAnswered(AlertError):
    """A matter that is settled by a record, not by an answer."""

    def __init__(self, rule: str) -> None:
        super().__init__(
            _("what “%(rule)s” asks for is settled by a record, not by an answer; use `record`")
            % {"rule": rule}
        )


class NothingToAnswer(AlertError):
    """A person was told nothing of a signal, or all of it is settled."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("nothing of “%(name)s” is open that this person was told of") % {"name": name}
        )


class AnswerMeansOne(AlertError):
    """Each entry is answered for by itself."""

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(
            _("each is answered for by itself; say which with --entry: %(numbers)s")
            % {"numbers": ", ".join(numbers)}
        )


class TermInvalid(AlertError):
    """A period of statistics that cannot be read."""

    def __init__(self, text: str) -> None:
        super().__init__(
            _("“%(text)s” is no period; write for example 2027Q1, 2027H1, 2027 or 2027-03")
            % {"text": text}
        )


class OutputTooLong(AlertError):
    """A template's result is far longer than any message."""

    def __init__(self, template: str) -> None:
        super().__init__(
            _("template %(template)s writes far too much; look for a loop that repeats itself")
            % {"template": template}
        )


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """What a template may not do: its name, the line, the field or construct, and a sentence."""

    template: str
    line: int
    what: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.template}:{self.line}: {self.sentence}"


class TemplatesRefused(AlertError):
    """Templates that ask for more than their view declares; nothing was loaded."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("\n".join(map(str, refusals)))


class ErasureRefused(AlertError):
    """Something must not be erased, or not yet; nothing was touched."""


class LegallyHeld(ErasureRefused):
    """A legal hold lasts."""

    def __init__(self, reason: str, until: date | None) -> None:
        super().__init__(
            _(
                "a legal hold forbids it (%(reason)s, until %(until)s); it is kept as it is (PIPL "
                "art. 47), `subject hold end` ends the hold"
            )
            % {"reason": reason, "until": until or _("it is ended")}
        )


class StillInLedger(ErasureRefused):
    """The office looks after the entry by statutory duty, whoever agreed to it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "the entry is still in the ledger, where the office keeps it by law (PIPL art. 13 "
                "(3)); let it leave first, or give the reason `unlawful` or `other-law`"
            )
        )


class UrgentOpen(ErasureRefused):
    """An alert of a signal waits for its answer."""

    def __init__(self) -> None:
        super().__init__(
            _("an urgent matter or a report about it is open; answer or settle it first")
        )


class StillSending(ErasureRefused):
    """A message that may list it has been handed over this very moment."""

    def __init__(self) -> None:
        super().__init__(
            _("a message that may be about it is on its way right now; try again in ten minutes")
        )


class StillAtWork(ErasureRefused):
    """A person still holds posts or children, or has messages to come."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "the person still holds a post or children, or a message to them waits; hand over "
                "with `person replace` or `person leave`, and let messages end"
            )
        )


class NotErasable(ErasureRefused):
    """The operator, a group, a division: written in the configuration, or nobody at all."""

    def __init__(self) -> None:
        super().__init__(
            _("it is no person of the ledger: change the configuration, or the list of divisions")
        )


class ErasedAlready(ErasureRefused):
    """There is nothing left to erase."""

    def __init__(self, on: date) -> None:
        super().__init__(_("nothing is left of it since %(day)s") % {"day": on})
