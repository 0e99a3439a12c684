"""`template preview [KIND]`: every notice as each channel would send it, made of sample data."""

import click

from alerts.previews import Preview, previews
from alerts.views import KINDS
from channels.protocol import Form
from config.language import catalogue, current_language
from config.lean import dataclass
from config.loader import read
from service.commandline import Commands, Listed, argument, make, option
from service.commands.check import load_templates
from service.commands.sites import config_file, settings_for
from service.errors import CommandWrong
from service.terminal import Terminal

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which notices; None: all of them."""

    kind: str | None
    channel: str | None


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _("show messages as they would arrive")
    return Commands("template", {"preview": Listed(about, _preview)}, about=about)


def _preview() -> click.Command:
    return make(
        Wish,
        _do,
        name="preview",
        about=_(
            "Shows every kind of notice as each channel would send it, made of sample data: a director "
            "with twelve children. SMS are shown with their signature and how many parts they are. "
            "Nothing is sent, and no ledger is looked at. `--lang` chooses the language."
        ),
        params=[
            argument(
                "kind",
                about=_("director, supervisor, summary, group or operator; all if left out"),
                kind=click.Choice(sorted(KINDS)),
                required=False,
            ),
            option("--channel", about=_("only this channel")),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    file = config_file(terminal, settings_for(terminal))
    loaded = read(file, terminal.environment)
    configuration = loaded.configuration
    if wish.channel is not None and wish.channel not in configuration.channels:
        raise CommandWrong(_("there is no channel %(name)s") % {"name": wish.channel})
    languages = (current_language(),)
    made = [
        one
        for one in previews(configuration, load_templates(loaded, file), languages=languages)
        if wish.kind in (None, one.kind) and wish.channel in (None, one.channel)
    ]
    for one in made:
        terminal.say(_heading(one))
        terminal.say("\n".join(part for part in (one.subject, one.text.rstrip()) if part) + "\n")
    terminal.answer([_json(one) for one in made])
    return 0


def _heading(one: Preview) -> str:
    kind = _("%(kind)s, urgent") % {"kind": one.kind} if one.urgent else one.kind
    if one.form is not Form.SMS:
        return f"── {one.channel} · {kind} · {one.template}"
    size = _("characters: %(length)s, parts: %(parts)s") % {
        "length": len(one.text),
        "parts": one.parts,
    }
    return f"── {one.channel} · {kind} · {one.template} · {size}"


def _json(one: Preview) -> dict[str, object]:
    return {
        "channel": one.channel,
        "kind": one.kind,
        "urgent": one.urgent,
        "language": one.language,
        "form": one.form.value,
        "template": one.template,
        "subject": one.subject,
        "text": one.text,
        "parts": one.parts,
    }
