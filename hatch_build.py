"""Compiles the gettext catalogues (.po) next to their sources, so that wheels and checkouts have them."""

from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(root: Path) -> list[Path]:
    """Put an up-to-date .mo beside every .po of the packages; answer those that were written.

    A file is replaced whole, because a running program may be reading it.
    """
    written = []
    for source in sorted(root.glob("*/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        compiled = _compile(source)
        if not target.exists() or target.read_bytes() != compiled:
            unfinished = target.with_suffix(".mo.part")
            unfinished.write_bytes(compiled)
            unfinished.replace(target)
            written.append(target)
    return written


def _compile(source: Path) -> bytes:
    with source.open("rb") as stream:
        catalogue = read_po(stream, locale=source.parts[-3], abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


class CatalogueBuildHook(BuildHookInterface[Any]):
    """Runs before a wheel or an editable install is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_catalogues(Path(self.root))
