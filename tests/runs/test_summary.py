"""A run is told by its files; what cannot be read is told, too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dlcli.runs import provenance
from dlcli.runs.heartbeat import beat
from dlcli.runs.summary import bytes_in, kept_row, run_folders, step_of, summary
from tests.runs.conftest import MakeRun
from tests.runs.folders import NOON, put_run
from tests.runs.test_lock import holder


def test_a_finished_run_is_told_by_its_kept_epoch(tmp_path: Path) -> None:
    run = summary(put_run(tmp_path, accuracies=[0.5, 0.9, 0.8]))
    assert (run.state, run.epoch, run.step, run.resumes_after, run.problem) == ("done", 3, 30, 20, None)
    assert (run.headline, run.scores["val_accuracy"], run.kept["epoch"]) == ("val_accuracy", 0.9, 2)
    assert (run.test_headline, run.scores["test_accuracy"]) == ("test_accuracy", 0.7)
    assert run.began == run.ended == NOON.timestamp()
    assert not {"epoch", "step", "time", "learning_rate"} & run.scores.keys()


def test_a_run_that_keeps_the_last_model_is_told_by_that(tmp_path: Path) -> None:
    run = summary(put_run(tmp_path, accuracies=[0.9, 0.5], keep="last"))
    assert (run.headline, run.scores["val_accuracy"]) == ("val_accuracy", 0.5)


def test_a_run_kept_by_its_loss_is_tested_by_its_loss(tmp_path: Path) -> None:
    run = summary(put_run(tmp_path, keep="val_loss"))
    assert (run.headline, run.test_headline, run.scores["val_loss"]) == ("val_loss", "test_loss", 0.5)


def test_where_nothing_is_validated_nothing_stands_for_it(tmp_path: Path) -> None:
    run = summary(put_run(tmp_path, accuracies=[], test=None, checkpoints=[]))
    assert (run.headline, run.test_headline, run.epoch, run.step, run.resumes_after) == (None, None, 0, 0, 0)


def test_the_step_is_that_of_the_checkpoint_where_it_is_further_than_the_last_epoch(tmp_path: Path) -> None:
    run = summary(put_run(tmp_path, state="preempted", checkpoints=[20, 27]))
    assert (run.epoch, run.step, run.resumes_after) == (2, 27, 27)


def test_other_files_among_the_checkpoints_are_none(tmp_path: Path) -> None:
    path = put_run(tmp_path)
    (path / "checkpoints" / ".step-000000030.npz.0a1b.tmp").touch()
    (path / "checkpoints" / "step-best.npz").touch()
    assert [step_of(each) for each in summary(path).checkpoints] == [10, 20]


@pytest.mark.parametrize("text", ["{", "[]", '{"state": 1}', None])
def test_a_record_that_cannot_be_read_makes_a_damaged_run(tmp_path: Path, text: str | None) -> None:
    path = put_run(tmp_path)
    (path / "run.json").unlink() if text is None else (path / "run.json").write_text(text)
    run = summary(path)
    assert run.state == "damaged"
    assert run.problem is not None
    assert run.problem.startswith("run.json: ")
    assert run.bytes > 1000


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("metrics.jsonl", "{}\n", "KeyError"),
        ("metrics.jsonl", "x\n", "JSONDecodeError"),
        ("metrics.jsonl", "3\n", "TypeError"),
        ("result.json", "[]", "AttributeError"),
        ("result.json", "{", "JSONDecodeError"),
    ],
)
def test_metrics_that_cannot_be_read_make_a_damaged_run(tmp_path: Path, file: str, text: str, said: str) -> None:
    path = put_run(tmp_path)
    (path / file).write_text(text)
    run = summary(path)
    assert run.state == "damaged"
    assert f"its metrics cannot be read ({said}" in str(run.problem)
    assert len(run.checkpoints) == 2


def test_a_run_that_is_just_being_made_is_not_damaged(make_run: MakeRun) -> None:
    run = make_run()
    (run.path / "run.json").unlink()
    assert summary(run.path).state == "running"
    run._lock.release()
    assert summary(run.path).state == "damaged"


def test_a_killed_run_ended_with_its_last_sign_of_life(tmp_path: Path) -> None:
    path = put_run(tmp_path, state="killed", ended=None)
    assert summary(path).ended == NOON.timestamp()
    beat(path)
    assert summary(path).ended == (path / "heartbeat").stat().st_mtime


def test_a_run_whose_process_died_is_killed_whatever_its_record_says(tmp_path: Path) -> None:
    path = put_run(tmp_path, state="running", host=provenance.host(), process=1)
    with holder(path / "lock"):
        assert summary(path).state == "running"
    assert summary(path).state == "killed"
    assert json.loads((path / "run.json").read_text())["state"] == "running"


def test_the_age_of_a_damaged_run_is_that_of_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "a" / "20260131-120000"
    path.mkdir(parents=True)
    assert summary(path).began == path.stat().st_mtime
    path.rmdir()
    assert summary(path).began == 0.0


def test_run_folders_are_those_with_a_record_or_a_time_for_a_name(tmp_path: Path) -> None:
    made = {put_run(tmp_path, "a/by-hand"), put_run(tmp_path, "[b]/20260131-120000")}
    for name in ("a/20260131-120001-2", "a/notes", "a/.deleted-20260131-120000-0a", ".c/20260131-120000"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "file").touch()
    assert set(run_folders(tmp_path)) == made | {tmp_path / "a" / "20260131-120001-2"}
    assert list(run_folders(tmp_path / "gone")) == []


def test_bytes_are_counted_in_all_folders_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "run" / "deep").mkdir(parents=True)
    (tmp_path / "large").write_bytes(bytes(5000))
    (tmp_path / "run" / "one").write_bytes(bytes(10))
    (tmp_path / "run" / "deep" / "two").write_bytes(bytes(20))
    (tmp_path / "run" / "link").symlink_to(tmp_path / "large")
    assert 30 <= bytes_in(tmp_path / "run") < 1000
    assert bytes_in(tmp_path / "gone") == 0


def test_the_kept_row_is_the_first_of_the_best() -> None:
    rows = [{"val_loss": 2.0, "val_accuracy": 0.5}, {"val_loss": 1.0, "val_accuracy": 0.5}]
    assert kept_row(rows, "val_accuracy") is rows[0]
    assert kept_row(rows, "val_loss") is kept_row(rows, "last") is rows[1]


def test_all_of_it_can_be_written_as_json(tmp_path: Path) -> None:
    assert json.dumps(dict(summary(put_run(tmp_path)).scores))
