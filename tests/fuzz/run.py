"""`python -m tests.fuzz.run TARGET [libFuzzer's options]`: bytes that find new ways, with atheris.

atheris is no dependency of ours: install it beside (`pip install atheris`), where it has a wheel.
"""

import sys
from importlib import import_module
from typing import Any


def main() -> None:
    """Throw bytes at one target until it breaks or time is up."""
    try:
        atheris: Any = import_module("atheris")
    except ModuleNotFoundError:
        sys.stdout.write("skipped: atheris is not installed (pip install atheris)\n")
        return
    wanted = ("alerts", "channels", "config", "ledgers", "jinja2", "yaml")
    with atheris.instrument_imports(include=list(wanted)):
        targets = import_module("tests.fuzz.targets").TARGETS
    if len(sys.argv) < 2 or sys.argv[1] not in targets:
        raise SystemExit(f"choose a target: {', '.join(targets)}")
    atheris.Setup([sys.argv[0], *sys.argv[2:]], targets[sys.argv[1]])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
