"""What an import did, told to people: counts, rows that were set apart, what is missing."""

from collections import Counter
from collections.abc import Mapping, Sequence

from alerts.plan import Plan
from alerts.wording import role_text
from config.language import catalogue
from ledgers.imports import Count, ImportReport
from ledgers.problems import problem_sentence
from ledgers.rows import Problem, Severity
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")

_MOST_SHOWN = 20


def tell_report(report: ImportReport, terminal: Terminal) -> None:
    """Tell everything about one file that fits a screen; `--json` tells the rest."""
    terminal.say(report.file)
    if report.changed_nothing:
        terminal.say("  " + _unchanged(report))
    names = _names()
    rows = [(names[count], number) for count in Count if (number := report.counts.get(count, 0))]
    terminal.table([_("what"), _("how many")], rows)
    for sheet in report.skipped:
        terminal.say(_("The sheet “%(sheet)s” holds nothing to import.") % {"sheet": sheet})
    refused = [p for p in report.problems if p.severity is Severity.REFUSED]
    warnings = [p for p in report.problems if p.severity is Severity.WARNING]
    _tell_problems(_("Set apart, to be mended:"), refused, terminal)
    _tell_problems(_("Taken, but please look:"), warnings, terminal)
    _tell_missing(report, terminal)
    _tell_alarms(report, terminal)
    if report.dry_run:
        terminal.say(_("This was a trial: nothing was written."))
    elif refused and not report.needs_answer:
        terminal.say(
            _("`shouwang export quarantine FILE.xlsx` writes the rows set apart as a workbook.")
        )


def _unchanged(report: ImportReport) -> str:
    if not report.counts.get(Count.READ):
        return _(
            "no row was read: nothing stands below the column titles (a sample line does not count)"
        )
    if report.counts.get(Count.QUARANTINED):
        return _("nothing has changed")
    return _("nothing has changed: all of it is in the ledger already")


def _names() -> Mapping[Count, str]:
    return {
        Count.READ: _("rows read"),
        Count.NEW: _("new children"),
        Count.CHANGED: _("changed children"),
        Count.UNCHANGED: _("unchanged children"),
        Count.MERGED: _("rows about the same entry"),
        Count.QUARANTINED: _("rows set apart"),
        Count.WARNINGS: _("warnings"),
        Count.MISSING: _("entries that are not in the file"),
        Count.INSTITUTIONS: _("new institutions"),
        Count.INSTITUTIONS_CHANGED: _("changed institutions"),
        Count.INSTITUTIONS_UNCHANGED: _("unchanged institutions"),
        Count.PERSONS: _("new people"),
        Count.PERSONS_CHANGED: _("changed people"),
        Count.POSTS: _("posts taken or given up"),
        Count.REGIONS: _("new divisions"),
        Count.REGIONS_CHANGED: _("changed divisions"),
        Count.RECORDS: _("records"),
        Count.RECORDS_KNOWN: _("records known already"),
    }


def tell_objections(problems: Sequence[Problem], terminal: Terminal) -> None:
    """Tell what could not be compared, and what is odd about what could."""
    refused = [p for p in problems if p.severity is Severity.REFUSED]
    warnings = [p for p in problems if p.severity is Severity.WARNING]
    _tell_problems(_("Could not be compared:"), refused, terminal)
    _tell_problems(_("Compared, but please look:"), warnings, terminal)


def _tell_problems(title: str, problems: Sequence[Problem], terminal: Terminal) -> None:
    if not problems:
        return
    terminal.say(title)
    for problem in problems[:_MOST_SHOWN]:
        place = problem.place
        parts = [place.sheet, _("row %(row)s") % {"row": place.row}, place.column or ""]
        terminal.say(f"  {' · '.join(filter(None, parts))}: {problem_sentence(problem)}")
    _tell_more(len(problems), terminal)


def _tell_missing(report: ImportReport, terminal: Terminal) -> None:
    if report.missing:
        numbers = ", ".join(report.missing[:_MOST_SHOWN])
        terminal.say(
            _("In the ledger but not in the file, and left as they are: %(numbers)s")
            % {"numbers": numbers}
        )
        _tell_more(len(report.missing), terminal)


def _tell_alarms(report: ImportReport, terminal: Terminal) -> None:
    for alarm in report.alarms:
        terminal.warn(
            _(
                "Sheet “%(sheet)s”: %(changing)s of %(rows)s rows would change name, birth date or "
                "ID number. Perhaps a column has moved."
            )
            % {"sheet": alarm.sheet, "changing": alarm.changing, "rows": alarm.rows}
        )
    if report.needs_answer and not report.dry_run:
        terminal.warn(
            _("Nothing was written. If this is meant, run the import again with --force.")
        )


def _tell_more(count: int, terminal: Terminal) -> None:
    if count > _MOST_SHOWN:
        terminal.say("  " + _("and %(more)s more") % {"more": count - _MOST_SHOWN})


def tell_consents(missing: int, terminal: Terminal) -> None:
    """Tell how many children lack the consent that their age asks for; it stops nothing."""
    if missing:
        terminal.say(
            _("Children in the ledger without the consent that their age asks for: %(count)s")
            % {"count": missing}
        )


def tell_consequences(caused: Plan, site: Site, terminal: Terminal) -> None:
    """Tell people what an import will cause."""
    terminal.say(
        _("Up to %(day)s this causes messages: %(messages)s, to people: %(people)s.")
        % {"day": caused.last, "messages": caused.messages, "people": caused.people}
    )
    roles = site.configuration.roles
    for role, count in _people_by_role(caused).items():
        title = role_text(roles, role)
        terminal.say("  " + _("%(role)s: people: %(count)s") % {"role": title, "count": count})
    if caused.unreachable:
        terminal.say(
            _("Nobody can be told of matters: %(count)s; see `shouwang check`.")
            % {"count": caused.unreachable}
        )


def consequences_json(caused: Plan) -> dict[str, object]:
    """Answer it for a machine."""
    return {
        "to": caused.last,
        "messages": caused.messages,
        "people": caused.people,
        "people_by_role": _people_by_role(caused),
        "unreachable": caused.unreachable,
    }


def _people_by_role(caused: Plan) -> dict[str, int]:
    return dict(Counter(role for role, _person in {(one.role, one.person) for one in caused.rows}))
