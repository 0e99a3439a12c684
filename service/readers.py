"""Reads the configuration: in this process, or in one of its own that is gone afterwards."""

import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog

from config.errors import ConfigurationErrors
from config.language import current_language
from config.lean import dataclass
from config.loaded import Loaded
from service.errors import UpgradedMeanwhile
from service.version import __version__

_LONGEST = 20
"""Letters of a version that are shown."""

_log = structlog.get_logger(__name__)

Reader = Callable[[Path, Mapping[str, str]], Loaded]
"""Reads a file, with what `${NAME}` in it stands for; raises `ConfigurationErrors`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the process that reads is asked."""

    path: Path
    variables: Mapping[str, str]
    language: str


def read_here(path: Path, variables: Mapping[str, str]) -> Loaded:
    """Read a configuration in this process.

    Raises:
        ConfigurationErrors: with every mistake.
    """
    from config.loader import read  # with YAML and all checks; who reads apart never needs them

    return read(path, variables)


def read_apart(path: Path, variables: Mapping[str, str], *, python: str = sys.executable) -> Loaded:
    """Read a configuration in a process of its own: what reading takes is given back whole.

    The variables go through a pipe, never over a command line. Where no process can be had, or it
    is ended, this one reads: saving memory is no reason not to begin.

    Raises:
        ConfigurationErrors: with every mistake.
        UpgradedMeanwhile: the version on disk is another one by now.
    """
    asked = Asked(path, dict(variables), current_language())
    command = [python, "-P", "-m", "service.reading_child"]
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and module
            command,
            input=pickle.dumps(asked),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        _log.warning("configuration.read_here", reason=type(error).__name__)
        return read_here(path, variables)
    version, _line, answered = done.stdout.partition(b"\n")
    if version != __version__.encode():
        raise UpgradedMeanwhile(__version__, version.decode(errors="replace")[:_LONGEST])
    answer: Loaded | ConfigurationErrors = pickle.loads(answered)  # noqa: S301  # our own
    if isinstance(answer, ConfigurationErrors):
        raise answer
    return answer
