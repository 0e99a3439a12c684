"""The process that reads a configuration for another one (`service.readers`).

It runs as `python -m service.reading_child` and is asked on standard input by a pickled value of
ours. It answers on standard output: a line with its version, then, pickled, what was read or its
mistakes in the language asked for.
"""

import pickle
import sys
from typing import TYPE_CHECKING

from config.errors import ConfigurationErrors
from config.language import set_language
from config.loader import read
from service.version import __version__

if TYPE_CHECKING:
    from config.loaded import Loaded
    from service.readers import Asked


def main() -> None:
    """Read what is asked for, and answer."""
    asked: Asked = pickle.load(sys.stdin.buffer)  # noqa: S301  # of the process that began this one
    set_language(asked.language)
    answer: Loaded | ConfigurationErrors
    try:
        answer = read(asked.path, asked.variables)
    except ConfigurationErrors as error:
        answer = error
    sys.stdout.buffer.write(f"{__version__}\n".encode())
    pickle.dump(answer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
