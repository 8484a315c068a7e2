"""A lock is held by one process, and by nobody once that is dead."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dlcli.runs import lock as lock_module
from dlcli.runs.lock import Lock

_HOLD = """
import sys
from pathlib import Path
from dlcli.runs.lock import Lock
lock = Lock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "True\n"
            yield process
        finally:
            process.kill()


def test_one_at_a_time_and_free_again_once_released(tmp_path: Path) -> None:
    one, other = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert one.acquire()
    assert not other.acquire()
    assert not one.acquire()
    one.release()
    assert other.acquire()
    other.release()


def test_releasing_what_is_not_held_does_nothing(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    lock.release()
    assert lock.acquire()
    lock.release()
    lock.release()


def test_another_process_holds_it_until_it_is_killed(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    with holder(tmp_path / "lock") as process:
        assert not lock.acquire()
        process.kill()
        process.wait()
        assert lock.acquire()
    lock.release()


def test_a_forked_child_does_not_keep_what_was_released(tmp_path: Path) -> None:
    one, other = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert one.acquire()
    assert one._file is not None
    inherited = os.dup(one._file.fileno())  # as fork does for every open file
    one.release()
    assert other.acquire()
    other.release()
    os.close(inherited)


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_cannot_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(file: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(lock_module, "_lock", refuse)
    lock = Lock(tmp_path / "lock")
    assert lock.acquire() is None
    assert lock._file is None
