"""A lock that the system drops when its holder dies, however it dies."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import IO

_HELD = {errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}
"""What systems say of a lock that another process has; all else says that this file system knows no locks."""


class Lock:
    """Held by the process that works on a run; one process at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def acquire(self) -> bool | None:
        """Takes the lock; False where another process has it, None where the file system cannot tell."""
        file = self.path.open("ab")
        try:
            _lock(file)
        except OSError as error:
            file.close()
            return False if error.errno in _HELD else None
        self._file = file
        return True

    def release(self) -> None:
        """Gives the lock up, if held."""
        if self._file is not None:
            _unlock(self._file)
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: IO[bytes]) -> None:
        # Closing alone would leave it with a child process that was forked meanwhile.
        fcntl.flock(file, fcntl.LOCK_UN)
