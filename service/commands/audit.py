"""`audit`: look whether the engine has missed anything; an empty answer is the only good one."""

from collections import Counter
from dataclasses import dataclass

import click

from config.language import catalogue
from service.commandline import make
from service.commands.sites import opened
from service.duties import audit_all
from service.terminal import Terminal
from service.wakeup import announce

_ = catalogue("service")

_DONE, _FOUND = 0, 1
_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """Nothing can be asked of it."""


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _(
        "Does one pass, then works everything out anew from records and rules and compares. "
        "Ends with 1 if anything differs."
    )
    return make(Wish, _do, name="audit", about=about)


def _do(_wish: Wish, terminal: Terminal) -> int:
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
