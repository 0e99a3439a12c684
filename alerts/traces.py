"""Where the database speaks of a child or a person, and what erasing them does to each place.

`docs/retention.md` shows this table; a test fails when a column is added that has no line here.
Both ways of reducing go by it: a term of `retention:` that has run out, and `subject erase`.
"""

from collections.abc import Mapping
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a value when the one it is about is erased."""

    GONE = "gone"  # nothing is left in its place
    ROW_GONE = "row-gone"  # the whole row goes
    REDUCED = "reduced"  # something coarser, or a word that says nothing, takes its place
    ENDED = "ended"  # the row stays and is closed
    KEPT = "kept"  # says nothing of who it was any more, and past figures need it


Traces = Mapping[str, Mapping[str, Fate]]
"""By table and column."""

_ENTRY: Mapping[str, Fate] = {
    "id": Fate.KEPT,
    "ledger": Fate.KEPT,
    "number": Fate.REDUCED,  # never found by it again, nor taken for somebody's
    "lives_in": Fate.REDUCED,  # the township: in a village few are of an age
    "registered_in": Fate.REDUCED,
    "status": Fate.ENDED,
    "population": Fate.KEPT,
    "category": Fate.KEPT,
    "level": Fate.KEPT,
    "level_since": Fate.KEPT,
    "tier": Fate.KEPT,
    "stay_since": Fate.KEPT,
    "stay_until": Fate.KEPT,
    "grade": Fate.REDUCED,  # gone, unless some group of the rules asks for it
    "grade_year": Fate.REDUCED,
    "sex": Fate.REDUCED,
    "born_on": Fate.REDUCED,  # the year; the month where a past figure hangs on it
    "born_month_only": Fate.REDUCED,
    "entered_on": Fate.KEPT,
    "left_on": Fate.ENDED,
    "consent": Fate.GONE,
    "consent_on": Fate.GONE,
    "reduced_on": Fate.ENDED,
    "sealed_name": Fate.GONE,
    "sealed_id_no": Fate.GONE,
    "sealed_phone": Fate.GONE,
    "sealed_address": Fate.GONE,
    "sealed_school": Fate.GONE,
    "sealed_illness": Fate.GONE,
    "sealed_guardian": Fate.GONE,
    "sealed_notes": Fate.GONE,
    "sealed_extras": Fate.GONE,
    "name_key": Fate.GONE,
    "id_no_key": Fate.GONE,
    "phone_key": Fate.GONE,
    "row_key": Fate.GONE,
    "import_id": Fate.KEPT,
}

_PERSON: Mapping[str, Fate] = {
    "id": Fate.KEPT,
    "handle": Fate.KEPT,  # P-0007: who did what stays countable
    "sealed_name": Fate.REDUCED,
    "name_key": Fate.REDUCED,
    "sealed_phone": Fate.GONE,
    "phone_key": Fate.GONE,
    "sealed_email": Fate.GONE,
    "email_key": Fate.GONE,
    "sealed_wecom": Fate.GONE,
    "language": Fate.GONE,
    "prefers": Fate.GONE,
    "left_on": Fate.ENDED,
    "reduced_on": Fate.ENDED,
    "import_id": Fate.KEPT,
}

OF_CHILD: Traces = {
    "entries": _ENTRY,
    "entry_triggers": {"entry_id": Fate.KEPT},
    "entry_fields": {"entry_id": Fate.REDUCED},  # only fields that groups of the rules ask for
    "stays": {"entry_id": Fate.KEPT},
    "level_changes": {"entry_id": Fate.KEPT},
    "entry_changes": {"entry_id": Fate.ROW_GONE, "sealed_old": Fate.ROW_GONE},
    "records": {
        "entry_id": Fate.KEPT,
        "method": Fate.GONE,
        "seen_in_person": Fate.GONE,
        "all_well": Fate.GONE,
        "counterpart": Fate.GONE,
        "void_reason": Fate.GONE,
        "fingerprint": Fate.REDUCED,  # from it what was said could be guessed
    },
    "last_acts": {"entry_id": Fate.KEPT},
    "touched": {"entry_id": Fate.KEPT},
    "assignments": {"entry_id": Fate.ROW_GONE},
    "quarantine": {
        "sealed_row": Fate.ROW_GONE,
        "subject_key": Fate.ROW_GONE,
        "row_key": Fate.ROW_GONE,
    },
    "differences": {"entry_id": Fate.ROW_GONE, "said_key": Fate.ROW_GONE},
    "form_lines": {"entry_id": Fate.ROW_GONE},
    "first_dues": {"entry_id": Fate.KEPT},
    "watches": {"entry_id": Fate.ROW_GONE},
    "alerts": {"entry_id": Fate.REDUCED},  # one that stands on a date of the child's own goes
    "signals": {"entry_id": Fate.ENDED},
    "silences": {"target": Fate.ENDED},
    "matters": {"subject": Fate.ENDED},
    "attempts": {"sealed_body": Fate.GONE},  # made anew without the child, if still to be sent
    "legal_holds": {"subject": Fate.KEPT},
    "erasures": {"subject_key": Fate.KEPT},  # so that a restore erases again
    "audit_events": {"subject": Fate.KEPT, "purpose": Fate.KEPT},  # the chain stays whole
}
"""Of a child, or an institution."""

OF_PERSON: Traces = {
    "persons": _PERSON,
    "records": {"recorded_by": Fate.KEPT, "voided_by": Fate.KEPT},
    "post_holdings": {"person_id": Fate.KEPT},
    "assignments": {"person_id": Fate.KEPT},
    "leaves": {"person_id": Fate.ROW_GONE},
    "deputies": {"person_id": Fate.ROW_GONE, "deputy_id": Fate.ROW_GONE},
    "forms": {"person_id": Fate.KEPT},
    "users": {
        "person_id": Fate.GONE,
        "totp_step": Fate.GONE,
        "sealed_name": Fate.REDUCED,
        "name_key": Fate.REDUCED,
        "password_hash": Fate.REDUCED,  # one that no password fits
        "sealed_totp": Fate.REDUCED,  # one that nobody was shown
        "disabled_at": Fate.ENDED,
    },
    "recovery_codes": {"user_id": Fate.ROW_GONE, "code_key": Fate.ROW_GONE},
    "sessions": {
        "token_key": Fate.ROW_GONE,
        "user_id": Fate.ROW_GONE,
        "link_id": Fate.ROW_GONE,
        "source_key": Fate.ROW_GONE,
    },
    "links": {"person_id": Fate.KEPT, "made_by": Fate.KEPT},  # and they open nothing any more
    "quarantine": {
        "sealed_row": Fate.ROW_GONE,
        "subject_key": Fate.ROW_GONE,
        "row_key": Fate.ROW_GONE,
    },
    "tellings": {"person_id": Fate.KEPT, "via": Fate.KEPT},
    "notices": {"person_id": Fate.KEPT},
    "answers": {"person_id": Fate.KEPT},
    "signals": {"raised_by": Fate.GONE},
    "silences": {"made_by": Fate.KEPT},
    "attempts": {"sealed_body": Fate.GONE},
    "send_log": {"addressee": Fate.GONE},
    "legal_holds": {"subject": Fate.KEPT},
    "erasures": {"subject_key": Fate.KEPT},
    "audit_events": {"subject": Fate.KEPT, "purpose": Fate.KEPT},
}
"""Of a person who is told."""

OF_NOBODY: Mapping[str, str] = {
    "channel_state.sealed_value": "a token of a channel",
    "links.token_key": "a link's token",
    "links.code_key": "a code that was sent for a link",
    "throttles.subject_key": "by whom or from where tries failed; forgotten in days",
    "keyring.wrapped": "a key of the site, under the master key",
    "imports.recorded_by": "the account that imported; cleared by `retention.imports`",
    "legal_holds.made_by": "the account that set it, as in the audit chain",
}
"""Sealed or keyed columns, and names of accounts, that are about no child and no person."""


def with_fate(of: Traces, table: str, fate: Fate) -> tuple[str, ...]:
    """Answer the columns of a table that have a fate."""
    return tuple(name for name, one in of.get(table, {}).items() if one is fate)
