"""Every notice as each channel would send it, made of sample data: to be seen, and to be checked."""

from collections.abc import Iterator
from dataclasses import replace

from alerts.errors import Refusal
from alerts.gist import gist_of
from alerts.render import PARTS, RENDER_ERRORS, Templates
from alerts.samples import samples, urgent
from alerts.short import ShortWriter
from alerts.views import View
from alerts.voices import Voice, voice_of, voices_of
from channels.protocol import Form
from config.checks_sms import kinds_sent
from config.labels import labels_in
from config.language import LANGUAGES, catalogue
from config.lean import dataclass
from config.model import Configuration
from config.sms_rules import refusals

_ = catalogue("alerts")

GROUP_KIND = "group"


@dataclass(frozen=True, slots=True)
class Preview:
    """One notice on one channel, with the signature before an SMS; `bare` is without.

    `parts` is 0 where it is no SMS; `template` names what wrote it. `key` and `variables` are of the
    approved text, where it is one.
    """

    channel: str
    kind: str
    language: str
    urgent: bool
    form: Form
    template: str
    subject: str
    text: str
    bare: str
    parts: int = 0
    key: str = ""
    variables: tuple[tuple[str, str], ...] = ()


def previews(
    configuration: Configuration, templates: Templates, *, languages: tuple[str, ...] = LANGUAGES
) -> Iterator[Preview]:
    """Write every kind of notice that routes bring to each channel, also as an urgent one.

    Raises:
        OutputTooLong, TemplateError: a template that fails with sample data.
    """
    made = samples(_says(configuration), configuration.site.name)
    voices = voices_of(configuration)
    for channel in configuration.channels:
        for kind in _kinds(configuration, channel, voices[channel]):
            for language in languages:
                for view in (made[kind], urgent(made[kind])):
                    yield _written(templates, voices[channel], (channel, kind, language), view=view)


def faults(configuration: Configuration, templates: Templates) -> list[Refusal]:
    """Answer what is wrong with what would be sent, each with the template that wrote it."""
    found: dict[Refusal, None] = {}
    try:
        for preview in previews(configuration, templates):
            for what, sentence in _faults(configuration, preview):
                found[Refusal(preview.template, 1, what, sentence)] = None
    except RENDER_ERRORS as error:
        found[Refusal(getattr(error, "name", None) or "", 1, "sample", str(error))] = None
    return list(found)


def _faults(configuration: Configuration, preview: Preview) -> Iterator[tuple[str, str]]:
    settings = configuration.channels[preview.channel]
    writing = voice_of(settings, configuration.site.region).writing
    if not preview.bare.strip():
        yield preview.channel, _("it says nothing with sample data")
    for word in labels_in(preview.subject + preview.text, configuration.labelling_words):
        yield word, _("“%(what)s” labels children and may not be said") % {"what": word}
    if preview.form is not Form.SMS:
        return
    if preview.text.endswith("…"):
        yield (
            preview.channel,
            _("it does not fit %(parts)s SMS of %(channel)s, even without a list")
            % {"parts": writing.parts, "channel": preview.channel},
        )
    for sentence in refusals(preview.bare, writing.rules, links=writing.links):
        yield preview.channel, sentence


def _written(
    templates: Templates, voice: Voice, named: tuple[str, str, str], *, view: View
) -> Preview:
    channel, kind, language = named
    is_urgent = getattr(view, "urgent", False)
    template = f"{language}/{kind}/{PARTS[voice.form][-1]}"
    blank = Preview(channel, kind, language, is_urgent, voice.form, template, "", "", "")
    if voice.form is not Form.SMS:
        words = templates.render(kind, language, view, voice.form)
        return replace(blank, subject=words.subject, text=words.text, bare=words.text)
    writer = ShortWriter(templates, language, voice.room)
    approved = voice.writing.approved(kind, urgent=is_urgent)
    if approved is None:
        short = writer.write(kind, gist_of(view))
    else:
        short = writer.fill(approved[1], gist_of(view))
        blank = replace(
            blank, key=approved[0], template=f"channels.{channel}.templates.{approved[0]}"
        )
    return replace(
        blank,
        text=voice.room.shape.whole(short.text),
        bare=short.text,
        parts=voice.room.shape.parts(short.text),
        variables=short.variables,
    )


def _kinds(configuration: Configuration, channel: str, voice: Voice) -> tuple[str, ...]:
    return kinds_sent(configuration, channel) if voice.group is None else (GROUP_KIND,)


def _says(configuration: Configuration) -> tuple[str, ...]:
    """Answer the words of the rules, the longest first: they need most room."""
    words = {rule.say for rule in configuration.rules.values()}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))
