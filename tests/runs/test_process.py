"""A process is known by its number and by when it began."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dlcli.runs import process

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no way to ask there")


def test_this_process_lives_and_began_once() -> None:
    began = process.beginning(os.getpid())
    assert began is not None
    assert began == process.beginning(os.getpid())
    assert process.lives(os.getpid(), began)
    assert process.lives(os.getpid(), None)


def test_a_number_that_was_given_out_again_is_another_process() -> None:
    assert not process.lives(os.getpid(), "a boot before this one 17")
    other = subprocess.Popen(["sleep", "60"])
    try:
        assert process.beginning(other.pid) is not None
        assert process.lives(other.pid, process.beginning(other.pid))
        assert sys.platform != "linux" or not process.lives(other.pid, process.beginning(os.getpid()))
    finally:
        other.kill()
        other.wait()
    assert process.beginning(other.pid) is None
    assert not process.lives(other.pid, None)


def test_a_name_with_brackets_and_spaces_does_not_shift_the_fields(tmp_path: Path) -> None:
    name = tmp_path / "a) b (c"
    name.write_text("#!/bin/sh\nread line\n")
    name.chmod(0o700)
    other = subprocess.Popen([name], stdin=subprocess.PIPE)
    try:
        if sys.platform == "linux":
            ticks = int(str(process.beginning(other.pid)).split()[-1])
            uptime = float(Path("/proc/uptime").read_text().split()[0])
            assert -1 < uptime - ticks / os.sysconf("SC_CLK_TCK") < 60
        assert process.lives(other.pid, process.beginning(other.pid))
    finally:
        assert other.stdin is not None
        other.stdin.close()
        other.kill()
        other.wait()


def test_ps_tells_it_where_there_is_no_proc() -> None:
    began = process._from_ps(os.getpid())
    if began is None:
        pytest.skip("there is no ps here")
    assert began == process._from_ps(os.getpid())
    assert process._from_ps(2**30) is None


def test_another_users_process_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(number: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert process.lives(1, process.beginning(1))
