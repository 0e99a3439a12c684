"""What can go wrong between a deadline and an answer; every sentence says what to do.

AlertError
└── CannotCompose   a notice that cannot be put into words
"""

from config.language import catalogue

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
