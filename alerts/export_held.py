"""The answer to a request for access as a workbook: one sheet for each kind of thing held."""

from collections.abc import Iterable, Mapping
from typing import BinaryIO

from sqlalchemy import Connection, select

from alerts.held_about import Section, Value
from config.language import catalogue
from ledgers.exporting import SheetPlan, write_workbook
from ledgers.tables import persons

_ = catalogue("alerts")


def export_held(connection: Connection, sections: Iterable[Section], stream: BinaryIO) -> int:
    """Write all sections; people are called by their handles. Answers how many rows."""
    handles = dict(iter(connection.execute(select(persons.c.id, persons.c.handle))))
    tables, columns = _tables(), _columns()
    sheets = [
        SheetPlan(
            title=tables.get(section.table, section.table),
            headings=[columns.get(name, name) for name in section.columns],
            rows=[_cells(section, row, handles) for row in section.rows],
            landscape=True,
        )
        for section in sections
    ]
    return write_workbook(stream, sheets)


def _cells(section: Section, row: Mapping[str, Value], handles: Mapping[str, str]) -> list[Value]:
    return [_shown(row.get(name), handles) for name in section.columns]


def _shown(value: Value, handles: Mapping[str, str]) -> Value:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return handles.get(value, value) if isinstance(value, str) else value


def _tables() -> dict[str, str]:
    """Answer what the sheets are called."""
    return {
        "entries": _("file"),
        "entry_triggers": _("circumstances"),
        "entry_fields": _("own fields"),
        "stays": _("stays"),
        "level_changes": _("changes of level"),
        "entry_changes": _("changes of the file"),
        "records": _("records"),
        "assignments": _("assigned by name"),
        "differences": _("differences to other lists"),
        "alerts": _("matters"),
        "steps": _("steps"),
        "tellings": _("who was told"),
        "outcomes": _("what became of it"),
        "notices": _("messages"),
        "attempts": _("tries to send"),
        "signals": _("signals"),
        "answers": _("answers"),
        "silences": _("silences"),
        "matters": _("to be mended"),
        "legal_holds": _("legal holds"),
        "quarantine": _("rows set apart"),
        "persons": _("person who is told"),
        "post_holdings": _("posts"),
        "leaves": _("leaves"),
        "deputies": _("deputies"),
    }


def _columns() -> dict[str, str]:
    """Answer what columns are called; one that is missing goes by its own name."""
    return {**_of_files(), **_of_acts(), **_of_messages(), **_of_people()}


def _of_files() -> dict[str, str]:
    return {
        "id": _("id"),
        "entry_id": _("id of the file"),
        "ledger": _("ledger"),
        "number": _("village number"),
        "lives_in": _("lives in"),
        "registered_in": _("registered in"),
        "status": _("state"),
        "population": _("population"),
        "category": _("category"),
        "trigger": _("circumstance"),
        "level": _("level"),
        "level_since": _("level since"),
        "stay_since": _("lives here since"),
        "stay_until": _("away since"),
        "grade": _("grade"),
        "grade_year": _("school year"),
        "sex": _("sex"),
        "born_on": _("born on"),
        "born_month_only": _("only the month is known"),
        "month_only": _("only the month is known"),
        "entered_on": _("entered on"),
        "left_on": _("left on"),
        "consent": _("consent"),
        "consent_on": _("consent given on"),
        "reduced_on": _("erased on"),
        "name": _("name"),
        "id_no": _("ID number"),
        "phone": _("phone"),
        "address": _("address"),
        "school": _("school"),
        "illness": _("health"),
        "guardian": _("guardian"),
        "notes": _("notes"),
        "extras": _("own columns"),
        "import_id": _("import"),
        "field": _("field"),
        "word": _("value"),
        "on_date": _("date"),
        "from_on": _("from"),
        "to_on": _("to"),
        "old": _("before"),
        "old_plain": _("before (plain)"),
        "new_plain": _("after"),
        "was": _("before"),
        "at": _("at"),
    }


def _of_acts() -> dict[str, str]:
    return {
        "kind": _("kind"),
        "happened_on": _("happened on"),
        "recorded_on": _("recorded on"),
        "recorded_at": _("recorded at"),
        "recorded_by": _("recorded by"),
        "method": _("method"),
        "result": _("result"),
        "seen_in_person": _("seen in person"),
        "all_well": _("all well"),
        "counterpart": _("other region"),
        "late_entry": _("entered late"),
        "source": _("source"),
        "voided_at": _("voided at"),
        "voided_by": _("voided by"),
        "void_reason": _("why voided"),
        "ours": _("ours"),
        "theirs": _("theirs"),
        "found_on": _("found on"),
        "settled_on": _("settled on"),
        "sheet": _("sheet"),
        "row": _("row"),
        "region": _("division"),
    }


def _of_messages() -> dict[str, str]:
    return {
        "rule": _("rule"),
        "rule_version": _("version of the rule"),
        "variant": _("variant"),
        "anchor": _("counts from"),
        "anchor_on": _("counts from the day"),
        "cycle": _("cycle"),
        "due_on": _("due on"),
        "opened_on": _("opened on"),
        "opened_at": _("opened at"),
        "next_at": _("looked at next"),
        "closed_on": _("closed on"),
        "closed_at": _("closed at"),
        "closed_how": _("how it ended"),
        "closing_record": _("closed by record"),
        "deferred_until": _("put off until"),
        "deferred_reason": _("why put off"),
        "alert_id": _("matter"),
        "step_id": _("step"),
        "step": _("step"),
        "telling_id": _("telling"),
        "notice_id": _("message"),
        "attempt_id": _("try"),
        "occurrence": _("occurrence"),
        "role": _("role"),
        "state": _("stands as"),
        "reason": _("reason"),
        "became": _("became"),
        "made_at": _("made at"),
        "due_at": _("due at"),
        "channel": _("channel"),
        "started_at": _("begun at"),
        "ended_at": _("ended at"),
        "body": _("message as handed over"),
        "answered_at": _("answered at"),
        "raised_at": _("raised at"),
        "raised_by": _("raised by"),
        "expires_at": _("expires at"),
    }


def _of_people() -> dict[str, str]:
    return {
        "handle": _("handle"),
        "email": _("e-mail"),
        "wecom": _("WeCom"),
        "language": _("language"),
        "prefers": _("wants to be told on"),
        "person_id": _("person"),
        "deputy_id": _("deputy"),
        "via": _("passed on by"),
        "held_from": _("held from"),
        "held_to": _("held to"),
        "post_id": _("post"),
        "subject": _("about"),
        "until_on": _("until"),
        "made_by": _("made by"),
        "scope": _("scope"),
        "target": _("lies over"),
        "opened": _("opened"),
    }
