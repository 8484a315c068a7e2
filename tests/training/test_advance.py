"""A step whose loss or gradient is not finite changes nothing, whatever else is trained with it in one call."""

from __future__ import annotations

import math
from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.errors import Preempted, TrainingError
from dlcli.strategies.mirrored import Mirrored
from dlcli.training.advance import SKIPS_IN_A_ROW
from dlcli.training.checkpoints import newest
from dlcli.training.orders import Shuffled
from dlcli.training.signals import StopRequest
from tests.training.conftest import furthest, weights

MODEL = "{type: mlp, units: [6], batch_norm: true, dropout: 0.2, l2: 0.001}"
EVERY_STEP = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)


def skipping(more=""):
    return f"{{epochs: 3, batch_size: 32, on_nan: skip{more}}}"


def spoilt(data, *examples, value=math.nan):
    """The data with a value in one channel of some training examples, once normalisation has seen it as it was."""
    x = data.train.x.copy()
    x[list(examples), 3, 1] = value
    return replace(data, train=replace(data.train, x=x))


@pytest.fixture
def make_spoilt(make_loop, data):
    """A loop whose model is normalised by the good data and trained on the spoilt."""

    def make(spec, *examples, strategy=None, value=math.nan):
        loop = make_loop(spec, strategy)
        loop.data = replace(data, train=spoilt(data, *examples, value=value).train)
        loop.prepared = replace(loop.prepared, data=loop.data)
        return loop

    return make


def steps_with(example, seed=3, epochs=3):
    """The steps, from 0, of batches of 32 of 150 that hold an example."""
    return [step for step in range(5 * epochs) if example in Shuffled(150, 32, seed).examples_of(step)]


def two_devices():
    return Mirrored(devices=("CPU:0", "CPU:1")).build()


@pytest.mark.parametrize(("callbacks", "devices", "parts"), [([], 1, 1), ([EVERY_STEP], 1, 2), ([], 2, 2)])
def test_a_step_that_is_stopped_at_changed_nothing(experiment, make_loop, make_spoilt, callbacks, devices, parts):
    spec = experiment(MODEL, train=f"{{epochs: 3, batch_size: 32, accumulation_steps: {parts}}}")
    strategies = [two_devices() if devices == 2 else None for _ in range(2)]
    loop = make_spoilt(spec, 77, strategy=strategies[0])
    first = steps_with(77)[0]
    with pytest.raises(TrainingError, match=rf"^step {first + 1} \(epoch 1\) was not taken: "):
        loop.run(StopRequest(), callbacks)
    saved = newest(loop.checkpoints.folder)
    assert saved.step == first

    good, stop = make_loop(spec, strategies[1]), StopRequest()
    good.listener.on_step = lambda epoch, done: setattr(stop, "received", "SIGTERM" if done == first else None)
    stop.received = None if first else "SIGTERM"
    with pytest.raises(Preempted):
        good.run(stop, [EVERY_STEP])
    assert furthest(saved.variables, weights(good)) == 0.0
    assert saved.progress["totals"] == good.progress.totals


@pytest.mark.parametrize(
    ("devices", "more"), [(1, ""), pytest.param(2, ", accumulation_steps: 2", marks=pytest.mark.slow)]
)
def test_skipping_depends_neither_on_the_pace_nor_on_a_stop_in_between(experiment, make_spoilt, devices, more):
    # A mean of the weights, momenta, moving averages: all of them stay as they were.
    spec = experiment(MODEL, "{type: adam, ema: 0.9}", skipping(more))
    strategies = [two_devices() if devices == 2 else None for _ in range(3)]
    many, single, resumed = (make_spoilt(spec, 77, 10, strategy=strategy) for strategy in strategies)
    many.run(StopRequest())
    bad = sorted({*steps_with(77), *steps_with(10)})
    assert many.progress.skipped == len(bad)
    assert many.steps.optimizer.iterations.numpy() == 15 - len(bad)
    assert all(np.isfinite(array).all() for array in weights(many))

    stop = StopRequest()
    single.listener.on_step = lambda epoch, done: setattr(
        stop, "received", "SIGTERM" if 5 * epoch + done == bad[1] + 1 else None
    )
    with pytest.raises(Preempted):
        single.run(stop, [EVERY_STEP])
    resumed.restore(newest(single.checkpoints.folder))
    assert resumed.progress.skipped_in_a_row >= 1
    resumed.run(StopRequest())
    assert furthest(weights(many), weights(resumed)) == 0.0
    rows = [[row | {"time": 0} for row in loop.listener.rows] for loop in (many, single, resumed)]
    assert rows[0] == rows[1] + rows[2]
    assert resumed.progress.skipped == many.progress.skipped


def test_going_on_with_skip_is_as_if_it_had_been_there_from_the_start(experiment, make_spoilt):
    stopped, resumed, undisturbed = (
        make_spoilt(experiment(MODEL, train=train), 77)
        for train in (skipping().replace("skip", "stop"), skipping(), skipping())
    )
    with pytest.raises(TrainingError):
        stopped.run(StopRequest())
    resumed.restore(newest(stopped.checkpoints.folder))
    for loop in (resumed, undisturbed):
        loop.run(StopRequest())
    assert furthest(weights(resumed), weights(undisturbed)) == 0.0
    assert resumed.progress.skipped == undisturbed.progress.skipped == 3


def test_only_the_steps_that_hold_a_bad_example_are_skipped(experiment, make_spoilt):
    # Short batches and shares are filled up with rows that count nothing: were they of the bad example, they would.
    order = Shuffled(150, 32, 3).examples_of(0)
    for devices in (1, 2):
        strategy = two_devices() if devices == 2 else None
        loop = make_spoilt(experiment(MODEL, train=skipping()), order[0], strategy=strategy)
        loop.run(StopRequest())
        assert loop.progress.skipped == 3


def test_an_infinite_gradient_of_a_finite_loss_is_skipped(experiment, make_loop):
    @tf.custom_gradient
    def explode(x):
        return tf.identity(x), lambda upstream: upstream * math.inf

    loop = make_loop(experiment("linear", train=skipping()))
    losses = loop.steps.training_losses
    loop.steps.training_losses = lambda y, output: losses(y, explode(output))
    before = weights(loop)
    with pytest.raises(TrainingError, match=r"^step 21 \(epoch 5\) was not taken: the gradient of `head/bias` is not"):
        replace_epochs(loop, 9).run(StopRequest())
    assert furthest(before, weights(loop)) == 0.0


def replace_epochs(loop, epochs):
    loop._last_step = epochs * loop.steps_per_epoch
    return loop


def test_no_more_than_so_many_steps_in_a_row_are_skipped(experiment, make_spoilt):
    loop = make_spoilt(experiment("linear", train=skipping().replace("3", "9", 1)), *range(150))
    with pytest.raises(TrainingError, match=rf"^step {SKIPS_IN_A_ROW + 1} \(epoch 5\) was not taken"):
        loop.run(StopRequest())
    assert newest(loop.checkpoints.folder).step == SKIPS_IN_A_ROW


def test_good_steps_in_between_begin_the_count_anew(experiment, make_spoilt):
    # One batch an epoch holds the bad example: 25 in all, never two in a row.
    epochs = SKIPS_IN_A_ROW + 2
    loop = make_spoilt(experiment("linear", train=f"{{epochs: {epochs}, batch_size: 75, on_nan: skip}}"), 77)
    loop.run(StopRequest(), [EVERY_STEP])
    assert loop.progress.skipped == epochs


def test_an_epoch_of_which_all_steps_were_skipped_has_a_row(experiment, make_spoilt):
    optimizer = "{type: sgd, learning_rate: 0.5, schedule: cosine}"
    loop = make_spoilt(experiment("linear", optimizer, "{epochs: 2, batch_size: 75, on_nan: skip}"), *range(150))
    loop.run(StopRequest())
    rows = loop.listener.rows
    assert [row["skipped"] for row in rows] == [2, 2]
    assert all(math.isnan(row["loss"]) and math.isfinite(row["val_loss"]) for row in rows)
    assert [row["learning_rate"] for row in rows] == [0.5, 0.5]


def test_weights_that_would_become_infinite_stay_as_they_were(experiment, make_loop):
    # Loss and gradient of the first step are finite; what it would make of the weights is not.
    loop = make_loop(experiment("linear", "{type: adam, learning_rate: 3.0e+38}", "{epochs: 2, batch_size: 50}"))
    loop.steps.optimizer.learning_rate.assign(math.inf)
    before = loop.steps.model.get_weights()
    with pytest.raises(TrainingError, match=r"^step 1 \(epoch 1\) was not taken: .* the weights it leads to are not"):
        loop.run(StopRequest())
    assert furthest(before, loop.steps.model.get_weights()) == 0.0
    assert newest(loop.checkpoints.folder).step == 0


@pytest.mark.parametrize("mixup", ["", "augment: [mixup], "])
def test_the_examples_at_fault_are_named_also_where_they_were_mixed_into_others(experiment, make_spoilt, mixup):
    loop = make_spoilt(experiment("linear", more=mixup.removesuffix(", ")), 77)
    with pytest.raises(TrainingError, match=r"inputs that are not finite numbers, at example 77 of training") as error:
        loop.run(StopRequest())
    assert error.value.details["at_fault"] == [77]
