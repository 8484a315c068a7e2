"""A run's folder: nothing is overwritten, and its record says how it stands."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dlcli.errors import Preempted, TrainingError, UsageError
from dlcli.runs import process, provenance
from dlcli.runs.heartbeat import SILENT_SECONDS
from dlcli.runs.lock import Lock
from dlcli.runs.run import Run, now
from dlcli.spec import load
from tests.runs.conftest import MakeRun
from tests.runs.test_lock import holder


@pytest.fixture
def one_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "strftime", lambda _: "20240131-120000")


def test_a_run_keeps_its_spec_its_source_and_where_it_comes_from(make_run: MakeRun, source: Path) -> None:
    run = make_run()
    assert run.experiment == load(source)
    assert (run.path / "source.yaml").read_text() == source.read_text()
    info = run.info
    assert info | {
        "state": "running", "name": "small", "smoke": False, "command": sys.argv, "folder": str(Path.cwd()), "seed": 0,
        "epochs": 10, "git": None, "host": provenance.host(), "process": os.getpid(),
        "process_began": process.beginning(os.getpid()), "ended": None, "reason": None,
    } == info  # fmt: skip
    assert set(info["versions"]) == {"dlcli", "python", "tensorflow", "keras", "numpy"}
    assert datetime.fromisoformat(info["started"]).tzinfo is not None


def test_overridden_values_are_in_the_runs_spec(make_run: MakeRun) -> None:
    assert make_run(name="other").experiment.name == "other"


def test_its_folder_is_named_by_the_experiment_and_the_time(make_run: MakeRun, root: Path) -> None:
    before = time.strftime("%Y%m%d-%H%M%S")
    run = make_run()
    assert run.path.parent == root / "small"
    assert before <= run.path.name <= time.strftime("%Y%m%d-%H%M%S")


def test_a_smoke_run_stands_apart(make_run: MakeRun, root: Path) -> None:
    run = make_run(smoke=True)
    assert run.path.parent == root / "small-smoke"
    assert run.info["smoke"] is True


@pytest.mark.usefixtures("one_second")
def test_runs_of_one_second_get_folders_of_their_own(make_run: MakeRun, root: Path) -> None:
    runs = [make_run() for _ in range(3)]
    assert [run.path.name for run in runs] == ["20240131-120000", "20240131-120000-2", "20240131-120000-3"]
    assert (root / "small" / "latest").read_text() == "20240131-120000-3\n"


@pytest.mark.usefixtures("one_second")
def test_a_folder_that_is_there_already_is_not_touched(make_run: MakeRun, root: Path) -> None:
    there = root / "small" / "20240131-120000"
    there.mkdir(parents=True)
    (there / "mine.txt").write_text("keep")
    assert make_run().path != there
    assert [path.name for path in there.iterdir()] == ["mine.txt"]


def test_the_folder_of_a_name_that_is_deleted_meanwhile_is_made_again(
    make_run: MakeRun, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deleting(form: str) -> str:
        (root / "small").rmdir()
        return "20240131-120000"

    monkeypatch.setattr(time, "strftime", deleting)
    assert make_run().path.is_dir()


def test_latest_names_the_newest(make_run: MakeRun, root: Path) -> None:
    for _ in range(2):
        run = make_run()
        assert (root / "small" / "latest").read_text().strip() == run.path.name


def test_where_no_folder_can_be_made_the_error_names_it(root: Path, source: Path) -> None:
    root.write_text("a file where the folder should be")
    with pytest.raises(TrainingError, match=rf"^{root}.*: the run cannot be written \((Not a directory|File exists)\)"):
        Run.create(root, load(source), source=source)


def test_update_changes_what_it_names_and_keeps_the_rest(make_run: MakeRun) -> None:
    run = make_run()
    before = run.info
    run.update(state="done", devices=["CPU:0"])
    assert run.info == before | {"state": "done", "devices": ["CPU:0"]}


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), ("{", "Expecting"), ("[]", "tells no state"), ('{"name": "x"}', "tells no state")],
)
def test_a_folder_without_a_sound_record_is_not_a_run(tmp_path: Path, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(UsageError, match=rf"^{tmp_path}: is not a run \(run\.json: .*{said}"):
        _ = Run(tmp_path).info


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (None, "done", None),
        (Preempted("stopped after step 3"), "preempted", "stopped after step 3"),
        (TrainingError("the loss is nan"), "failed", "the loss is nan"),
        (ValueError("oops"), "failed", "ValueError: oops"),
        (KeyboardInterrupt(), "failed", "KeyboardInterrupt: "),
    ],
)
def test_the_record_says_how_a_run_ended(
    make_run: MakeRun, error: BaseException | None, state: str, reason: str | None
) -> None:
    run = make_run()
    run.end(error)
    info = run.info
    assert (info["state"], info["reason"]) == (state, reason)
    assert datetime.fromisoformat(info["ended"]) >= datetime.fromisoformat(info["started"])


def test_a_run_that_ended_gave_up_its_lock(make_run: MakeRun) -> None:
    run = make_run()
    run.end(Preempted("stopped"))
    again = Run(run.path)
    again.resume()
    assert again.info["state"] == "running"
    assert again.info["ended"] is again.info["reason"] is None
    again.end(None)


def test_each_time_a_run_was_taken_up_is_on_record(make_run: MakeRun) -> None:
    run = make_run()
    assert "resumed" not in run.info
    for times in (1, 2):
        run.end(Preempted("stopped"))
        run.resume()
        assert len(run.info["resumed"]) == times
        assert all(datetime.fromisoformat(when) for when in run.info["resumed"])


def test_what_a_killed_process_left_half_written_goes_when_the_run_goes_on(make_run: MakeRun) -> None:
    run = make_run()
    run.leave()
    run.checkpoint_folder.mkdir()
    half = [run.path / ".model.tmp.keras", run.checkpoint_folder / ".step-000000005.npz.0a1b2c3d.tmp"]
    for path in half:
        path.touch()
    Run(run.path).lives()
    assert all(path.exists() for path in half)
    again = Run(run.path)
    again.resume()
    assert not any(path.exists() for path in half)
    again.end(None)


def test_a_run_that_is_done_is_not_resumed(make_run: MakeRun) -> None:
    run = make_run()
    run.end(None)
    with pytest.raises(UsageError, match=rf"^{run.path}: this run is done; there is nothing to resume"):
        Run(run.path).resume()


def test_a_run_that_is_being_trained_is_not_resumed(make_run: MakeRun) -> None:
    run = make_run()
    with pytest.raises(UsageError, match=rf"^{run.path}: another process \(number {os.getpid()}\) is training"):
        Run(run.path).resume()
    assert run.info["state"] == "running"


def test_a_killed_run_is_dead_and_a_living_one_is_not(make_run: MakeRun) -> None:
    run = make_run()
    assert not run.is_dead()
    assert not Run(run.path).is_dead()
    run._lock.release()
    with holder(run.path / "lock") as process:
        assert not run.is_dead()
        process.kill()
        process.wait()
        assert run.is_dead()
    assert run.is_dead(), "asking must not bring it to life"
    run.record_killed()
    assert run.info["state"] == "killed"
    assert run.info["reason"] == "the process died"
    assert not run.is_dead()


def silent_for(run: Run, seconds: float) -> None:
    """The last sign of life of a run's process was given so long ago."""
    then = time.time() - seconds
    os.utime(run.path / "heartbeat", (then, then))


def test_on_another_machine_the_heartbeat_tells_whether_a_run_lives(make_run: MakeRun) -> None:
    run = make_run()
    run.update(host="elsewhere")
    run._lock.release()
    silent_for(run, SILENT_SECONDS - 30)
    assert not run.is_dead()
    with pytest.raises(UsageError, match=rf"^{run.path}: process {os.getpid()} of the machine elsewhere is .* 5 minut"):
        run.resume()
    assert run.info["host"] == "elsewhere"
    silent_for(run, SILENT_SECONDS + 30)
    assert run.is_dead()
    run.resume()
    assert not run.is_dead()
    assert (run.info["state"], run.info["host"]) == ("running", provenance.host())


def test_a_run_of_another_machine_that_gave_no_signs_is_taken_at_its_word(make_run: MakeRun) -> None:
    run = make_run()
    run.update(host="elsewhere")
    run._lock.release()
    (run.path / "heartbeat").unlink()
    assert not run.is_dead()


def test_one_that_was_called_dead_and_gives_signs_again_is_not_resumed(make_run: MakeRun) -> None:
    run = make_run()
    run.update(host="elsewhere")
    run._lock.release()
    run.record_killed()
    with pytest.raises(UsageError, match="of the machine elsewhere"):
        run.resume()


@pytest.mark.parametrize("error", [None, Preempted("stopped")])
def test_a_run_that_ended_gives_no_signs(make_run: MakeRun, error: BaseException | None) -> None:
    run = make_run()
    assert (run.path / "heartbeat").exists()
    run.end(error)
    assert not (run.path / "heartbeat").exists()
    run.update(host="elsewhere")
    assert not run.lives()


def test_where_there_are_no_locks_the_process_tells(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lock, "acquire", lambda lock: None)
    run = make_run()
    assert run.lives()
    with pytest.raises(UsageError, match=rf"^{run.path}: another process \(number {os.getpid()}\) is training"):
        run.resume()
    run.update(process_began="before the last boot 17")
    assert run.is_dead()
    run.resume()
    assert run.info["process_began"] == process.beginning(os.getpid())
    run.update(process=2**30)
    assert run.is_dead()


def test_where_the_folder_cannot_be_written_the_process_tells(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(lock: Lock) -> bool:
        raise PermissionError(13, "Permission denied", str(lock.path))

    run = make_run()
    monkeypatch.setattr(Lock, "acquire", refuse)
    assert run.lives()


def test_a_run_that_was_taken_is_nobody_elses_until_it_is_left(make_run: MakeRun) -> None:
    run = make_run()
    run.end(None)
    run.take()
    with pytest.raises(UsageError, match="is training this run"):
        Run(run.path).take()
    run.leave()
    other = Run(run.path)
    other.take()
    other.leave()


def test_a_killed_run_can_be_resumed(make_run: MakeRun) -> None:
    run = make_run()
    run._lock.release()
    run.record_killed()
    run.resume()
    assert run.info["state"] == "running"


def rows(*steps: int) -> list[dict[str, Any]]:
    return [{"epoch": i, "step": step, "loss": 0.5} for i, step in enumerate(steps, start=1)]


def test_metrics_come_back_as_they_were_added(make_run: MakeRun) -> None:
    run = make_run()
    assert run.metrics() == []
    for row in rows(10, 20):
        run.append_metrics(row)
    assert run.metrics() == rows(10, 20)


@pytest.mark.parametrize("cut", [1, 5, 20, None])
def test_a_half_written_row_is_passed_over(make_run: MakeRun, cut: int | None) -> None:
    run = make_run()
    run.append_metrics(rows(10)[0])
    whole = json.dumps(rows(10, 20)[1])
    with (run.path / "metrics.jsonl").open("a") as file:
        file.write(whole[:cut])
    assert run.metrics() == rows(10)


def test_rows_after_a_step_are_forgotten_and_half_rows_with_them(make_run: MakeRun) -> None:
    run = make_run()
    for row in rows(10, 20, 30):
        run.append_metrics(row)
    with (run.path / "metrics.jsonl").open("a") as file:
        file.write('{"epoch"')
    run.forget_metrics_after(20)
    run.append_metrics(rows(10, 20, 30)[2])
    assert run.metrics() == rows(10, 20, 30)


def test_before_the_first_epoch_there_is_nothing_to_forget(make_run: MakeRun) -> None:
    run = make_run()
    run.forget_metrics_after(0)
    assert run.metrics() == []


def test_the_parts_of_a_run_are_in_its_folder(make_run: MakeRun) -> None:
    run = make_run()
    assert run.model_path == run.path / "model.keras"
    assert run.checkpoint_folder == run.path / "checkpoints"


def test_times_are_whole_seconds_with_their_zone() -> None:
    moment = datetime.fromisoformat(now())
    assert moment.microsecond == 0
    assert moment.utcoffset() is not None
