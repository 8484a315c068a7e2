"""A cross-validation is one entry, every other run one of its own."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from dlcli.errors import UsageError
from dlcli.runs import process, provenance
from dlcli.runs.entries import entries, entry_at, newest_of
from tests.runs.folders import put_folds, put_run


def test_entries_come_newest_last_whatever_their_names(tmp_path: Path) -> None:
    put_run(tmp_path, "b/20260101-000000", days_old=3)
    put_run(tmp_path, "a/20260103-000000", days_old=1)
    put_run(tmp_path, "c/20260102-000000", days_old=2)
    assert [entry.family for entry in entries(tmp_path)] == ["b", "c", "a"]
    assert newest_of(tmp_path).family == "a"


def test_the_runs_of_a_cross_validation_are_one_entry_with_their_means(tmp_path: Path) -> None:
    put_folds(tmp_path, ["done"] * 3)
    alone = put_run(tmp_path, "cv/20260131-120009")
    entry, other = sorted(entries(tmp_path), key=lambda entry: entry.path.name)
    assert other.path == alone
    assert (entry.name, entry.state, entry.folds, len(entry.runs)) == ("cv/20260131-120000", "done", 3, 3)
    assert entry.score("test_accuracy") == pytest.approx(0.2)
    assert entry.score("val_accuracy") == 0.75
    assert entry.bytes == sum(run.bytes for run in entry.runs) > 3000
    assert entry.resumes is None


@pytest.mark.parametrize(
    ("states", "state", "resumed"),
    [
        (["done", "running"], "running", None),
        (["done", "preempted"], "preempted", 1),
        (["done", "killed"], "killed", 1),
        (["done", "done"], "unfinished", 1),
        (["done", "done", "done"], "done", None),
    ],
)
def test_the_state_of_a_cross_validation_is_that_of_the_fold_it_waits_for(
    tmp_path: Path, states: list[str], state: str, resumed: int | None
) -> None:
    made = put_folds(tmp_path, states)
    (entry,) = entries(tmp_path)
    assert entry.state == state
    assert (entry.resumes.path if entry.resumes else None) == (None if resumed is None else made[resumed])


def test_means_are_those_of_the_folds_that_are_done(tmp_path: Path) -> None:
    put_folds(tmp_path, ["done", "killed"], accuracies=[0.5])
    (entry,) = entries(tmp_path)
    assert entry.score("test_accuracy") == 0.1
    assert entry.score("val_nonsense") is entry.score(None) is None


def test_between_two_folds_it_runs_while_its_process_lives(tmp_path: Path) -> None:
    here = {"host": provenance.host(), "process": os.getpid(), "process_began": process.beginning(os.getpid())}
    put_folds(tmp_path, ["done", "done"], **here)
    (entry,) = entries(tmp_path)
    assert entry.state == "running"
    shutil.rmtree(tmp_path / "cv")
    put_folds(tmp_path, ["done", "done"], **{**here, "process_began": "before the last boot 17"})
    (entry,) = entries(tmp_path)
    assert entry.state == "unfinished"


def test_a_damaged_fold_makes_a_damaged_cross_validation(tmp_path: Path) -> None:
    made = put_folds(tmp_path, ["done"] * 3)
    (made[1] / "metrics.jsonl").write_text("x\n")
    (entry,) = entries(tmp_path)
    assert entry.state == "damaged"
    assert entry.resumes is None


def test_an_entry_is_found_by_any_of_its_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put_run(tmp_path / "runs", "a/20260131-120000")
    folds = put_folds(tmp_path / "runs", ["done"] * 3)
    for wanted in (str(path), "a/20260131-120000", "a/latest", f"{path.parent}/latest", f"{path}/"):
        assert entry_at(tmp_path / "runs", wanted).path == path
    assert all(entry_at(tmp_path / "runs", f"cv/{fold.name}").path == folds[0] for fold in folds)
    monkeypatch.chdir(path)
    assert entry_at(Path("elsewhere"), ".").path == path


def test_a_damaged_run_is_found_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "a" / "20260131-120000").mkdir(parents=True)
    assert entry_at(tmp_path, "a/20260131-120000").state == "damaged"


def test_a_name_is_not_one_run_unless_its_newest_is_meant(tmp_path: Path) -> None:
    for day in (4, 3, 2, 1):
        put_run(tmp_path, f"a/2026010{5 - day}-000000", days_old=day)
    with pytest.raises(
        UsageError, match=r"^a: is not one run .* its 4, such as a/20260102-000000, .*, a/20260104-000000$"
    ):
        entry_at(tmp_path, "a")
    assert entry_at(tmp_path, "a", newest=True).name == "a/20260104-000000"


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    put_run(tmp_path)
    with pytest.raises(UsageError, match=r"^b: is not a run's folder; list them with: dlcli runs"):
        entry_at(tmp_path, "b")
    with pytest.raises(UsageError, match=r"^b: is not a run's folder nor the name of one;"):
        entry_at(tmp_path, "b", newest=True)
    with pytest.raises(UsageError, match=rf"^{tmp_path / 'none'}: there are no runs yet"):
        newest_of(tmp_path / "none")


def test_an_entry_as_json_tells_how_to_go_on(tmp_path: Path) -> None:
    path = put_run(tmp_path, state="killed", test=None, checkpoints=[13])
    (entry,) = entries(tmp_path)
    told = json.loads(json.dumps(entry.as_json()))
    assert told["resume"] == {"run": str(path), "after_step": 13}
    assert told | {"state": "killed", "epoch": 2, "epochs": 5, "step": 20, "test": None, "folds": None} == told
    assert told["validation"] == {"name": "val_accuracy", "value": 0.75}


def test_a_cross_validation_as_json_names_its_runs(tmp_path: Path) -> None:
    made = put_folds(tmp_path, ["done"] * 3)
    assert entries(tmp_path)[0].as_json()["folds"] == {"of": 3, "runs": list(map(str, made))}
