"""The shipped rule sets, each as `init` would write it, for tests."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from config.loaded import Loaded
from config.loader import read
from config.shipped import SETTINGS_FILE, example_files


def write_set(name: str, folder: Path, more: str = "") -> Path:
    """Write the files of a rule set; `more` is laid over them. Answer the file to load."""
    for file, text in example_files(name).items():
        (folder / file).write_text(text, "utf-8")
    if not more:
        return folder / SETTINGS_FILE
    over = folder / "改动.yaml"
    over.write_text(f"include: {SETTINGS_FILE}\n{more}", "utf-8")
    return over


def loaded_set(name: str, more: str = "") -> Loaded:
    """Load a rule set, with `more` laid over it."""
    with TemporaryDirectory() as folder:
        return read(write_set(name, Path(folder), more), {})


@cache
def shipped_set(name: str) -> Loaded:
    """Load a rule set as it is shipped."""
    return loaded_set(name)
