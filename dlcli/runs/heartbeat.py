"""A sign of life for other machines, which cannot see this one's processes nor, on most shared disks, its locks.

The process that trains a run touches the file `heartbeat` in the run's folder. Clocks of machines differ, so its age is
told by the clock that sets it, the file system's: another file is made beside it, and the two are compared.
"""

from __future__ import annotations

import secrets
import threading
from contextlib import suppress
from pathlib import Path

EVERY_SECONDS = 15.0
SILENT_SECONDS = 300.0
"""After so long without a sign a process counts as dead: twenty beats, so that a slow disk kills nobody. A client of
NFS may see a file up to a minute older than it is."""
_FILE = "heartbeat"


def beat(run: Path) -> None:
    """Gives a sign of life. Raises OSError, as where the run's folder is gone: it is not made anew."""
    (run / _FILE).touch()


def silence(run: Path) -> float | None:
    """Seconds since the last sign of life; None where there never was one, or where it cannot be told."""
    probe = run / f".clock.{secrets.token_hex(4)}.tmp"
    try:
        last = (run / _FILE).stat().st_mtime
        try:
            probe.touch(exist_ok=False)
            return max(probe.stat().st_mtime - last, 0.0)
        finally:
            probe.unlink(missing_ok=True)
    except OSError:
        return None


def last_beat(run: Path) -> float | None:
    """When the last sign of life was given, in seconds since 1970; None where there never was one."""
    try:
        return (run / _FILE).stat().st_mtime
    except OSError:
        return None


def rest(run: Path) -> None:
    """Takes the file away: the run has ended, and its record says how."""
    with suppress(OSError):
        (run / _FILE).unlink()


class Heartbeat:
    """Between `start` and `stop`, a thread that gives a sign of life again and again."""

    def __init__(self, run: Path, every_seconds: float = EVERY_SECONDS) -> None:
        self._run, self._every = run, every_seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begins, with a sign at once."""
        self._thread.start()

    def stop(self) -> None:
        """Ends; no sign is given any more when this returns."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _go_on(self) -> None:
        while not self._stopped.is_set():
            # A full disk or a folder taken away is for the training to notice; the next sign may succeed.
            with suppress(OSError):
                beat(self._run)
            self._stopped.wait(self._every)
