"""The best of each name stay, and whatever could still be of use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dlcli.errors import UsageError
from dlcli.runs.collection import Collection, collect, seconds_of
from dlcli.runs.entries import entries
from tests.runs.folders import NOON, put_folds, put_run

DAY = 86400


def collected(root: Path, **given: Any) -> list[Collection]:
    options = {"keep_best": 1, "older_than": 0.0, "unfinished": False, "now": NOON.timestamp()} | given
    return sorted(collect(entries(root), **options), key=lambda each: each.family)


def doomed(root: Path, **given: Any) -> list[str]:
    return [entry.path.name for made in collected(root, **given) for entry, _ in made.doomed]


def spared(root: Path, **given: Any) -> dict[str, str]:
    return {entry.path.name: why for made in collected(root, **given) for entry, why in made.spared}


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Three runs: the oldest is the best on validation, the newest on the test."""
    for name, days, accuracy, test in (("old", 40, 0.9, 0.1), ("middle", 35, 0.8, 0.2), ("new", 1, 0.7, 0.3)):
        put_run(tmp_path, f"a/{name}", days_old=days, accuracies=[accuracy], test=test)
    return tmp_path


def test_the_best_are_told_by_validation(three: Path) -> None:
    (made,) = collected(three, keep_best=2)
    assert made.metric == "val_accuracy"
    assert [entry.path.name for entry in made.best] == ["old", "middle"]
    assert [(entry.path.name, why) for entry, why in made.doomed] == [("new", "number 3 of 3 by val_accuracy")]


def test_the_oldest_goes_first(three: Path) -> None:
    assert doomed(three, keep_best=0) == ["old", "middle", "new"]


def test_what_is_not_old_enough_stays(three: Path) -> None:
    assert doomed(three, older_than=30 * DAY) == ["middle"]
    assert spared(three, older_than=30 * DAY) == {"new": "not old enough"}
    assert doomed(three, older_than=35 * DAY + 1) == []


def test_of_a_metric_that_is_to_fall_the_lowest_is_best(tmp_path: Path) -> None:
    put_run(tmp_path, "a/1", keep="val_loss", accuracies=[0.1, 0.1, 0.1])
    put_run(tmp_path, "a/2", keep="val_loss", accuracies=[0.9])
    assert doomed(tmp_path) == ["2"]


def test_names_are_judged_each_by_itself(three: Path) -> None:
    put_run(three, "b/only", accuracies=[0.1])
    assert doomed(three) == ["middle", "new"]
    assert [made.family for made in collected(three)] == ["a", "b"]


def test_where_nothing_is_validated_the_test_ranks(tmp_path: Path) -> None:
    for name, test in (("1", 0.3), ("2", 0.5)):
        path = put_run(tmp_path, f"a/{name}", accuracies=[], test=test, keep="last")
        (path / "metrics.jsonl").write_text('{"epoch": 1, "step": 10, "loss": 1.0, "accuracy": 0.5}\n')
    (made,) = collected(tmp_path)
    assert made.metric == "test_accuracy"
    assert doomed(tmp_path) == ["1"]


def test_a_run_without_the_score_of_the_others_stays(tmp_path: Path) -> None:
    path = put_run(tmp_path, "a/1", days_old=9)
    row = '{"epoch": 1, "step": 10, "loss": 1.0, "val_loss": 1.0}\n'
    (path / "metrics.jsonl").write_text(row)
    (path / "run.json").write_text((path / "run.json").read_text().replace("val_accuracy", "val_loss"))
    put_run(tmp_path, "a/2")
    assert doomed(tmp_path) == []
    assert spared(tmp_path) == {"1": "has no val_accuracy to be ranked by"}


def test_a_score_that_is_no_number_is_the_worst(tmp_path: Path) -> None:
    put_run(tmp_path, "a/1", accuracies=[float("nan")])
    put_run(tmp_path, "a/2", accuracies=[0.1])
    assert doomed(tmp_path) == ["1"]


@pytest.mark.parametrize("state", ["preempted", "failed", "killed"])
def test_what_can_be_resumed_stays_unless_told_otherwise(tmp_path: Path, state: str) -> None:
    put_run(tmp_path, "a/stopped", state=state, accuracies=[0.99], test=None)
    put_run(tmp_path, "a/done", accuracies=[0.1])
    assert doomed(tmp_path) == []
    assert spared(tmp_path) == {"stopped": f"{state}, can be resumed (--unfinished deletes it)"}
    assert doomed(tmp_path, unfinished=True) == ["stopped"], "and it takes no place among the best"


def test_what_stopped_before_its_first_checkpoint_goes(tmp_path: Path) -> None:
    put_run(tmp_path, "a/stopped", state="failed", accuracies=[], test=None, checkpoints=[])
    (made,) = collected(tmp_path)
    assert [why for _, why in made.doomed] == ["failed, without a checkpoint"]


def test_the_living_and_the_damaged_stay(tmp_path: Path) -> None:
    put_run(tmp_path, "a/lives", state="running", test=None)
    (put_run(tmp_path, "a/broken") / "run.json").write_text("{")
    assert doomed(tmp_path, keep_best=0, unfinished=True) == []
    assert spared(tmp_path, unfinished=True) == {"lives": "running", "broken": "damaged"}


def test_a_cross_validation_is_one_with_the_mean_of_its_folds(tmp_path: Path) -> None:
    put_folds(tmp_path, ["done"] * 3, accuracies=[0.5])
    put_run(tmp_path, "cv/20260131-120009", accuracies=[0.4])
    assert doomed(tmp_path) == ["20260131-120009"]
    (made,) = collected(tmp_path, keep_best=0)
    assert sorted(len(entry.runs) for entry, _ in made.doomed) == [1, 3]


def test_an_unfinished_cross_validation_can_be_resumed_though_no_fold_has_a_checkpoint(tmp_path: Path) -> None:
    put_folds(tmp_path, ["done", "done"], checkpoints=[])
    assert doomed(tmp_path, keep_best=0) == []
    assert len(doomed(tmp_path, keep_best=0, unfinished=True)) == 1


def test_times_are_in_hours_days_or_weeks() -> None:
    assert [seconds_of(text) for text in ("12h", "30d", "2w", "0h")] == [43200, 30 * DAY, 14 * DAY, 0]


@pytest.mark.parametrize("text", ["30", "d", "1m", "-1d", "1.5d", ""])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=rf"^--older-than {text}: expected a number with h, d or w .* such as 30d$"):
        seconds_of(text)
