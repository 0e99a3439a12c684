"""Templates: loaded and reviewed once, then a view in, subject, text and HTML out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from itertools import islice
from pathlib import Path

from jinja2 import Template, TemplateError
from markupsafe import escape

from alerts.compiling import Whole, compile_page, environment_of
from alerts.errors import OutputTooLong, Refusal, TemplatesRefused
from alerts.reviewing import Reviewer
from alerts.template_limits import parse_templates, read_templates
from alerts.views import KINDS, PIECES, DueView, ListView, ShortView, View
from channels.protocol import Form
from config.language import LANGUAGES, catalogue
from config.lean import dataclass

_ = catalogue("alerts")

PARTS: Mapping[Form, tuple[str, ...]] = {
    Form.MAIL: ("subject.txt", "text.txt", "message.html"),
    Form.CHAT: ("subject.txt", "chat.txt"),
    Form.SMS: ("sms.txt",),
}
"""The templates that each form of a message is made of."""

LONGEST = 200_000
"""Characters of one rendered part; a real message has a hundredth of it."""

MOST_STEPS = 500_000
"""Pieces of one part and turns of its loops, those that write nothing too; far more than any needs."""

_PIECES = 500
"""How many pieces of a page are taken before its length is looked at."""

SHIPPED_TEMPLATES = Path(__file__).resolve().parent / "templates"
"""The folder of the shipped templates: what `init` shows, and what a site's own replace."""

_LONGEST_SUBJECT = 120
_BODY = re.compile(r"<body[^>]*>")


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says. `html` is empty in all forms but mail."""

    subject: str
    text: str
    html: str = ""


def begun_with(words: Words, lines: Iterable[str]) -> Words:
    """Answer a message that begins with these lines, each once, before any greeting."""
    first = list(dict.fromkeys(line for line in lines if line))
    if not first:
        return words
    text = "\n".join([*first, words.text])
    shown = "".join(f'<p style="margin:0"><b>{escape(line)}</b></p>' for line in first)
    html = _BODY.sub(lambda body: body[0] + shown, words.html, count=1)
    return Words(words.subject, text, html)


class Templates:
    """All templates of a site. Loading refuses whatever shows more than its view.

    Each is compiled when it is first used: all of them take a second, most processes need a few.
    """

    def __init__(self, whole: Whole) -> None:
        self._whole = whole
        self._compiled: dict[str, Template] = {}

    @classmethod
    def load(
        cls, folder: Path | None = None, *, labelling_words: Sequence[str] = ()
    ) -> "Templates":
        """Read the shipped templates, those in `folder` taking the place of their namesakes.

        Raises:
            TemplatesRefused: with everything that is wrong, each with template, line and field.
        """
        if folder is None:
            return _shipped(tuple(labelling_words))
        templates = cls.reviewed(folder, labelling_words)
        pages, own = set(_pages()), read_templates(folder, []).keys()
        for name in pages if own - pages else own:  # a part of its own may stand on any page
            templates.page(name)  # what cannot be compiled shows now, not when it is to be sent
        return templates

    @classmethod
    def reviewed(cls, folder: Path | None, labelling_words: Sequence[str]) -> "Templates":
        """Read templates as `load` does, and leave compiling for later."""
        refusals = list[Refusal]()
        sources = read_templates(SHIPPED_TEMPLATES, refusals)
        if folder is not None:
            own = read_templates(folder, refusals)
            refusals += [_stray(name) for name in sorted(own.keys() - sources.keys())]
            sources |= {name: text for name, text in own.items() if name in sources}
        environment = environment_of(is_ours=folder is None)
        parsed = parse_templates(environment, sources, refusals)
        for name in _pages():
            if name in parsed:
                reviewer = Reviewer(name, parsed, tuple(labelling_words))
                refusals += reviewer.review(_shown_in(name))
        if refusals:
            raise TemplatesRefused(sorted(set(refusals)))
        return cls(Whole(environment, sources, counts_turns=folder is not None))

    def page(self, name: str) -> Template:
        """Answer a page compiled with all its parts."""
        if name not in self._compiled:
            self._compiled[name] = compile_page(self._whole, name)
        return self._compiled[name]

    def render(self, kind: str, language: str, view: View, form: Form = Form.MAIL) -> Words:
        """Put a view into words, as mail or chat.

        Raises:
            OutputTooLong: a template that repeats itself without end.
            TemplateError: anything else a template does wrong while it runs.
        """
        shown = _shown(view)
        subject, text, *html = (
            self._render(f"{language}/{kind}/{part}", shown) for part in PARTS[form]
        )
        return Words(" ".join(subject.split())[:_LONGEST_SUBJECT], _tidy(text), "".join(html))

    def sms(self, kind: str, language: str, view: ShortView) -> str:
        """Put a view into one line; raises as `render` does."""
        return _one_line(self._render(f"{language}/{kind}/sms.txt", _shown(view)))

    def piece(self, name: str, language: str, view: ListView | DueView) -> str:
        """Put a part of an SMS into words; raises as `render` does."""
        return _one_line(self._render(f"{language}/{name}", _shown(view)))

    def _render(self, name: str, shown: dict[str, object]) -> str:
        page = self.page(name)
        pieces = page.root_render_func(page.new_context(shown))
        text, left = "", MOST_STEPS
        while more := list(islice(pieces, _PIECES)):
            text, left = text + "".join(more), left - len(more)
            if len(text) > LONGEST or left < 0:
                raise OutputTooLong(name)
        return text


@cache
def _shipped(labelling_words: tuple[str, ...]) -> Templates:
    """Answer the shipped templates, reviewed once in a process."""
    return Templates.reviewed(None, labelling_words)


RENDER_ERRORS = (OutputTooLong, TemplateError)
"""What `Templates.render` may raise."""


def _pages() -> list[str]:
    parts = sorted({part for of_form in PARTS.values() for part in of_form})
    names = [*PIECES, *(f"{kind}/{part}" for kind in KINDS for part in parts)]
    return [f"{language}/{name}" for language in LANGUAGES for name in names]


def _shown_in(name: str) -> type:
    """Answer the view whose fields a template may show."""
    _language, *kind, part = name.split("/")
    if part in PIECES:
        return PIECES[part]
    return ShortView if part in PARTS[Form.SMS] else KINDS[kind[0]]


def _shown(view: View | ShortView | ListView | DueView) -> dict[str, object]:
    return {field.name: getattr(view, field.name) for field in fields(view)}


def _one_line(text: str) -> str:
    """Put lines together as they stand: a space between them is the template's to write."""
    return " ".join("".join(text.splitlines()).split())


def _stray(name: str) -> Refusal:
    sentence = _("no notice uses a template of this name; compare it with the shipped ones")
    return Refusal(name, 1, name, sentence)


def _tidy(text: str) -> str:
    """End each line where its words end, and leave one empty line where templates leave many."""
    kept: list[str] = []
    for line in (line.rstrip() for line in text.strip().splitlines()):
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept) + "\n"
