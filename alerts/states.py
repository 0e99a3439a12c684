"""The states of a telling, the moves between them, and how an alert ends: tables, not scattered ifs."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a telling, or of a step that ended before it had tellings (DESIGN.md 3, 1)."""

    PENDING = "pending"  # waits for its notice to go out
    HELD = "held"  # waits for an operator (待审核发送)
    SENDING = "sending"  # handed to a channel, no answer yet
    UNKNOWN = "unknown"  # handed over, and the answer was lost

    SENT = "sent"  # the far side took it
    DELIVERED = "delivered"  # a receipt says it arrived
    MERGED = "merged"  # said by a newer telling of the same alert
    RELAYED = "relayed"  # went out to somebody who passes it on
    RESOLVED = "resolved"  # done before it went out
    SILENCED = "silenced"  # the alert ended while a silence lay over it
    SUPPRESSED = "suppressed"  # not wanted any more: rule removed, no longer due, aged out
    LATE_RECORDED = "late-recorded"  # too late to be worth saying
    EXPIRED = "expired"  # its time ran out
    FAILED = "failed"  # no route took it
    NO_RECIPIENT = "no-recipient"  # only of steps: nobody holds the post


WAITING = frozenset({Outcome.PENDING, Outcome.HELD, Outcome.SENDING, Outcome.UNKNOWN})
"""A telling in one of these is not finished; every other state is final."""

_ENDS_UNSENT = frozenset(
    {
        Outcome.MERGED,
        Outcome.RESOLVED,
        Outcome.SILENCED,
        Outcome.SUPPRESSED,
        Outcome.LATE_RECORDED,
        Outcome.EXPIRED,
    }
)

MOVES: dict[Outcome, frozenset[Outcome]] = {
    # A late receipt finds what was to be said once more.
    Outcome.PENDING: _ENDS_UNSENT
    | {Outcome.HELD, Outcome.SENDING, Outcome.FAILED, Outcome.DELIVERED},
    Outcome.HELD: _ENDS_UNSENT | {Outcome.PENDING, Outcome.FAILED},
    Outcome.SENDING: frozenset(
        {
            Outcome.SENT,
            Outcome.RELAYED,
            Outcome.PENDING,
            Outcome.UNKNOWN,
            Outcome.FAILED,
        }
    ),
    Outcome.UNKNOWN: frozenset(
        {Outcome.SENDING, Outcome.SENT, Outcome.RELAYED, Outcome.PENDING, Outcome.FAILED}
    ),
    # After a final state only a receipt moves a telling, or an operator who re-drives a dead letter.
    Outcome.SENT: frozenset({Outcome.DELIVERED, Outcome.FAILED, Outcome.PENDING}),
    Outcome.RELAYED: frozenset({Outcome.FAILED, Outcome.PENDING}),
    Outcome.FAILED: frozenset({Outcome.PENDING, Outcome.DELIVERED}),
}


class Closed(StrEnum):
    """How an alert ended."""

    DONE = "done"  # a counting record was made
    NO_LONGER_DUE = "no-longer-due"  # the due date moved away, or the entry left the group
    ENTRY_LEFT = "entry-left"  # moved, closed or died
    RULE_REMOVED = "rule-removed"
    RECORD_VOIDED = "record-voided"  # the record that closed it, or that it counted from, is void
    AGED_OUT = "aged-out"
    EXPIRED = "expired"  # information only: its last step was told


SATISFIED = frozenset({Closed.EXPIRED})
"""An alert closed in any other way opens again as its next cycle when it is due once more.

Also `done`: the act that settled it is newer than its anchor. If the anchor is the newest that counts
all the same, that act counts no more: its kind was taken from `done_by` or `counts_as`.
"""


class NoticeState(StrEnum):
    """Where one message stands; tellings carry the outcome, a notice only carries them there."""

    PENDING = "pending"  # due at `next_attempt_at`
    HELD = "held"  # an operator must look first
    SENDING = "sending"  # claimed by a worker until `lease_until`
    UNKNOWN = "unknown"  # the last attempt has no answer; due again at `next_attempt_at`
    SENT = "sent"
    DELIVERED = "delivered"  # a receipt says it arrived
    FAILED = "failed"  # dead letter: listed, counted, can be re-driven
    EMPTY = "empty"  # everything in it was done or withdrawn before it went out
