from __future__ import annotations

import math
import re
from typing import get_args

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.errors import Preempted, TrainingError
from dlcli.optimizers import Optimizer
from dlcli.strategies.mirrored import Mirrored
from dlcli.training.batches import training_batches
from dlcli.training.checkpoints import newest
from dlcli.training.signals import StopRequest
from tests.training.conftest import furthest, weights


def _fit(loop, class_weight=None):
    """What `model.fit` makes of a copy of the loop's model and optimizer with the loop's own batches, unpadded."""
    experiment, train, per_epoch = loop.experiment, loop.data.train, loop.steps_per_epoch
    model = keras.models.clone_model(loop.steps.model)
    model.set_weights(loop.steps.model.get_weights())
    model.compile(
        optimizer=loop.steps.optimizer.__class__.from_config(loop.steps.optimizer.get_config()),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    batches = iter(training_batches(train, loop.prepared.order, first_step=0, strategy=loop.steps.strategy))
    taken = [next(batches) for _ in range(per_epoch * experiment.train.epochs)]

    def generate():
        for batch in taken:
            real = batch.weight.numpy() > 0
            yield batch.x.numpy()[real], batch.y.numpy()[real]

    shape = (None, *train.x.shape[1:])
    feed = tf.data.Dataset.from_generator(
        generate, output_signature=(tf.TensorSpec(shape), tf.TensorSpec((None,), tf.int32))
    )
    history = model.fit(
        feed,
        epochs=experiment.train.epochs,
        steps_per_epoch=per_epoch,
        verbose=0,
        shuffle=False,
        class_weight=class_weight,
    )
    return model, history.history


@pytest.mark.parametrize(
    ("model", "optimizer"),
    [
        ("{type: lstm, units: [8, 4], l2: 0.001}", "{type: adam, learning_rate: 0.01}"),
        ("{type: bilstm, units: [4]}", "{type: sgd, learning_rate: 0.1, momentum: 0.9, nesterov: true}"),
        ("{type: gru, units: [8], pooling: mean}", "{type: adam, schedule: {type: cosine, warmup_epochs: 1}}"),
    ],
)
def test_one_device_agrees_with_fit_on_the_same_batches(experiment, make_loop, model, optimizer):
    loop = make_loop(experiment(model, optimizer, "{epochs: 3, batch_size: 32}"))
    fitted, history = _fit(loop)
    loop.run(StopRequest())
    assert furthest(loop.steps.model.get_weights(), fitted.get_weights()) < 2e-6
    rows = loop.listener.rows
    assert [row["loss"] for row in rows] == pytest.approx(history["loss"], abs=2e-6)
    assert [row["accuracy"] for row in rows] == pytest.approx(history["accuracy"], abs=1e-7)


def test_class_weights_agree_with_fits(experiment, make_loop):
    loop = make_loop(experiment(train="{epochs: 2, batch_size: 32, class_weights: {slow: 3.0, fast: 0.25}}"))
    fitted, _ = _fit(loop, {0: 3.0, 1: 1.0, 2: 0.25})
    loop.run(StopRequest())
    assert furthest(loop.steps.model.get_weights(), fitted.get_weights()) < 2e-6


HARD = "{epochs: 2, batch_size: 32, label_smoothing: 0.1}"
HARD_MODEL = "{type: lstm, units: [8, 8], dropout: 0.4, l2: 0.001}"
HARD_OPTIMIZER = "{type: adam, learning_rate: 0.01, clip_norm: 0.05}"


def test_the_same_seed_gives_the_same_weights_bit_for_bit(experiment, make_loop):
    loops = [make_loop(experiment(HARD_MODEL, HARD_OPTIMIZER, HARD, seed=seed)) for seed in (3, 3, 4)]
    for loop in loops:
        loop.run(StopRequest())
    assert furthest(weights(loops[0]), weights(loops[1])) == 0.0
    assert furthest(weights(loops[0]), weights(loops[2])) > 0.01


def test_two_devices_agree_with_one(experiment, make_loop):
    # 40 steps: dropout, clipping, L2, a mean of weights, and a short last batch of which the second device has less.
    spec = experiment(HARD_MODEL, HARD_OPTIMIZER.replace("}", ", ema: 0.9}"), "{epochs: 8, batch_size: 32}")
    one, two = make_loop(spec), make_loop(spec, Mirrored(devices=("CPU:0", "CPU:1")).build())
    assert two.steps.strategy.num_replicas_in_sync == 2
    for loop in (one, two):
        loop.run(StopRequest())
    assert one.progress.step == 40
    assert furthest(one.steps.model.get_weights(), two.steps.model.get_weights()) < 1e-5
    for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert [r[key] for r in one.listener.rows] == pytest.approx([r[key] for r in two.listener.rows], abs=2e-6)


@pytest.mark.parametrize(("stop_after", "ema"), [(1, ""), (4, ", ema: 0.9"), (5, ""), (7, ", ema: 0.9")])
def test_a_stopped_and_resumed_training_ends_with_the_same_bits(experiment, make_loop, stop_after, ema):
    spec = experiment(HARD_MODEL, HARD_OPTIMIZER.replace("}", ema + "}"), "{epochs: 3, batch_size: 32}")
    undisturbed = make_loop(spec)
    undisturbed.run(StopRequest())

    stopped, stop = make_loop(spec), StopRequest()

    def ask(epoch, done):
        if epoch * stopped.steps_per_epoch + done >= stop_after:
            stop.received = "SIGTERM"

    stopped.listener.on_step = ask
    with pytest.raises(Preempted, match="SIGTERM"):
        stopped.run(stop, [keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)])
    resumed = make_loop(spec)
    resumed.restore(newest(stopped.checkpoints.folder))
    assert resumed.progress.step >= stop_after
    resumed.run(StopRequest())

    assert furthest(weights(undisturbed), weights(resumed)) == 0.0
    assert [row["epoch"] for row in resumed.listener.rows] == list(range(stop_after // 5 + 1, 4))
    without_time = [
        [{k: v for k, v in row.items() if k != "time"} for row in rows]
        for rows in (undisturbed.listener.rows, stopped.listener.rows + resumed.listener.rows)
    ]
    assert without_time[0] == without_time[1]


OPTIMIZERS = [kind.model_fields["type"].default for kind in get_args(get_args(Optimizer)[0])]


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_goes_on_from_a_checkpoint_with_the_same_bits(experiment, make_loop, optimizer):
    spec = experiment("{type: mlp, units: [4]}", f"{{type: {optimizer}, ema: 0.9}}", "{epochs: 2, batch_size: 50}")
    undisturbed, stopped, resumed = (make_loop(spec) for _ in range(3))
    undisturbed.run(StopRequest())
    stop = StopRequest()
    stopped.listener.on_epoch = lambda row, is_kept: setattr(stop, "received", "SIGTERM")
    with pytest.raises(Preempted):
        stopped.run(stop)
    resumed.restore(newest(stopped.checkpoints.folder))
    assert resumed.progress.step == 3
    resumed.run(StopRequest())
    assert furthest(weights(undisturbed), weights(stopped)) > 0
    assert furthest(weights(undisturbed), weights(resumed)) == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", [*OPTIMIZERS, "adamw, weight_decay: 50"])
def test_every_optimizer_takes_the_same_steps_on_two_devices(experiment, make_loop, optimizer):
    spec = experiment("{type: mlp, units: [4]}", f"{{type: {optimizer}}}", "{epochs: 1, batch_size: 50}")
    one, two = make_loop(spec), make_loop(spec, Mirrored(devices=("CPU:0", "CPU:1")).build())
    for loop in (one, two):
        loop.run(StopRequest())
    assert furthest(one.steps.model.get_weights(), two.steps.model.get_weights()) < 1e-5


def test_a_loss_that_is_not_finite_stops_and_names_step_and_checkpoint(experiment, make_loop, data):
    loop = make_loop(experiment(train="{epochs: 9, batch_size: 50}", more="checkpoint: {every: 3 steps}"))

    def spoil(epoch, logs):
        if epoch == 2:
            loop.steps.model.get_layer("head").kernel.assign(np.full((8, 3), math.nan))

    said = r"(?s)^step 10 \(epoch 4\) was not taken: the weights `head/kernel` are no longer finite.*step-\d+\.npz"
    with pytest.raises(TrainingError, match=said) as error:
        loop.run(StopRequest(), [keras.callbacks.LambdaCallback(on_epoch_end=spoil)])
    last_good = newest(loop.checkpoints.folder)
    assert str(last_good.path) in str(error.value)
    assert all(np.isfinite(array).all() for array in last_good.variables)
    assert error.value.exit_code == 1


def test_an_infinite_loss_is_told_with_its_step_and_what_was_before_it_is_saved(experiment, make_loop):
    loop = make_loop(experiment(optimizer="{type: sgd, learning_rate: 1.0e+38}"))
    with pytest.raises(TrainingError, match=r"^step 2 \(epoch 1\) was not taken: .*\n.*step-000000001\.npz"):
        loop.run(StopRequest())
    assert newest(loop.checkpoints.folder).step == 1


def test_early_stopping_waits_for_patience_and_the_first_of_equals_is_best(experiment, make_loop):
    train = "{epochs: 50, batch_size: 32, early_stopping: {metric: val_accuracy, patience: 3}}"
    loop = make_loop(experiment(optimizer="{type: sgd, learning_rate: 1.0e-30}", train=train))
    loop.run(StopRequest())
    assert len(loop.listener.rows) == 4
    assert loop.listener.kept == [1]
    assert loop.progress.kept_epoch == 1
    assert loop.stopped_early == "val_accuracy has not improved for 3 epochs"


@pytest.mark.parametrize(
    ("train", "said"),
    [
        ("{epochs: 9, early_stopping: {patience: 1}}", "for 1 epoch"),
        ("{epochs: 9, validate_every: 2, early_stopping: {patience: 1}}", "for 1 validation"),
        ("{epochs: 3, early_stopping: {patience: 2}}", ""),  # when all epochs are over
        ("{epochs: 3, early_stopping: {patience: 9}}", ""),
        ("{epochs: 3}", ""),
    ],
)  # fmt: skip
def test_why_early_stopping_ended_a_training_is_told_where_it_did(experiment, make_loop, train, said):
    loop = make_loop(experiment(optimizer="{type: sgd, learning_rate: 1.0e-30}", train=train))
    assert loop.stopped_early == ""
    loop.run(StopRequest())
    assert loop.stopped_early == (f"val_accuracy has not improved {said}" if said else "")


def test_the_last_is_kept_where_the_spec_says_so(experiment, make_loop):
    loop = make_loop(experiment(optimizer="{type: adam, learning_rate: 0.3}", train="{epochs: 4, keep: last}"))
    loop.run(StopRequest())
    assert loop.listener.kept == [1, 2, 3, 4]
    assert (loop.progress.kept_epoch, loop.progress.keeping.best) == (4, None)


def test_best_by_loss_takes_the_lowest(experiment, make_loop):
    loop = make_loop(experiment(optimizer="{type: adam, learning_rate: 0.3}", train="{epochs: 6, keep: val_loss}"))
    loop.run(StopRequest())
    losses = [row["val_loss"] for row in loop.listener.rows]
    assert loop.progress.keeping.best == min(losses)
    assert loop.progress.kept_epoch == losses.index(min(losses)) + 1


def test_keras_callbacks_are_called_and_can_stop(experiment, make_loop):
    loop, calls = make_loop(experiment(train="{epochs: 5, batch_size: 32}")), []

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            calls.append(("batch", batch, sorted(logs)))

        def on_epoch_end(self, epoch, logs=None):
            calls.append(("epoch", epoch, sorted(logs)))
            self.model.stop_training = epoch == 1

        def on_train_end(self, logs=None):
            calls.append(("end", int(self.model.optimizer.iterations.numpy()), []))

    loop.run(StopRequest(), [Watch()])
    per_epoch = [("batch", step, ["accuracy", "loss"]) for step in range(5)]
    names = ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert calls == [*per_epoch, ("epoch", 0, names), *per_epoch, ("epoch", 1, names), ("end", 10, [])]


def test_keras_own_early_stopping_works(experiment, make_loop):
    loop = make_loop(experiment(optimizer="{type: sgd, learning_rate: 1.0e-30}", train="{epochs: 50}"))
    loop.run(StopRequest(), [keras.callbacks.EarlyStopping("val_accuracy", mode="max", patience=2)])
    assert len(loop.listener.rows) == 3


def test_it_learns(experiment, make_loop):
    loop = make_loop(
        experiment("{type: bilstm, units: [16]}", "{type: adam, learning_rate: 0.02}", "{epochs: 30, batch_size: 32}")
    )
    loop.run(StopRequest())
    assert loop.progress.keeping.best > 0.9


def test_steps_per_call_do_not_change_the_result(experiment, make_loop):
    spec = experiment(HARD_MODEL, HARD_OPTIMIZER, HARD)
    many, single = make_loop(spec), make_loop(spec)
    many.run(StopRequest())
    single.run(StopRequest(), [keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)])
    assert len(single.listener.progress) > len(many.listener.progress)
    assert furthest(weights(many), weights(single)) == 0.0


def test_messages_of_a_stop_name_signal_step_and_epoch(experiment, make_loop):
    loop, stop = make_loop(experiment()), StopRequest()
    stop.received = "SIGINT"
    with pytest.raises(Preempted, match=re.escape("stopped by SIGINT after step 0 (in epoch 1)")) as error:
        loop.run(stop)
    assert error.value.exit_code == 75


def test_with_ema_the_mean_of_the_weights_is_validated_and_training_goes_on_from_the_weights(experiment, make_loop):
    train = "{epochs: 4, batch_size: 32}"
    plain = make_loop(experiment(optimizer="{type: sgd, learning_rate: 0.5}", train=train))
    averaging = make_loop(experiment(optimizer="{type: sgd, learning_rate: 0.5, ema: 0.8}", train=train))
    history = []

    def remember(batch, logs):
        history.append(plain.steps.model.get_weights())

    plain.run(StopRequest(), [keras.callbacks.LambdaCallback(on_train_batch_end=remember)])
    averaging.run(StopRequest())

    assert furthest(plain.steps.model.get_weights(), averaging.steps.model.get_weights()) == 0.0
    mean = history[0]
    for later in history[1 : averaging.progress.kept_epoch * averaging.steps_per_epoch]:
        mean = [0.8 * m + 0.2 * w for m, w in zip(mean, later, strict=True)]
    assert furthest(mean, averaging.kept) < 1e-6
    assert [r["val_loss"] for r in plain.listener.rows] != [r["val_loss"] for r in averaging.listener.rows]


def test_the_learning_rate_that_is_told_is_that_of_the_epochs_last_step(experiment, make_loop):
    optimizer = "{type: sgd, learning_rate: 0.1, schedule: {type: cosine}}"
    loop = make_loop(experiment(optimizer=optimizer, train="{epochs: 4, batch_size: 32}"))
    loop.run(StopRequest())
    wanted = [0.05 * (1 + math.cos(math.pi * (row["step"] - 1) / 20)) for row in loop.listener.rows]
    assert [row["learning_rate"] for row in loop.listener.rows] == pytest.approx(wanted, rel=1e-5)


def test_a_learning_rate_set_by_a_callback_is_told(experiment, make_loop):
    loop = make_loop(experiment(train="{epochs: 3, batch_size: 50}"))
    loop.run(StopRequest(), [keras.callbacks.LearningRateScheduler(lambda epoch: 0.5 / (epoch + 1))])
    assert [row["learning_rate"] for row in loop.listener.rows] == pytest.approx([0.5, 0.25, 0.5 / 3])


def test_a_stop_does_not_call_weights_saved_that_a_callback_has_spoilt(experiment, make_loop):
    loop, stop = (
        make_loop(experiment(train="{epochs: 3, batch_size: 50}", more="checkpoint: {every: 2 steps}")),
        StopRequest(),
    )

    def spoil(epoch, logs):
        loop.steps.model.get_layer("head").kernel.assign(np.full((8, 3), math.nan))
        stop.received = "SIGTERM"

    said = r"SIGTERM after step 3 .*; its weights are spoilt; the last good checkpoint is .*step-000000002\.npz"
    with pytest.raises(Preempted, match=said):
        loop.run(stop, [keras.callbacks.LambdaCallback(on_epoch_end=spoil)])
    assert newest(loop.checkpoints.folder).step == 2
