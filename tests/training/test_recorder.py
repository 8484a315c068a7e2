"""What a run's folder holds, however its process ends."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import pytest

from dlcli.errors import Preempted, TrainingError
from dlcli.report.screen import Screen
from dlcli.runs.run import Run
from dlcli.spec import load
from dlcli.training import recorder
from dlcli.training.recorder import Recorder, save_model


@pytest.fixture
def run(tmp_path: Path) -> Run:
    spec = tmp_path / "toy.yaml"
    spec.write_text("dataset: hapt\nmodel: lstm\n", encoding="utf-8")
    return Run.create(tmp_path / "runs", load(spec), source=spec)


@pytest.mark.parametrize(("error", "state"), [(None, "done"), (Preempted("stopped"), "preempted")])
def test_all_is_written_before_the_run_is_called_ended(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception | None, state: str
) -> None:
    # Whoever is killed in between leaves a run that goes on, or whose death is recorded by the next command.
    before_and_told = []

    def note(run: Run, ending: Mapping[str, Any] | None = None) -> None:
        before_and_told.append((run.info["state"], (run.info | dict(ending or {}))["state"]))

    monkeypatch.setattr(recorder, "record_session", note)
    recording = Recorder(run, Screen(quiet=True))
    recording.__enter__()
    recording.__exit__(type(error), error, None)
    assert before_and_told == [("running", "running"), ("running", state)]
    assert run.info["state"] == state


def test_a_run_whose_last_record_cannot_be_written_still_says_how_it_ended(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(run: Run, ending: Mapping[str, Any]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    recording = Recorder(run, Screen(quiet=True))
    recording.__enter__()
    monkeypatch.setattr(recorder, "record_session", full)
    with pytest.raises(OSError, match="No space left"):
        recording.__exit__(None, None, None)
    assert run.info["state"] == "done"
    again = Run(run.path)
    again.take()
    again.leave()


def test_a_model_that_cannot_be_saved_leaves_the_one_before_and_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    save_model(model, tmp_path / "model.keras")
    before = (tmp_path / "model.keras").read_bytes()

    def fill(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(model, "save", fill)
    with pytest.raises(OSError, match=r"No space left on device: '.*/model\.keras'"):
        save_model(model, tmp_path / "model.keras")
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]
    assert (tmp_path / "model.keras").read_bytes() == before


def test_what_a_full_disk_stopped_is_not_hidden_by_its_records_for_which_there_is_no_room(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    recording = Recorder(run, Screen(quiet=True))
    recording.__enter__()
    monkeypatch.setattr("dlcli.runs.run.write_json", full)
    monkeypatch.setattr(recorder, "record_session", full)
    recording.__exit__(TrainingError, TrainingError("the first"), None)
    again = Run(run.path)
    again.take()
    again.leave()
