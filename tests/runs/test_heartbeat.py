"""A run gives signs of life while it is trained, and nothing that befalls its folder disturbs it."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from dlcli.runs.heartbeat import Heartbeat, beat, last_beat, rest, silence


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert path.exists()


def test_signs_come_until_it_is_stopped_and_not_after(tmp_path: Path) -> None:
    heart = Heartbeat(tmp_path, every_seconds=0.01)
    heart.start()
    for _ in range(3):
        wait_for(tmp_path / "heartbeat")
        (tmp_path / "heartbeat").unlink(missing_ok=True)
    heart.stop()
    (tmp_path / "heartbeat").unlink(missing_ok=True)
    time.sleep(0.05)
    assert not (tmp_path / "heartbeat").exists()


def test_stopping_does_not_wait_for_the_next_sign(tmp_path: Path) -> None:
    heart = Heartbeat(tmp_path, every_seconds=3600)
    heart.start()
    wait_for(tmp_path / "heartbeat")
    heart.stop()
    assert not heart._thread.is_alive()


def test_one_that_never_began_can_be_stopped(tmp_path: Path) -> None:
    Heartbeat(tmp_path).stop()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_taken_away_stays_away_and_the_thread_goes_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[object] = []
    monkeypatch.setattr(threading, "excepthook", raised.append)
    run = tmp_path / "run"
    run.mkdir()
    heart = Heartbeat(run, every_seconds=0.01)
    heart.start()
    wait_for(run / "heartbeat")
    shutil.rmtree(run, ignore_errors=True)
    time.sleep(0.05)
    shutil.rmtree(run, ignore_errors=True)
    assert not run.exists()
    assert heart._thread.is_alive()
    run.mkdir()
    wait_for(run / "heartbeat")
    heart.stop()
    assert raised == []
    assert capfd.readouterr() == ("", "")


def test_a_full_disk_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([OSError(28, "No space left on device")] * 3)

    def touch(path: Path) -> None:
        if error := next(failures, None):
            raise error
        path.write_text("")

    monkeypatch.setattr(Path, "touch", touch)
    heart = Heartbeat(tmp_path, every_seconds=0.01)
    heart.start()
    wait_for(tmp_path / "heartbeat")
    heart.stop()


def test_silence_is_told_by_the_clock_of_the_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert silence(tmp_path) is None
    beat(tmp_path)
    heard = (tmp_path / "heartbeat").stat().st_mtime
    os.utime(tmp_path / "heartbeat", (heard - 400, heard - 400))
    monkeypatch.setattr(time, "time", lambda: heard - 1000.0)  # this machine's clock is slow
    passed = silence(tmp_path)
    assert passed is not None
    assert 400 <= passed < 460
    assert [path.name for path in tmp_path.iterdir()] == ["heartbeat"]
    assert last_beat(tmp_path) == pytest.approx(heard - 400)


def test_where_no_file_can_be_made_silence_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beat(tmp_path)

    def refuse(path: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", refuse)
    assert silence(tmp_path) is None


def test_a_run_at_rest_has_no_file(tmp_path: Path) -> None:
    beat(tmp_path)
    rest(tmp_path)
    rest(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert last_beat(tmp_path) is None


def test_a_sign_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="gone"):
        beat(tmp_path / "gone")
