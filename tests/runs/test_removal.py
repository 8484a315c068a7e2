"""Deleting is all or nothing for whoever looks on."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlcli.errors import UsageError
from dlcli.runs import removal
from dlcli.runs.entries import entries, entry_at
from dlcli.runs.find import all_runs
from dlcli.runs.lock import Lock
from dlcli.runs.removal import name_latest, remove, sweep
from tests.runs.conftest import MakeRun
from tests.runs.folders import put_folds, put_run
from tests.runs.test_lock import holder


def test_a_run_goes_whole_and_latest_names_the_one_before(tmp_path: Path) -> None:
    older, newer = put_run(tmp_path, "a/20260131-120000"), put_run(tmp_path, "a/20260131-120001")
    remove(entry_at(tmp_path, "a/20260131-120001"))
    assert sorted(path.name for path in newer.parent.iterdir()) == ["20260131-120000", "latest"]
    assert (newer.parent / "latest").read_text() == f"{older.name}\n"


def test_latest_stays_where_an_older_run_goes(tmp_path: Path) -> None:
    put_run(tmp_path, "a/20260131-120000")
    newer = put_run(tmp_path, "a/20260131-120001")
    remove(entry_at(tmp_path, "a/20260131-120000"))
    assert (tmp_path / "a" / "latest").read_text() == f"{newer.name}\n"


def test_the_newest_of_ten_in_one_second_is_told_by_its_number(tmp_path: Path) -> None:
    for n in (2, 9, 10):
        put_run(tmp_path, f"a/20260131-120000-{n}")
    (tmp_path / "a" / "latest").write_text("gone\n")
    name_latest(tmp_path / "a")
    assert (tmp_path / "a" / "latest").read_text() == "20260131-120000-10\n"


def test_with_the_last_run_the_folder_of_its_name_goes(tmp_path: Path, make_run: MakeRun, root: Path) -> None:
    put_run(tmp_path)
    remove(entry_at(tmp_path, "a/latest"))
    assert not (tmp_path / "a").exists()
    assert make_run().path.is_dir()


def test_what_else_lies_there_stays(tmp_path: Path) -> None:
    put_run(tmp_path)
    (tmp_path / "a" / "notes.txt").write_text("mine")
    remove(entry_at(tmp_path, "a/latest"))
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["notes.txt"]


def test_a_cross_validation_goes_with_all_its_runs_and_its_summary(tmp_path: Path) -> None:
    put_folds(tmp_path, ["done"] * 3)
    alone = put_run(tmp_path, "cv/20260131-120009")
    remove(entry_at(tmp_path, "cv/20260131-120000-2"))
    assert sorted(path.name for path in (tmp_path / "cv").iterdir()) == [alone.name, "latest"]


def test_a_living_run_stays(make_run: MakeRun, root: Path) -> None:
    run = make_run()
    (entry,) = entries(root)
    with pytest.raises(UsageError, match=rf"^{run.path}: is being trained; stop it first"):
        remove(entry)
    assert run.path.is_dir()


def test_a_run_that_was_resumed_after_it_was_looked_at_stays(tmp_path: Path) -> None:
    made = put_folds(tmp_path, ["done", "killed"], host="here", process=1)
    (entry,) = entries(tmp_path)
    with holder(made[1] / "lock"), pytest.raises(UsageError, match=rf"^{made[1]}: another process"):
        remove(entry)
    assert all(path.is_dir() for path in made)
    lock = Lock(made[0] / "lock")
    assert lock.acquire(), "what was taken must be given back"
    lock.release()


def test_a_damaged_run_can_be_deleted(tmp_path: Path) -> None:
    path = put_run(tmp_path)
    (path / "run.json").write_text("{")
    remove(entry_at(tmp_path, str(path)))
    assert not path.exists()


def test_a_deletion_cut_off_leaves_nothing_that_looks_like_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_folds(tmp_path, ["done"] * 3)
    kept = put_run(tmp_path, "a/20260131-120000")
    put_run(tmp_path, "a/20260131-120001")

    def die(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(removal.shutil, "rmtree", die)
    for name in ("cv/latest", "a/latest"):
        with pytest.raises(KeyboardInterrupt):
            remove(entry_at(tmp_path, name))
    monkeypatch.undo()
    assert [entry.path for entry in entries(tmp_path)] == [run.path for run in all_runs(tmp_path)] == [kept]
    assert (tmp_path / "a" / "latest").read_text() == f"{kept.name}\n"
    assert len(list(tmp_path.glob("*/.deleted-*"))) == 4
    sweep(tmp_path)
    assert list(tmp_path.glob("*/.deleted-*")) == []
    assert kept.is_dir()


def test_what_another_command_sweeps_away_meanwhile_is_no_mistake(tmp_path: Path) -> None:
    path = put_run(tmp_path)
    hidden = removal._hide(path)
    sweep(tmp_path)
    removal._delete(hidden)
    sweep(tmp_path / "none")
    assert [each.name for each in (tmp_path / "a").iterdir()] == ["latest"]
