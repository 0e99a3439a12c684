"""`check`: the configuration, its templates, and whether everybody can be reached."""

import json
import secrets
from collections.abc import Sequence
from pathlib import Path

import click

from alerts.errors import Refusal, TemplatesRefused
from alerts.previews import faults
from alerts.render import Templates
from config.errors import ConfigurationErrors, Problem
from config.fix import fix_punctuation
from config.language import catalogue
from config.lean import dataclass
from config.loaded import Loaded
from config.loader import read
from config.schema import json_schema
from config.settings import Settings
from service.commandline import argument, flag, make
from service.commands.reach import unreached
from service.commands.sites import config_file, settings_for
from service.errors import CommandWrong
from service.inputs import FilePath
from service.migrations import is_current
from service.outgoing import build_channels
from service.terminal import Terminal
from service.wiring import open_database, open_site

_ = catalogue("service")

_WRONG = 2
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What is checked, and whether something else is wanted than a check."""

    file: Path | None
    schema: bool
    fix_punctuation: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything found. `remarks` are about the ledger: who cannot be told."""

    file: Path
    problems: Sequence[Problem] = ()
    refusals: Sequence[Refusal] = ()
    warnings: Sequence[Problem] = ()
    remarks: Sequence[str] = ()

    @property
    def is_valid(self) -> bool:
        """Whether the configuration can be used."""
        return not self.problems and not self.refusals

    def as_json(self) -> dict[str, object]:
        """Answer it for a machine."""
        return {
            "file": str(self.file),
            "valid": self.is_valid,
            "problems": [_problem_json(problem) for problem in self.problems],
            "templates": [
                {
                    "template": one.template,
                    "line": one.line,
                    "what": one.what,
                    "sentence": one.sentence,
                }
                for one in self.refusals
            ],
            "warnings": [_problem_json(problem) for problem in self.warnings],
            "remarks": list(self.remarks),
        }


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="check",
        about=_(
            "Checks the configuration, its templates, and whether everybody who is to be told can "
            "be reached. Every mistake is shown at once, with file, line and column."
        ),
        params=[
            argument(
                "file",
                about=_("the configuration; the usual one if left out"),
                kind=FilePath(),
                required=False,
            ),
            flag("--schema", about=_("print the JSON Schema of a configuration, for editors")),
            flag("--fix-punctuation", about=_("first replace full-width punctuation in the file")),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    if wish.schema:
        print(json.dumps(json_schema(), ensure_ascii=False, indent=2), file=terminal.out)
        return 0
    settings = settings_for(terminal)
    file = config_file(terminal, settings, wish.file)
    if wish.fix_punctuation:
        _fix(file, terminal)
    found = _findings(file, settings, terminal)
    _tell(found, terminal)
    terminal.answer(found.as_json())
    return 0 if found.is_valid else _WRONG


def _findings(file: Path, settings: Settings, terminal: Terminal) -> Findings:
    try:
        loaded = read(file, terminal.environment)
        templates = load_templates(loaded, file)
    except ConfigurationErrors as error:
        return Findings(file, problems=error.problems)
    except TemplatesRefused as error:
        return Findings(file, refusals=error.refusals, warnings=loaded.warnings)
    if wrong := faults(loaded.configuration, templates):
        return Findings(file, refusals=wrong, warnings=loaded.warnings)
    chosen = settings.model_copy(update={"config": file})
    return Findings(file, warnings=loaded.warnings, remarks=_remarks(chosen, terminal))


def load_templates(loaded: Loaded, file: Path) -> Templates:
    """Load a configuration's templates.

    Raises:
        TemplatesRefused: a template shows more than it may.
    """
    own = loaded.configuration.templates
    folder = None if own is None else file.resolve().parent / own
    return Templates.load(folder, labelling_words=loaded.configuration.labelling_words)


def _remarks(settings: Settings, terminal: Terminal) -> list[str]:
    """Look at the ledger, if there is one already: a first check comes before any."""
    database = open_database(settings, config_file(terminal, settings))
    try:
        path = database.engine.url.database
        if database.is_sqlite and not (path and Path(path).is_file()):
            return [
                _("there is no database yet; `shouwang init` or `shouwang db upgrade` makes it")
            ]
        if not is_current(database):
            return [_("the database is not of this version; run `shouwang db upgrade`")]
    finally:
        database.close()
    clock, variables = terminal.clock, terminal.environment
    with open_site(settings, clock=clock, environment=variables, holds=False) as site:
        build_channels(site)
        return unreached(site, site.clock())


def _fix(file: Path, terminal: Terminal) -> None:
    """Mend the file in place: the new text is whole on disk before it takes the old one's place."""
    data = file.read_bytes()[: _MOST_BYTES + 1]
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        sentence = _("%(file)s is not in UTF-8; save it again with the encoding UTF-8")
        raise CommandWrong(sentence % {"file": file.name}) from error
    if len(data) > _MOST_BYTES:
        raise CommandWrong(_("%(file)s is too large to be a configuration") % {"file": file.name})
    fixed = fix_punctuation(text)
    if fixed == text:
        terminal.say(_("No full-width punctuation had to be replaced."))
        return
    has_mark = data.startswith(b"\xef\xbb\xbf")
    encoded = fixed.encode("utf-8" if encoding == "utf-8-sig" and not has_mark else encoding)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    draft.write_bytes(encoded)
    draft.chmod(file.stat().st_mode & 0o777)
    draft.replace(file)
    terminal.say(_("Full-width punctuation was replaced in %(file)s.") % {"file": file})


def _tell(found: Findings, terminal: Terminal) -> None:
    if found.problems:
        terminal.say(str(ConfigurationErrors(found.problems)))
        return
    for refusal in found.refusals:
        terminal.say(str(refusal))
    for warning in found.warnings:
        terminal.say(_("Warning: %(sentence)s") % {"sentence": warning})
    for remark in found.remarks:
        terminal.say(_("Please note: %(sentence)s") % {"sentence": remark})
    if found.is_valid:
        terminal.say(_("%(file)s is in order.") % {"file": found.file})


def _problem_json(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "key": problem.key,
        "sentence": problem.sentence,
    }
