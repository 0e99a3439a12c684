"""What a configuration is once it was read; what reading needs is in `config.loader`."""

from pathlib import Path

from config.errors import Problem
from config.lean import dataclass
from config.model import Configuration


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration without mistakes, what is odd about it, and every file it came from."""

    configuration: Configuration
    warnings: tuple[Problem, ...]
    files: tuple[Path, ...]
