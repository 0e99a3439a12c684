"""What is due, what was said and what came of it. One `MetaData` with the ledger's tables."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

import ledgers.access.tables
import ledgers.audit_tables
import ledgers.key_tables
import ledgers.rights_tables  # noqa: F401  # all register their tables in the one MetaData
from ledgers.columns import Code, Id, Instant, Region
from ledgers.dialects import partial
from ledgers.tables import metadata

rule_versions = Table(
    "rule_versions",  # each timing a rule has had: what shortens and from when, what explain cites
    metadata,
    Column("rule", Code, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("timing_hash", String(64), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("spec", Text, nullable=False),  # the rule as JSON, as it was
    Column("removed_on", Date),
)

progress = Table(
    "progress",  # per rule, variant and step: step dates up to `through` have been looked at
    metadata,
    Column("rule", Code, primary_key=True),
    Column("variant", Code, primary_key=True),  # region prefix of an override; '' for the rest
    Column("step", Code, primary_key=True),
    Column("timing_hash", String(64), nullable=False),
    Column("through", Date, nullable=False),
)

first_dues = Table(
    "first_dues",  # first due date of an entry that was never recorded under a rule (launch)
    metadata,
    Column("rule", Code, primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    Column("due_on", Date, nullable=False),
    Index(None, "rule", "due_on"),
    Index(None, "entry_id"),
)

watches = Table(
    "watches",  # what an entry's own history makes due: left out of cut-offs, judged on the day
    metadata,
    Column("rule", Code, primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    Column("look_on", Date, nullable=False),
    Index(None, "entry_id"),
    Index(None, "look_on", "rule"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("rule", Code, nullable=False),
    Column("entry_id", Id, ForeignKey("entries.id"), nullable=False),
    Column("anchor", Code, nullable=False),  # ISO date of the last counting record, or `never`
    Column("cycle", Integer, nullable=False, server_default="1"),
    Column("rule_version", Integer, nullable=False),
    Column("variant", Code, nullable=False, server_default=""),
    Column("anchor_on", Date),  # None: never recorded
    Column("due_on", Date, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("next_at", Date),  # next day evaluation must look at it; None: closed
    Column("closed_on", Date),
    Column("closed_at", Instant),
    Column("closed_how", Code),  # states.Closed
    Column("closing_record", Id),
    Column("deferred_until", Date),  # acknowledged: nothing new is told up to this day
    Column("deferred_reason", Code),
    UniqueConstraint("rule", "entry_id", "anchor", "cycle"),
    Index(None, "entry_id"),
    partial("ix_alerts_open_next_at", "next_at", where="closed_at IS NULL"),
)

steps = Table(
    "steps",
    metadata,
    Column("id", Id, primary_key=True),
    Column("alert_id", Id, ForeignKey("alerts.id"), nullable=False),
    Column("step", Code, nullable=False),  # `id:` or the canonical text of `at`
    Column("occurrence", Integer, nullable=False, server_default="0"),  # of a repeat: 0, 1, 2 …
    Column("skipped", Integer, nullable=False, server_default="0"),  # occurrences before, untold
    Column("on_date", Date, nullable=False),  # the step's own date
    Column("known_on", Date, nullable=False),  # lateness counts from the later of both
    Column("after_due", Boolean, nullable=False),
    Column("escalation", Boolean, nullable=False),
    Column("urgent", Boolean, nullable=False, server_default=text("false")),
    Column("waiting", String(255), nullable=False),  # roles not yet told: `|director|county|`
    Column("ended", Code),  # an Outcome, of a step that ended before it had tellings
    Column("ended_reason", String(100)),
    UniqueConstraint("alert_id", "step", "occurrence"),
    partial("ix_steps_waiting", "on_date", where="waiting <> ''"),
)

tellings = Table(
    "tellings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("step_id", Id, ForeignKey("steps.id"), nullable=False),
    Column("person_id", Id, ForeignKey("persons.id"), nullable=False),
    Column("alert_id", Id, ForeignKey("alerts.id"), nullable=False, index=True),
    Column("role", Code, nullable=False),  # the role under which the person was reached
    Column("state", Code, nullable=False),  # states.Outcome
    Column("reason", String(100)),
    Column("via", Id),  # relayed: the person who passes it on
    Column("notice_id", Id, index=True),  # the notice it is in now
    Column("merged_into", Id),  # the newer telling that said it
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("step_id", "person_id"),
)

outcomes = Table(
    "outcomes",  # each move of a telling, appended and never changed
    metadata,
    Column("id", Id, primary_key=True),
    Column("telling_id", Id, ForeignKey("tellings.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("was", Code),  # None: it was made
    Column("became", Code, nullable=False),
    Column("reason", String(100)),
    Column("notice_id", Id),
    Column("attempt_id", Id),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id"), nullable=False),
    Column("channel", Code, nullable=False),
    Column("slot", String(40), nullable=False),  # class and the slot's instant: `digest:2026-…`
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("class", Code, nullable=False),  # digest, urgent, operator
    Column("role", Code, nullable=False),
    Column("state", Code, nullable=False),  # states.NoticeState
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),  # the slot, after quiet hours
    Column("next_attempt_at", Instant),
    Column("give_up_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_until", Instant),
    Column("claimed_by", String(64)),  # the worker that holds or last held the claim
    Column("unknown_since", Instant),  # when an answer was first lost; None: never
    Column("may_repeat", Boolean, nullable=False, server_default=text("false")),
    Column("fence", Integer, nullable=False, server_default="0"),  # grows with every claim
    Column("echo_of", Id),  # says the same on another channel; the tellings are in that notice
    Column("ended_at", Instant),
    Column("reason", String(100)),
    UniqueConstraint("person_id", "channel", "slot", "revision"),
    partial("ix_notices_due", "next_attempt_at", where="ended_at IS NULL"),
    partial("ix_notices_echo_of", "echo_of", where="echo_of IS NOT NULL"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("notice_id", Id, ForeignKey("notices.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("channel", Code, nullable=False),
    Column("out_id", String(80), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("result", Code),  # accepted, refused, unknown; None: no answer yet
    Column("reason", Code),  # channels.protocol.FailureReason
    Column("detail", String(200)),  # codes and phases only
    Column("reference", String(200)),
    Column("telling_ids", Text, nullable=False),  # JSON
    Column("sealed_body", LargeBinary),  # the message as handed over; gone at the final outcome
    Column("body_hash", String(64), nullable=False),
)

signals = Table(
    "signals",  # what happened, once for each rule that listens; its alerts have its id as anchor
    metadata,
    Column("id", Id, primary_key=True),
    Column("rule", Code, nullable=False),
    Column("name", Code, nullable=False),  # as it was raised: the rule's name, or the signal's
    Column("source", String(100), nullable=False),  # what raised it: the same raises it only once
    Column("region", Region, nullable=False),  # only entries within it; "": everywhere
    Column("entry_id", Id, ForeignKey("entries.id")),  # only this one
    Column("raised_at", Instant, nullable=False),
    Column("raised_by", Id),  # never told of it, and never printed
    Column("expires_at", Instant, nullable=False),
    Column("opened_at", Instant),  # None: perhaps not all of its alerts are there yet
    Column("ended_at", Instant),
    UniqueConstraint("rule", "source"),
    partial("ix_signals_live", "expires_at", where="ended_at IS NULL"),
)

rungs = Table(
    "rungs",  # where an alert stands that is told by a ladder
    metadata,
    Column("alert_id", Id, ForeignKey("alerts.id"), primary_key=True),
    Column("rung", Integer, nullable=False),  # from 0
    Column("occurrence", Integer, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("next_at", Instant, index=True),  # None: nothing more happens
)

answers = Table(
    "answers",  # who answered, and so closed an alert of a signal
    metadata,
    Column("alert_id", Id, ForeignKey("alerts.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id"), nullable=False),
    Column("answered_at", Instant, nullable=False),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Id, primary_key=True),
    Column("scope", Code, nullable=False),  # entry, region, person, rule
    Column("target", Code, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date, nullable=False),  # the last silent day
    Column("reason", Code, nullable=False),
    Column("made_by", Id),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

matters = Table(
    "matters",  # what the office itself must mend: quarantine, gaps in posts, missing calendars
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Code, nullable=False),
    Column("subject", String(100), nullable=False),  # ids and codes, never personal
    Column("region", Region),
    Column("role", Code, nullable=False),  # who is told; `operator` is the last rung
    Column("detail", Text, nullable=False, server_default="{}"),  # JSON of counts and ids
    Column("opened_at", Instant, nullable=False),
    Column("last_told_on", Date),
    Column("closed_at", Instant),
    partial("uq_matters_open", "kind", "subject", unique=True, where="closed_at IS NULL"),
)

form_lines = Table(
    "form_lines",  # what each line of a 走访登记表 asked for
    metadata,
    Column("form_id", Id, ForeignKey("forms.id"), primary_key=True),
    Column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    Column("kind", Code, primary_key=True),
)

send_log = Table(
    "send_log",  # what was handed to channels that have limits; forgotten when no limit counts it
    metadata,
    Column("id", Id, primary_key=True),  # the attempt
    Column("counter", String(80), nullable=False),  # `channel:sms`, or `account:…` that some share
    Column("addressee", String(43)),  # keyed hash of the address; None: no limit for one person
    Column("at", Instant, nullable=False),  # when its place was reserved
    Column(
        "last", Instant, nullable=False
    ),  # the far side counted it at this instant at the latest
    Column("messages", Integer, nullable=False),
    Column("parts", Integer, nullable=False),  # 0: certainly not taken, so not paid for
    Index(None, "counter", "last"),
    Index(None, "counter", "addressee", "last"),
)

awaited = Table(
    "awaited",  # what a channel with receipts took
    metadata,
    Column("attempt_id", Id, primary_key=True),
    Column("notice_id", Id, nullable=False, index=True),
    Column("channel", Code, nullable=False),
    Column("out_id", String(80), nullable=False),
    Column("reference", String(200), nullable=False),  # the far side's own id; "": it gave none
    Column("sent_at", Instant, nullable=False),
    Column("missed_at", Instant),  # without a receipt by then the next route is taken
    Column("ask_at", Instant),  # when to ask the far side; None: it tells by itself, or enough
    Column("ended", Code),  # delivered, failed, missed; None: still out
    Index(None, "channel", "out_id"),
    Index(None, "channel", "reference"),
    partial("ix_awaited_missed_at", "channel", "missed_at", where="missed_at IS NOT NULL"),
    partial("ix_awaited_ask_at", "channel", "ask_at", where="ask_at IS NOT NULL"),
)

receipts = Table(
    "receipts",  # what far sides said of messages, each thing once, known to us or not
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", Code, nullable=False),
    Column("message", String(200), nullable=False),  # our out-id, else the far side's reference
    Column("part", Integer, nullable=False),
    Column("arrived", Boolean, nullable=False),
    Column("parts", Integer, nullable=False),  # of the whole message; 0: it did not say
    Column("reason", Code, nullable=False),  # the vendor's code
    Column("reported_at", Instant),  # by the far side's clock
    Column("received_at", Instant, nullable=False),
    UniqueConstraint("channel", "message", "part", "arrived"),
)

channel_state = Table(
    "channel_state",  # what workers of one channel share: tokens, parts taken; and whose turn it is
    metadata,
    Column("id", String(255), primary_key=True),  # `channel:name`
    Column("sealed_value", LargeBinary),
    Column("until", Instant, nullable=False),
    Column("holder", String(64)),  # who does alone what this name is about
    Column("held_until", Instant),
)
