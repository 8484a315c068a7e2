"""Cross-validation: each example is tested once, a stopped set goes on where it was."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dlcli.datasets.data import pooled
from dlcli.datasets.splits import folds
from dlcli.errors import Preempted
from dlcli.runs.find import all_runs
from dlcli.spec.load import dump
from dlcli.training import folds as module
from dlcli.training.folds import train_folds
from dlcli.training.train import train


@pytest.fixture
def begin(data, tmp_path, monkeypatch):
    """Trains the folds of an experiment on the small signals."""
    monkeypatch.setattr(module, "load_folds", lambda experiment, smoke: ((d, 3) for d in folds(data, 3, 0)))

    def run(spec, **more):
        source = tmp_path / "source.yaml"
        source.write_text(dump(spec))
        return train_folds(spec, tmp_path / "runs", source=source, **more)

    return run


@pytest.fixture
def spec(experiment):
    return experiment("{type: gru, units: [4]}", train="{epochs: 1, batch_size: 64}", more="folds: 3, name: small")


def test_there_is_a_run_for_each_fold_and_a_summary(spec, begin, tmp_path):
    summary = begin(spec)
    runs = list(all_runs(tmp_path / "runs"))
    assert [(run.info["fold"], run.info["state"]) for run in runs] == [(n, "done") for n in (1, 2, 3)]
    reached = [json.loads((run.path / "result.json").read_text())["test"]["accuracy"] for run in runs]
    assert summary.scores["accuracy"] == reached
    assert summary.means["accuracy"] == pytest.approx(np.mean(reached))
    assert summary.deviations["accuracy"] == pytest.approx(np.std(reached, ddof=1))
    written = json.loads(summary.path.read_text())
    assert written["scores"]["accuracy"] == reached
    assert written["folds"] == summary.count == 3


def test_a_set_that_was_stopped_goes_on_and_ends_as_if_it_had_not_been(spec, begin, tmp_path, monkeypatch):
    undisturbed = begin(spec)
    calls = []

    def stops_in_the_second(prepared, run, **more):
        calls.append(run)
        if len(calls) == 2:
            error = Preempted("stopped by SIGTERM")
            run.end(error)
            raise error
        return train(prepared, run, **more)

    monkeypatch.setattr(module, "train", stops_in_the_second)
    with pytest.raises(Preempted):
        begin(spec)
    begun = calls[0].info["fold_set"]
    resumed = begin(spec, begun=begun)
    assert resumed.scores == undisturbed.scores
    assert [call.info["fold"] for call in calls] == [1, 2, 2, 3]
    assert resumed.path.name == f"folds-{begun}.json"


def test_every_example_is_tested_once_and_groups_stay_whole(data):
    parts = list(folds(data, 3, 0))
    tested = np.concatenate([part.test.x for part in parts])
    everything = pooled(data).x
    assert len(tested) == len(everything)
    assert {x.tobytes() for x in tested} == {x.tobytes() for x in everything}
    for part in parts:
        groups = [set(split.groups.tolist()) for split in part.splits.values()]
        assert not set.intersection(groups[0], groups[1]) | set.intersection(groups[0], groups[2])
