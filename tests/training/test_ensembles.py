"""An ensemble's members are trained as if each were alone; what is evaluated and saved is their average."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest

from dlcli.datasets.data import Classes, Reals
from dlcli.errors import Preempted
from dlcli.report.scores import member_lines
from dlcli.strategies.mirrored import Mirrored
from dlcli.training import prepare as prepare_module
from dlcli.training.build import build_model, portable, recurrent_kernels, use_kernels
from dlcli.training.checkpoints import newest
from dlcli.training.diagnosis import diagnose
from dlcli.training.evaluate import evaluate_run, predict
from dlcli.training.members import members_of
from dlcli.training.prepare import prepare
from dlcli.training.signals import StopRequest
from dlcli.training.train import train
from tests.training.conftest import furthest, weights

MLP = "{type: mlp, units: [12, 8], activation: maxout, batch_norm: true, dropout: 0.3, input_dropout: 0.1, l2: 0.001}"
SMALL = "{type: mlp, units: [8], dropout: 0.3}"
LSTM = "{type: lstm, units: [6], dropout: 0.3}"
CNN = "{type: cnn, filters: [4], batch_norm: true, dropout: 0.2, dense_units: [6]}"
OPTIMIZER = "{type: adam, learning_rate: 0.01, clip_norm: 0.05, ema: 0.9}"
TRAIN = "{epochs: 2, batch_size: 32, keep: last, label_smoothing: 0.1}"


def ensemble(*members: str) -> str:
    return f"{{type: ensemble, members: [{', '.join(members)}]}}"


def copies(of: str, count: int) -> str:
    return f"{{type: ensemble, of: {of}, copies: {count}}}"


def trained(loop):
    loop.run(StopRequest())
    return loop


def of_each(loop) -> list[list[np.ndarray]]:
    return [member.get_weights() for member in members_of(loop.steps.model)]


@pytest.mark.parametrize("member", [MLP, pytest.param(LSTM, marks=pytest.mark.slow)])
def test_an_ensemble_of_one_equals_its_member(experiment, make_loop, member, data):
    alone, within = (trained(make_loop(experiment(model, OPTIMIZER, TRAIN))) for model in (member, copies(member, 1)))
    assert furthest(alone.steps.model.get_weights(), within.steps.model.get_weights()) < 1e-6
    outputs = [predict(loop.steps.model, data.test.x) for loop in (alone, within)]
    np.testing.assert_allclose(*outputs, atol=1e-5)
    rows = [
        {name: value for name, value in loop.listener.rows[-1].items() if name != "time"} for loop in (alone, within)
    ]
    assert rows[0].keys() == rows[1].keys()
    assert rows[0] == pytest.approx(rows[1], abs=1e-5)


def test_members_have_the_weights_that_they_have_alone_with_their_seeds(experiment, make_loop, monkeypatch):
    # Alone, each has a seed of its own, but for the order of the examples, which all members share.
    ours = prepare_module.training_order
    monkeypatch.setattr(
        prepare_module,
        "training_order",
        lambda experiment, data: ours(experiment.model_copy(update={"seed": 3}), data),
    )
    parts = (MLP, LSTM)
    together = of_each(trained(make_loop(experiment(ensemble(*parts), OPTIMIZER, TRAIN, seed=3))))
    for number, part in enumerate(parts):
        alone = trained(make_loop(experiment(part, OPTIMIZER, TRAIN, seed=3 + number)))
        assert furthest(alone.steps.model.get_weights(), together[number]) < 1e-5


def test_copies_differ_in_first_weights_and_in_masks(experiment, make_loop):
    loop = make_loop(experiment(copies(MLP, 3), OPTIMIZER, TRAIN))
    first = of_each(loop)
    assert furthest(first[0], first[1]) > 0.1
    assert furthest(first[1], first[2]) > 0.1
    # Begun with equal weights they part, for each drops other units.
    for member in members_of(loop.steps.model):
        member.set_weights(first[0])
    last = of_each(trained(loop))
    assert furthest(last[0], last[1]) > 0.01


def test_no_member_learns_from_another(experiment, make_loop):
    def last(second):
        return of_each(trained(make_loop(experiment(ensemble(MLP, second), OPTIMIZER, TRAIN))))[0]

    assert furthest(last(SMALL), last("{type: linear, l2: 100.0}")) < 1e-6


def test_the_loss_told_is_the_mean_of_the_members_and_validation_is_of_the_average(experiment, make_loop, data):
    loop = make_loop(experiment(ensemble("linear", MLP), "{type: sgd, learning_rate: 1e-30}", "{epochs: 1}"))
    (row,) = trained(loop).listener.rows
    outputs = [predict(member, data.validation.x) for member in members_of(loop.steps.model)]
    probabilities = [loop.prepared.task.predictions(each) for each in outputs]
    mean = np.mean(probabilities, axis=0)
    y = data.validation.y
    assert row["val_accuracy"] == pytest.approx((mean.argmax(axis=1) == y).mean())
    assert row["val_loss"] == pytest.approx(-np.log(mean[np.arange(len(y)), y]).mean(), rel=1e-4)
    for number, each in enumerate(probabilities, start=1):
        assert row[f"val_member_{number}_accuracy"] == pytest.approx((each.argmax(axis=1) == y).mean())
    alone = [
        trained(make_loop(experiment(model, "{type: sgd, learning_rate: 1e-30}", "{epochs: 1}")))
        for model in ("linear",)
    ]
    without = make_loop(experiment(ensemble("linear", "linear"), "{type: sgd, learning_rate: 1e-30}", "{epochs: 1}"))
    for member in members_of(without.steps.model):
        member.set_weights(alone[0].steps.model.get_weights())
    assert trained(without).listener.rows[0]["loss"] == pytest.approx(alone[0].listener.rows[0]["loss"], rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 4])
def test_several_devices_agree_with_one(experiment, make_loop, count):
    spec = experiment(ensemble(MLP, CNN), "{type: adam, learning_rate: 0.003, clip_norm: 0.05}", TRAIN)
    one = trained(make_loop(spec))
    several = trained(make_loop(spec, Mirrored(devices=tuple(f"CPU:{i}" for i in range(count))).build()))
    assert several.steps.strategy.num_replicas_in_sync == count
    assert furthest(one.steps.model.get_weights(), several.steps.model.get_weights()) < 1e-5
    rows = [
        {name: value for name, value in loop.listener.rows[-1].items() if name != "time"} for loop in (one, several)
    ]
    assert rows[0] == pytest.approx(rows[1], abs=1e-5)


def test_a_stopped_and_resumed_training_ends_with_the_same_bits(experiment, make_loop):
    spec = experiment(ensemble(MLP, SMALL), OPTIMIZER, TRAIN)
    undisturbed = trained(make_loop(spec))
    stopped, stop = make_loop(spec), StopRequest()

    def ask(epoch, done):
        if epoch == 1 and done >= 2:
            stop.received = "SIGTERM"

    stopped.listener.on_step = ask
    with pytest.raises(Preempted, match="SIGTERM"):
        stopped.run(stop, [keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)])
    resumed = make_loop(spec)
    resumed.restore(newest(stopped.checkpoints.folder))
    assert resumed.progress.step == 7
    trained(resumed)
    assert furthest(weights(undisturbed), weights(resumed)) == 0.0


def test_accumulated_steps_are_the_same_steps(experiment, make_loop):
    models = ensemble(SMALL, "{type: mlp, units: [5], activation: tanh}")
    whole, parts = (
        trained(make_loop(experiment(models, OPTIMIZER, f"{{epochs: 2, batch_size: 32, accumulation_steps: {n}}}")))
        for n in (1, 2)
    )
    assert furthest(whole.steps.model.get_weights(), parts.steps.model.get_weights()) < 1e-5


def test_a_run_tells_each_members_scores_and_its_model_opens_in_plain_keras(experiment, begin, data, tmp_path):
    spec = experiment(ensemble(MLP, SMALL), "{type: adam, learning_rate: 0.01}", "{epochs: 3, batch_size: 32}")
    run = begin(spec)
    _, test = train(prepare(spec), run)
    result = json.loads((run.path / "result.json").read_text())["test"]
    assert [scores.keys() for scores in result["members"]] == [{"loss", "accuracy", "macro_f1"}] * 2
    first, second = (scores["accuracy"] for scores in result["members"])
    assert member_lines(test) == [f"members      accuracy {first:.4f} mlp, {second:.4f} mlp"]
    assert member_lines(replace(test, member_names=())) == [f"members      accuracy {first:.4f} {second:.4f}"]
    assert evaluate_run(run, "test").as_json() == test.as_json()
    assert run.metrics()[0].keys() >= {"val_accuracy", "val_member_1_accuracy", "val_member_2_accuracy"}

    members = members_of(keras.models.load_model(run.model_path))
    mean = np.mean([prepare(spec).task.predictions(predict(each, data.test.x)) for each in members], axis=0)
    np.save(tmp_path / "x.npy", data.test.x)
    program = (
        "import sys, numpy as np, keras;"
        f"model = keras.models.load_model({str(run.model_path)!r});"
        f"np.save({str(tmp_path / 'y.npy')!r}, model.predict(np.load({str(tmp_path / 'x.npy')!r}), verbose=0));"
        "assert not [name for name in sys.modules if name.startswith('dlcli')]"
    )
    environment = os.environ | {"KERAS_BACKEND": "tensorflow"}
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path, env=environment)
    np.testing.assert_allclose(np.exp(np.load(tmp_path / "y.npy")), mean, atol=1e-5)


@pytest.mark.parametrize("target", [Reals(("a", "b")), Classes(("no", "yes"))], ids=["reals", "two_classes"])
def test_averages_of_numbers_and_of_two_classes_are_saved_too(experiment, make_loop, data, target):
    draw = np.random.default_rng(0)

    def posed(split):
        numbers = (100 + 7 * draw.normal(size=(len(split.y), 2))).astype(np.float32)
        return replace(split, y=numbers if isinstance(target, Reals) else (split.y > 0).astype(np.int32))

    other = replace(data, **{name: posed(split) for name, split in data.splits.items()}, target=target)
    loop = trained(make_loop(experiment(ensemble("linear", MLP), train="{epochs: 1}"), data=other))
    task, x = loop.prepared.task, other.test.x
    parts = [task.predictions(predict(member, x)) for member in members_of(loop.steps.model)]
    found = task.predictions(predict(portable(loop.steps.model), x))
    np.testing.assert_allclose(found, np.mean(parts, axis=0), rtol=1e-5)
    headline = "rmse" if isinstance(target, Reals) else "accuracy"
    assert f"val_member_2_{headline}" in loop.listener.rows[-1]


def test_parameters_are_those_of_the_members(experiment, data):
    spec = experiment(ensemble("{type: linear}", "{type: mlp, units: [5]}"))
    model = build_model(spec, data, prepare(spec, data=data).task)
    inputs = 12 * 3
    assert sum(int(np.prod(each.shape)) for each in model.trainable_weights) == (
        (inputs * 3 + 3) + (inputs * 5 + 5 + 5 * 3 + 3)
    )


def test_a_fault_is_told_with_its_member(experiment, make_loop):
    loop = make_loop(experiment(ensemble("linear", "{type: mlp, units: [5, 4]}")))
    members_of(loop.steps.model)[1].get_layer("dense_2").kernel.assign(np.full((5, 4), 3e38))
    assert "the outputs of layer `member_2/dense_2` are the first" in diagnose(loop.prepared, loop.steps, 0).text
    members_of(loop.steps.model)[1].get_layer("dense_2").kernel.assign(np.full((5, 4), np.nan))
    assert "the weights `member_2/dense_2/kernel` are no longer" in diagnose(loop.prepared, loop.steps, 0).text


def test_the_kernels_of_members_are_told_and_used_again(experiment, data):
    spec = experiment(ensemble(LSTM, "{type: bilstm, units: [4]}"))
    task = prepare(spec, data=data).task
    model = build_model(spec, data, task)
    told = recurrent_kernels(model)
    assert told == {"member_1/lstm_1": "block", "member_2/forward_lstm_1": "block"}
    use_kernels(model, {"member_2/forward_lstm_1": "keras (as before)"})
    assert recurrent_kernels(model) == told | {"member_2/forward_lstm_1": "keras (as before)"}


def test_first_weights_of_another_ensemble_are_taken_over_and_frozen_in_all_members(experiment, begin, data, tmp_path):
    spec = experiment(copies("{type: mlp, units: [4]}", 2), train="{epochs: 1}", more="name: first")
    train(prepare(spec), begin(spec))
    more = "init_from: {run: first, freeze: ['dense_*', 'member_2/head']}"
    second = experiment(copies("{type: mlp, units: [4]}", 2), train="{epochs: 1}", more=more)
    prepared = prepare(second, runs=tmp_path / "runs")
    run = begin(second)
    train(prepared, run)
    theirs, ours = (members_of(keras.models.load_model(each.model_path)) for each in (prepared.initial.run, run))
    same = [
        [bool(np.array_equal(a, b)) for a, b in zip(one.get_weights(), other.get_weights(), strict=True)]
        for one, other in zip(theirs, ours, strict=True)
    ]
    assert same == [[True, True, False, False], [True, True, True, True]]


def test_small_signals_are_learnt(experiment, make_loop):
    loop = make_loop(
        experiment(ensemble(CNN, "{type: gru, units: [8]}"), "{type: adam, learning_rate: 0.02}", "{epochs: 12}")
    )
    assert trained(loop).listener.rows[-1]["val_accuracy"] > 0.75
