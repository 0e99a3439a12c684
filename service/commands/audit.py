"""`audit`: look whether the engine has missed anything; and the chain of what people did."""

from collections import Counter

import click

from config.language import catalogue
from service.commandline import Commands, Listed
from service.commands import audit_chain
from service.commands.sites import opened
from service.duties import audit_all
from service.terminal import Terminal
from service.wakeup import announce

_ = catalogue("service")

_DONE, _FOUND = 0, 1
_MOST_SHOWN = 50


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _(
        "Does one pass, then works everything out anew from records and rules and compares. "
        "Ends with 1 if anything differs."
    )
    listed = {
        "verify": Listed(_("look whether the audit chain is whole"), audit_chain.verify_command),
        "list": Listed(_("who looked, took out and changed"), audit_chain.list_command),
        "report": Listed(_("the yearly audit report as a workbook"), audit_chain.report_command),
    }
    return Commands("audit", listed, about=about, bare=_do)


def _do(terminal: Terminal) -> int:
    with opened(terminal) as site:
        findings = audit_all(site, site.clock())
        announce(site.database)
    if not findings:
        terminal.say(_("Nothing was missed."))
    counts = Counter(finding.fault.value for finding in findings)
    terminal.table([_("fault"), _("how many")], sorted(counts.items()))
    terminal.table(
        [_("fault"), _("id"), _("rule")],
        [(one.fault.value, one.subject, one.rule) for one in findings[:_MOST_SHOWN]],
    )
    terminal.answer(
        [{"fault": one.fault.value, "subject": one.subject, "rule": one.rule} for one in findings]
    )
    return _FOUND if findings else _DONE
