"""python -m dlcli, and the program `dlcli`"""

from __future__ import annotations

import gc
import os
import sys

# What a command makes before it trains is hardly ever garbage, and looking through it takes a tenth of `validate`.
gc.set_threshold(100_000)

from dlcli.cli import main  # noqa: E402 (most of it is made by this)


def run() -> None:
    """Runs the command line, then ends the process."""
    try:
        main()
    except SystemExit as end:
        # Python would first take apart every class that specs are read by, a tenth of the time of `validate`.
        if "tensorflow" not in sys.modules and isinstance(end.code, int) and _told():
            os._exit(end.code)
        raise


def _told() -> bool:
    """Whether all that was said has reached who listens."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    run()
