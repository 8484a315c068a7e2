"""Runs are found by what a user types."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dlcli.errors import UsageError
from dlcli.runs.find import all_runs, find, has_model, is_unfinished, runs_folder


def put(root: Path, name: str, folder: str, started: str = "2024-01-31T12:00:00+01:00") -> Path:
    path = root / name / folder
    path.mkdir(parents=True)
    (path / "run.json").write_text(json.dumps({"state": "done", "started": started}))
    (root / name / "latest").write_text(folder + "\n")
    return path


def test_a_run_is_found_by_its_folder_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path / "runs", "a", "20240131-120000")
    assert find(tmp_path / "elsewhere", str(path)).path == path
    monkeypatch.chdir(tmp_path)
    assert find(Path("elsewhere"), "runs/a/20240131-120000/").path.resolve() == path
    monkeypatch.chdir(path)
    assert find(Path("elsewhere"), ".").path.resolve() == path


@pytest.mark.parametrize("wanted", ["a", "a/", "a/latest"])
def test_a_name_stands_for_its_newest_run(tmp_path: Path, wanted: str) -> None:
    put(tmp_path, "a", "20240131-120000")
    newest = put(tmp_path, "a", "20240131-120001")
    put(tmp_path, "b", "20240131-120002")
    assert find(tmp_path, wanted).path == newest
    assert find(Path("elsewhere"), str(tmp_path / wanted)).path == newest


def test_a_run_is_found_by_its_folder_below_the_root(tmp_path: Path) -> None:
    path = put(tmp_path, "a", "20240131-120000")
    put(tmp_path, "a", "20240131-120001")
    assert find(tmp_path, "a/20240131-120000").path == path


def test_a_folder_of_the_same_name_that_holds_no_run_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path / "runs", "a", "20240131-120000")
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find(tmp_path / "runs", "a").path == path


def test_without_a_name_the_newest_of_all_is_meant(tmp_path: Path) -> None:
    newest = put(tmp_path, "a", "20240131-120000", "2024-01-31T12:00:00+01:00")
    put(tmp_path, "b", "20240131-120001", "2024-01-31T11:59:59+01:00")
    assert find(tmp_path, None).path == newest


def test_the_newest_is_told_by_the_time_and_not_by_the_clock_on_the_wall(tmp_path: Path) -> None:
    put(tmp_path, "a", "20241027-025900", "2024-10-27T02:59:00+02:00")
    after_summer_time = put(tmp_path, "a", "20241027-020100", "2024-10-27T02:01:00+01:00")
    assert find(tmp_path, None).path == after_summer_time


def test_the_tenth_run_of_a_second_comes_after_the_ninth(tmp_path: Path) -> None:
    for n in range(1, 12):
        put(tmp_path, "a", "20240131-120000" if n == 1 else f"20240131-120000-{n}")
    assert find(tmp_path, None).path.name == "20240131-120000-11"
    numbers = [run.path.name.removeprefix("20240131-120000").strip("-") for run in all_runs(tmp_path)]
    assert numbers == ["", *(str(n) for n in range(2, 12))]


def test_all_runs_come_by_name_and_age_and_nothing_else_does(tmp_path: Path) -> None:
    put(tmp_path, "b", "20240131-120000")
    put(tmp_path, "a", "20240131-120001")
    put(tmp_path, "a", "20240131-120000")
    put(tmp_path, "a", "by-hand")
    (tmp_path / "a" / "20240131-120002").mkdir()
    (tmp_path / "run.json").write_text("{}")
    assert [f"{run.path.parent.name}/{run.path.name}" for run in all_runs(tmp_path)] == [
        "a/20240131-120000", "a/20240131-120001", "a/by-hand", "b/20240131-120000",
    ]  # fmt: skip
    assert list(all_runs(tmp_path / "gone")) == []


def test_an_unknown_name_is_named_together_with_those_there_are(tmp_path: Path) -> None:
    put(tmp_path, "b", "20240131-120000")
    put(tmp_path, "a", "20240131-120000")
    with pytest.raises(UsageError, match=r"^c: is neither a run's folder nor the name of one; there are runs of: a, b"):
        find(tmp_path, "c")
    put(tmp_path, "har_lstm", "20240131-120000")
    with pytest.raises(UsageError, match=r"^har_lstn: .* nor the name of one \(did you mean `har_lstm`\?\); there are"):
        find(tmp_path, "har_lstn")


def test_an_unknown_name_where_there_are_no_runs_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=rf"^c: is neither .*; there are no runs in {tmp_path}$"):
        find(tmp_path, "c")


def test_the_newest_where_there_are_no_runs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=rf"^{tmp_path}: there are no runs yet; make one with: dlcli train"):
        find(tmp_path, None)


def test_the_folder_of_runs_is_the_one_given_else_the_environments_else_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCLI_RUNS", "/elsewhere")
    assert runs_folder(Path("here")) == Path("here")
    assert runs_folder(None) == Path("/elsewhere")
    monkeypatch.setenv("DLCLI_RUNS", "")
    assert runs_folder(None) == Path("runs")
    monkeypatch.delenv("DLCLI_RUNS")
    assert runs_folder(None) == Path("runs")


def test_a_folder_with_a_damaged_record_does_not_hide_the_others(tmp_path: Path) -> None:
    whole = put(tmp_path, "a", "20240131-120000")
    damaged = put(tmp_path, "a", "20240131-120001")
    (damaged / "run.json").write_text('{"state": "runn')
    assert [run.path for run in all_runs(tmp_path)] == [whole]
    assert find(tmp_path, None).path == whole


def test_a_name_stands_for_its_newest_run_that_fits(tmp_path: Path) -> None:
    older = put(tmp_path, "a", "20240131-120000")
    (older / "model.keras").touch()
    put(tmp_path, "a", "20240131-120001")
    for wanted in ("a", "a/latest", None):
        assert find(tmp_path, wanted, has_model).path == older
    newest = put(tmp_path, "a", "20240131-120002")
    assert find(tmp_path, "a", lambda run: False).path == newest


def test_a_finished_run_is_not_what_resume_means_by_a_name(tmp_path: Path) -> None:
    stopped, _done = put(tmp_path, "a", "20240131-120000"), put(tmp_path, "a", "20240131-120001")
    info = json.loads((stopped / "run.json").read_text())
    (stopped / "run.json").write_text(json.dumps(info | {"state": "preempted"}))
    assert find(tmp_path, "a", is_unfinished).path == stopped


def test_where_the_newest_was_deleted_the_one_before_is_meant(tmp_path: Path) -> None:
    kept, deleted = put(tmp_path, "a", "20240131-120000"), put(tmp_path, "a", "20240131-120001")
    shutil.rmtree(deleted)
    assert (tmp_path / "a" / "latest").read_text() == "20240131-120001\n"
    assert find(tmp_path, "a").path == kept
