"""Reads a configuration's files: includes, encodings, and one tree laid over the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from config.errors import ConfigurationErrors, Place, Problem
from config.language import catalogue
from config.settings import DEFAULT_NAMES
from config.suggest import likely
from config.syntax import punctuation_problems
from config.tree import MAX_BYTES, Node, merged, parse

_ = catalogue("config")

MAX_FILES = 30
INCLUDE = "include"


@dataclass
class Reading:
    """The files read so far, in order, and what was wrong with them."""

    folder: Path
    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def read(self, path: Path, *, within: tuple[Path, ...], wanted_at: Place) -> Node | None:
        """Read a file and what it includes; the including file overrides the included.

        None if there is nothing to go on with: then a problem says why.
        """
        if path in within:
            names = " → ".join(self.name(one) for one in (*within, path))
            self._refuse(
                wanted_at, _("these files include each other: %(names)s") % {"names": names}
            )
            return None
        if len(self.files) >= MAX_FILES:
            self._refuse(wanted_at, _("more than %(limit)s files") % {"limit": MAX_FILES})
            return None
        text = self._text(path, wanted_at)
        if text is None:
            return None
        self.files.append(path)
        try:
            root = parse(text, self.name(path))
        except ConfigurationErrors as error:
            self.problems += error.problems
            return None
        if root is not None and not isinstance(root.value, dict):
            self.problems += _no_mapping(root, text)
            return None
        return self._with_includes(root, path, within)

    def name(self, path: Path) -> str:
        """Answer a file's name as errors show it: relative to the folder of the first."""
        return (
            path.relative_to(self.folder).as_posix()
            if path.is_relative_to(self.folder)
            else path.name
        )

    def _with_includes(
        self, root: Node | None, path: Path, within: tuple[Path, ...]
    ) -> Node | None:
        if root is None or not isinstance(root.value, dict) or INCLUDE not in root.keys:
            return root
        items = dict(root.value)
        include = items.pop(INCLUDE, None)
        if include is None:
            return replace(root, value=items)
        base: Node | None = None
        for node in include.value if isinstance(include.value, list) else [include]:
            below = self._include(node, path, within)
            if below is not None:
                base = below if base is None else merged(base, below)
        own = replace(root, value=items)
        return own if base is None else merged(base, own)

    def _include(self, node: Node, path: Path, within: tuple[Path, ...]) -> Node | None:
        if not isinstance(node.value, str) or not node.value:
            self._refuse(node.place, _("include names a file, or a list of files"))
            return None
        target = (path.parent / node.value).resolve()
        if not target.is_relative_to(self.folder):
            sentence = _("the file %(name)s lies outside this configuration's folder")
            self._refuse(node.place, sentence % {"name": node.value})
            return None
        return self.read(target, within=(*within, path), wanted_at=node.place)

    def _text(self, path: Path, wanted_at: Place) -> str | None:
        try:
            with path.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except FileNotFoundError:
            sentence = _("there is no file %(name)s.") % {"name": self.name(path)}
            near = likely(path.stem, _beside(path))
            if path.name == DEFAULT_NAMES[0] and not near:
                near = _(" Go to the folder that holds it, or begin one with `shouwang init`.")
            self._refuse(wanted_at, sentence + near)
            return None
        except OSError as error:
            sentence = _("the file %(name)s cannot be read: %(reason)s")
            self._refuse(wanted_at, sentence % {"name": self.name(path), "reason": error.strerror})
            return None
        if len(data) > MAX_BYTES:
            sentence = _("the file is larger than %(limit)s bytes") % {"limit": MAX_BYTES}
            self._refuse(Place(self.name(path), 1, 1), sentence)
            return None
        return self._decoded(data, path)

    def _decoded(self, data: bytes, path: Path) -> str | None:
        wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        try:
            return data.decode("utf-16" if wide else "utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            column = error.start - data.rfind(b"\n", 0, error.start)
            sentence = _("the file is not in UTF-8; save it again with the encoding UTF-8")
            self._refuse(Place(self.name(path), line, column), sentence)
            return None

    def _refuse(self, place: Place, sentence: str) -> None:
        self.problems.append(Problem(place, "", sentence))


def read_files(paths: Sequence[Path]) -> tuple[Node | None, Reading]:
    """Read files one over the other, each with its includes."""
    absolute = [path.resolve() for path in paths]
    reading = Reading(absolute[0].parent)
    root: Node | None = None
    for path in absolute:
        one = reading.read(path, within=(), wanted_at=Place(reading.name(path), 1, 1))
        if one is not None:
            root = one if root is None else merged(root, one)
    return root, reading


def _no_mapping(root: Node, text: str) -> list[Problem]:
    """Explain a file that is one long text: nearly always full-width colons."""
    found = punctuation_problems(text, root.place.file) if root.plain else []
    return found or [Problem(root.place, "", _("expected keys with values, such as “version: 1”"))]


def _beside(path: Path) -> list[str]:
    folder = path.parent
    if not folder.is_dir():
        return []
    return sorted(one.stem for one in folder.iterdir() if one.suffix in {".yaml", ".yml"})
