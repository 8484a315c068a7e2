"""Runs that are taken up again: they end as if undisturbed, and what cannot be so is refused with the run untouched."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from dlcli.errors import DataError, Preempted, UsageError
from dlcli.runs import provenance
from dlcli.runs.run import Run
from dlcli.training import prepare as prepare_module
from dlcli.training.checkpoints import newest
from dlcli.training.prepare import prepare
from dlcli.training.resume import take_up
from dlcli.training.train import train


@pytest.fixture
def spec(experiment):
    """An experiment of a small model, trained for so many epochs of three steps."""

    def make(epochs, optimizer="adam", train="", more=""):
        return experiment("linear", optimizer, f"{{epochs: {epochs}, batch_size: 50{train}}}", more=more)

    return make


def trained(experiment, run):
    train(prepare(experiment), run)
    return run


def gone_on(run, experiment, said=None):
    """The run, found anew and trained to its end with an experiment."""
    run = Run(run.path)
    note = (lambda line: None) if said is None else said.append
    prepared, checkpoint = take_up(run, experiment, runs=run.path.parents[1], say=note)
    train(prepared, run, checkpoint=checkpoint)
    return run


def files(run):
    """All files of a run, with what they hold; its lock was looked at."""
    return {path: path.read_bytes() for path in sorted(run.path.rglob("*")) if path.is_file()}


def assert_same(one, other):
    """Two runs ended with the same rows, the same kept model and the same weights, bit for bit."""
    rows = [[row | {"time": 0} for row in run.metrics()] for run in (one, other)]
    assert rows[0] == rows[1]
    kept = [keras.models.load_model(run.model_path).get_weights() for run in (one, other)]
    last = [newest(run.checkpoint_folder) for run in (one, other)]
    for pair in (kept, [checkpoint.variables for checkpoint in last]):
        assert all(np.array_equal(a, b) for a, b in zip(*pair, strict=True))
    results = [json.loads((run.path / "result.json").read_text()) for run in (one, other)]
    assert results[0] == results[1]


@pytest.mark.parametrize(
    "optimizer",
    [
        "{type: adam, learning_rate: 0.3, ema: 0.9}",
        "{type: sgd, schedule: {type: piecewise, boundaries_epochs: [1, 3], factors: [1, 0.5, 0.1]}}",
        "{type: sgd, learning_rate: 2.0, schedule: {type: plateau, patience: 1}}",
    ],
)
def test_a_finished_run_that_is_trained_longer_equals_one_that_was_to_be_so_long(spec, begin, optimizer):
    longer = trained(spec(5, optimizer), begin(spec(5, optimizer)))
    said = []
    extended = gone_on(trained(spec(2, optimizer), begin(spec(2, optimizer))), spec(5, optimizer), said)
    assert_same(longer, extended)
    assert said == ["changed: train.epochs: 2 -> 5"]
    assert extended.info["epochs"] == extended.experiment.train.epochs == 5
    (change,) = extended.info["changes"]
    assert (change["after_step"], change["what"]) == (6, said)


@pytest.mark.parametrize(
    ("epochs", "optimizer", "more", "said"),
    [
        (3, "adam", "", r"is done; .* more epochs than 3, as with --set train\.epochs=6"),
        (2, "adam", "", r"is done; .* more epochs than 3"),
        (6, "{type: adam, schedule: cosine}", "", r"\(cosine\) depends on train\.epochs: with 6 instead of 3"),
        (
            6, "{type: sgd, learning_rate: 1.0e-30}", ", early_stopping: {patience: 1}",
            "ended early, after step 6, and would with 6 epochs, too",
        ),
    ],
)  # fmt: skip
def test_a_finished_run_is_left_as_it_is_where_more_epochs_would_not_do(spec, begin, epochs, optimizer, more, said):
    run = trained(spec(3, optimizer, more), begin(spec(3, optimizer, more)))
    before = files(run)
    with pytest.raises(UsageError, match=said) as error:
        take_up(Run(run.path), spec(epochs, optimizer, more), runs=run.path.parents[1])
    assert str(run.path) in str(error.value)
    assert files(run) == before


def test_what_a_cosine_says_can_be_done_instead_names_the_run(spec, begin):
    run = trained(spec(2, "{type: adam, schedule: cosine}"), begin(spec(2, "{type: adam, schedule: cosine}")))
    with pytest.raises(UsageError, match=rf"--set init_from={run.path} --set train\.epochs=4$"):
        take_up(Run(run.path), spec(4, "{type: adam, schedule: cosine}"), runs=run.path.parents[1])


def test_a_finished_run_without_checkpoints_cannot_be_trained_longer(spec, begin):
    run = trained(spec(1), begin(spec(1)))
    for path in run.checkpoint_folder.iterdir():
        path.unlink()
    with pytest.raises(UsageError, match=f"{run.path}: has no checkpoint left"):
        take_up(Run(run.path), spec(2), runs=run.path.parents[1])


def stopped(experiment, run, step):
    """The run, stopped by a callback after a step."""

    def stop(batch, logs):
        if int(counter.model.optimizer.iterations.numpy()) == step:
            raise Preempted("stopped")

    counter = keras.callbacks.LambdaCallback(on_train_batch_end=stop)
    with pytest.raises(Preempted):
        train(prepare(experiment), run, callbacks=[counter])
    return run


@pytest.mark.parametrize("every", ["1 steps", "4 steps", "1 epochs"])
def test_a_run_that_died_ends_as_if_undisturbed_wherever_its_checkpoints_were(spec, begin, every):
    optimizer = "{type: adam, learning_rate: 0.3, schedule: {type: plateau, patience: 1}, ema: 0.9}"
    experiment = spec(5, optimizer, ", early_stopping: {patience: 4}", f"checkpoint: {{every: {every}}}")
    undisturbed = trained(experiment, begin(experiment))
    died = stopped(experiment, begin(experiment), 11)
    assert newest(died.checkpoint_folder).step == {"1 steps": 10, "4 steps": 8, "1 epochs": 9}[every]
    assert_same(undisturbed, gone_on(died, experiment))


def test_a_better_model_that_was_found_after_the_checkpoint_is_forgotten(spec, begin):
    experiment = spec(4, "{type: adam, learning_rate: 0.1}", more="checkpoint: {every: 3 steps}")
    undisturbed = trained(experiment, begin(experiment))
    died = stopped(experiment, begin(experiment), 11)
    newest(died.checkpoint_folder).path.unlink()
    model = keras.models.load_model(died.model_path)
    model.set_weights([weight + 7 for weight in model.get_weights()])
    model.save(died.model_path)
    assert_same(undisturbed, gone_on(died, experiment))


def test_a_damaged_checkpoint_is_told_and_the_one_before_gives_the_same_end(spec, begin):
    experiment = spec(3, more="checkpoint: {every: 2 steps}")
    undisturbed = trained(experiment, begin(experiment))
    died = stopped(experiment, begin(experiment), 7)
    damaged = newest(died.checkpoint_folder).path
    damaged.write_bytes(damaged.read_bytes()[:-100])
    said = []
    assert_same(undisturbed, gone_on(died, experiment, said))
    (line,) = said
    assert str(damaged) in line
    assert "is passed over" in line


def test_without_a_checkpoint_it_begins_anew_and_says_so(spec, begin):
    seldom = spec(1, more="checkpoint: {every: 9 epochs}")
    undisturbed = trained(seldom, begin(seldom))
    died = stopped(seldom, begin(seldom), 2)
    said = []
    assert_same(undisturbed, gone_on(died, seldom, said))
    assert said == [
        f"{died.path} has no checkpoint to go on from; it begins anew, which gives what it would have given"
    ]


def test_other_data_is_refused_with_both_fingerprints_and_the_run_untouched(spec, begin, data, monkeypatch):
    experiment = spec(3, more="checkpoint: {every: 1 steps}")
    run = stopped(experiment, begin(experiment), 4)
    other = replace(data, train=replace(data.train, y=data.train.y[::-1].copy()))
    monkeypatch.setattr(prepare_module, "load_data", lambda experiment, **_: other)
    before = files(run)
    with pytest.raises(DataError, match=f"fingerprint {other.fingerprint()}, it was {data.fingerprint()}") as error:
        take_up(Run(run.path), experiment, runs=run.path.parents[1])
    assert error.value.exit_code == 3
    assert files(run) == before


def test_an_end_that_lies_behind_it_is_refused(spec, begin):
    every = "checkpoint: {every: 1 steps}"
    run = stopped(spec(4, more=every), begin(spec(4, more=every)), 8)
    with pytest.raises(UsageError, match=r"is already in epoch 3; it cannot end after 2; give it train\.epochs=3 or"):
        take_up(Run(run.path), spec(2, more=every), runs=run.path.parents[1])
    shorter = gone_on(run, spec(3, more=every))
    assert_same(trained(spec(3, more=every), begin(spec(3, more=every))), shorter)


def test_what_changed_around_a_run_is_told_and_on_record_each_time(spec, begin, monkeypatch):
    experiment = spec(3, more="checkpoint: {every: 1 steps}")
    run = stopped(experiment, begin(experiment), 2)
    threads = run.info["threads"]
    monkeypatch.setattr(provenance, "threads", lambda: threads + 5)
    run.update(versions=run.info["versions"] | {"numpy": "1.0"})
    said = []
    run = gone_on(run, experiment, said)
    assert said[0].startswith("numpy was 1.0 when this run began; it is ")
    assert said[1] == f"this run began with {threads} threads, here are {threads + 5}: sums are rounded otherwise"
    assert run.info["changes"][0]["what"] == said
    assert run.info["threads"] == threads


def test_the_kernels_that_a_run_began_with_are_used_again(experiment, begin, monkeypatch):
    spec = experiment(train="{epochs: 2, batch_size: 50}", more="checkpoint: {every: 1 steps}")
    run = stopped(spec, begin(spec), 2)
    assert run.info["kernels"] == {"lstm_1": "block"}
    run.update(kernels={"lstm_1": "keras (over 64 units)"})
    assert gone_on(run, spec).info["kernels"] == {"lstm_1": "keras (over 64 units)"}


def test_a_run_folder_moved_elsewhere_goes_on(spec, begin, tmp_path):
    experiment = spec(2, more="checkpoint: {every: 1 steps}")
    run = stopped(experiment, begin(experiment), 4)
    moved = Path(run.path).rename(tmp_path / "runs" / "moved")
    assert gone_on(Run(moved), experiment).info["state"] == "done"


@pytest.mark.slow
@pytest.mark.parametrize(
    "model",
    [
        "{type: attention_rnn, units: [4], filters: [3], batch_norm: true, dropout: 0.3}",
        "{type: gru, units: [4], bidirectional: true, dropout: 0.3, pooling: max}",
    ],
)
def test_recurrent_models_go_on_as_if_undisturbed(experiment, begin, model):
    def spec(epochs):
        return experiment(model, "{type: adam, learning_rate: 0.01}", f"{{epochs: {epochs}, batch_size: 50}}")

    longer = trained(spec(3), begin(spec(3)))
    assert_same(longer, gone_on(trained(spec(1), begin(spec(1))), spec(3)))
