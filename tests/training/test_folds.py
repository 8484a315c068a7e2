"""Cross-validation: each example is tested once, a stopped set goes on where it was."""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import replace

import numpy as np
import pytest

from dlcli.datasets.data import pooled
from dlcli.datasets.splits import folds
from dlcli.errors import DataError, Preempted
from dlcli.runs.find import all_runs
from dlcli.spec.load import dump
from dlcli.training import folds as module
from dlcli.training import train as training
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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals to itself")
def test_a_signal_while_a_fold_is_evaluated_stops_before_the_next(spec, begin, tmp_path, monkeypatch):
    undisturbed = begin(spec)
    evaluate = training.evaluate

    def signalled(model, name, *rest):
        os.kill(os.getpid(), signal.SIGUSR1)
        return evaluate(model, name, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(training, "evaluate", signalled)
        with pytest.raises(Preempted, match=r"SIGUSR1 after fold 1 of 3; everything is saved"):
            begin(spec)
    first = list(all_runs(tmp_path / "runs"))[-1]
    assert (first.info["fold"], first.info["state"]) == (1, "done")
    assert begin(spec, begun=first.info["fold_set"]).scores == undisturbed.scores


def test_a_fold_whose_data_has_changed_is_refused_and_stays_as_it_was(spec, begin, tmp_path, data, monkeypatch):
    def stops(prepared, run, **more):
        run.update(dataset=prepared.data.fingerprint())
        run.end(Preempted("stopped"))
        raise Preempted("stopped")

    with monkeypatch.context() as patched:
        patched.setattr(module, "train", stops)
        with pytest.raises(Preempted):
            begin(spec)
    (run,) = all_runs(tmp_path / "runs")
    other = replace(data, train=replace(data.train, x=data.train.x + 1))
    monkeypatch.setattr(module, "load_folds", lambda experiment, smoke: ((d, 3) for d in folds(other, 3, 0)))
    with pytest.raises(DataError, match=f"{run.path}: the data has changed .* it was {run.info['dataset']}"):
        begin(spec, begun=run.info["fold_set"])
    assert run.info["state"] == "preempted"
