"""Kinds of audit events and faults of the chain, as people read them."""

from collections.abc import Mapping

from config.language import catalogue
from ledgers.audit_verify import Fault, Finding, Verified

_ = catalogue("service")


def kind_text(kind: str) -> str:
    """Answer what a kind of event is called; one that is not known here as it is written."""
    return _kinds().get(kind, kind)


def _kinds() -> dict[str, str]:
    return {
        "file.read": _("looked at a file (explain)"),
        "export.overdue": _("exported: overdue"),
        "export.visits": _("exported: whom to see"),
        "export.outcomes": _("exported: outcomes"),
        "export.differences": _("exported: differences"),
        "export.statistics": _("exported: statistics"),
        "export.form": _("exported: form"),
        "export.roster": _("exported: numbers and names"),
        "export.quarantine": _("exported: rows set apart"),
        "export.persons": _("exported: directory of people"),
        "export.audit": _("exported: audit report"),
        "subject.export": _("exported: all about one subject"),
        "subject.erase": _("erased a subject"),
        "subject.hold": _("put a legal hold on a subject"),
        "subject.hold-ended": _("ended a legal hold"),
        "retention.run": _("cleared out what was kept long enough"),
        "person.names-read": _("looked at people's names"),
        "ledger.imported": _("imported a workbook"),
        "ledger.compared": _("compared with another list"),
        "record.made": _("recorded what was done"),
        "record.voided": _("declared records a mistake"),
        "alert.put-off": _("put matters off"),
        "signal.raised": _("raised a signal"),
        "signal.answered": _("noted an answer"),
        "rule.changed": _("changed a rule"),
        "rule.removed": _("removed a rule"),
        "keys.rotated": _("changed the data key"),
        "keys.master": _("changed the master key"),
        "silence.added": _("silenced"),
        "silence.ended": _("ended a silence"),
        "outbox.held": _("held messages"),
        "outbox.released": _("released messages"),
        "outbox.retried": _("tried messages again"),
        "person.left": _("took somebody out of service"),
        "person.back": _("noted that somebody is back"),
        "person.replaced": _("replaced somebody"),
        "person.preferred": _("set a preferred channel"),
        "backup.made": _("made a backup"),
        "backup.restored": _("restored a backup"),
        "backup.chain-lost": _("lost events with a database"),
        **_access_kinds(),
    }


def _access_kinds() -> dict[str, str]:
    return {
        "user.signed-in": _("signed in"),
        "user.signed-out": _("signed out"),
        "user.refused": _("refused: signing in"),
        "user.shut-out": _("shut out for a while"),
        "user.denied": _("refused: no such right"),
        "user.added": _("added a user"),
        "user.disabled": _("disabled a user"),
        "user.enabled": _("enabled a user"),
        "user.password-set": _("set a password"),
        "user.factor-set": _("set a second factor"),
        "user.scope-set": _("set what a user sees"),
        "link.made": _("made a link"),
        "link.opened": _("opened a link"),
        "link.refused": _("refused: a link"),
        "link.used": _("acted by a link"),
        "link.revoked": _("revoked a link"),
        "link.code-sent": _("sent a code for a link"),
    }


def details_text(details: Mapping[str, str]) -> str:
    """Say the details of an event in one line."""
    words = {
        "rows": _("rows"),
        "version": _("version"),
        "messages": _("messages"),
        "people": _("people"),
        "posts": _("posts"),
        "until": _("until"),
        "since": _("from"),
    }
    return " · ".join(f"{words.get(name, name)} {value}" for name, value in details.items())


def fault_text(finding: Finding) -> str:
    """Say what is wrong, and where."""
    where = {"first": finding.number, "last": finding.last, "place": finding.belongs_at}
    match finding.fault:
        case Fault.EDITED:
            return _("event %(first)s was edited") % where
        case Fault.MISSING if finding.number == finding.last:
            return _("event %(first)s is missing") % where
        case Fault.MISSING:
            return _("events %(first)s to %(last)s are missing") % where
        case Fault.OUT_OF_ORDER if finding.belongs_at is not None:
            return _("event %(first)s is out of order: it belongs at %(place)s") % where
        case Fault.OUT_OF_ORDER:
            return _("event %(first)s is out of order: it does not follow the one before") % where
        case Fault.CUT_OFF if finding.number == finding.last:
            return _("cut off: event %(first)s was there and is gone") % where
        case Fault.CUT_OFF:
            return _("cut off: events %(first)s to %(last)s were there and are gone") % where


def verdict(found: Verified) -> str:
    """Say in one sentence whether the chain is whole."""
    if found.findings:
        return _("The audit chain is broken; faults: %(count)s.") % {"count": len(found.findings)}
    return _("The audit chain is whole; events: %(count)s.") % {"count": found.count}
