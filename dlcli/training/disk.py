"""What is said of a disk that has no room left."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from dlcli.errors import TrainingError
from dlcli.runs.run import Run


def is_full(error: OSError) -> bool:
    """Whether there was no room for what was to be written: on the disk, within a quota or for a file of that size."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def disk_faults(run: Run) -> Iterator[None]:
    """Turns what the system says of a full disk into a TrainingError that tells how the run goes on."""
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        raise TrainingError(
            f"{error.filename or run.path}: cannot be written ({error.strerror}); what was saved before is whole. "
            f"Make room, then go on with: dlcli train --resume {run.path}"
        ) from error
