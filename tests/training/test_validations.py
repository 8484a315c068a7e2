"""What happens at a validation and between two: rows, callbacks, the model to keep, the plateau, a stop in between."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from dlcli.errors import Preempted
from dlcli.strategies.mirrored import Mirrored
from dlcli.training.checkpoints import newest
from dlcli.training.signals import StopRequest
from tests.training.conftest import furthest, weights

# 5 steps an epoch.
SEVEN = "{epochs: 7, batch_size: 32, validate_every: 3}"
STILL = "{type: sgd, learning_rate: 1.0e-30}"


def plateau(more: str = "") -> str:
    """An optimizer that does not move, so that every validation after the first is stale."""
    return STILL.replace("}", f", schedule: {{type: plateau, metric: val_accuracy, patience: 2{more}}}}}")


def test_there_is_a_row_every_so_many_epochs_and_one_for_the_last(experiment, make_loop):
    every = make_loop(experiment("linear", train="{epochs: 7, batch_size: 32}"))
    seldom = make_loop(experiment("linear", train=SEVEN))
    for loop in (every, seldom):
        loop.run(StopRequest())
    rows = {row["epoch"]: row for row in every.listener.rows}
    assert [(row["epoch"], row["step"]) for row in seldom.listener.rows] == [(3, 15), (6, 30), (7, 35)]
    assert furthest(weights(every), weights(seldom)) == 0.0
    for row in seldom.listener.rows:
        assert row["val_loss"] == rows[row["epoch"]]["val_loss"]
        span = [
            rows[epoch]["loss"] for epoch in range(row["epoch"] - (1 if row["epoch"] == 7 else 3) + 1, row["epoch"] + 1)
        ]
        assert row["loss"] == pytest.approx(np.mean(span), rel=1e-5)
    assert seldom.progress.kept_epoch in (3, 6, 7)


def test_an_interval_longer_than_the_training_validates_the_last_epoch(experiment, make_loop):
    loop = make_loop(experiment("linear", train="{epochs: 2, batch_size: 32, validate_every: 100}"))
    loop.run(StopRequest())
    assert [(row["epoch"], row["step"]) for row in loop.listener.rows] == [(2, 10)]
    assert loop.listener.kept == [1]
    assert loop.progress.kept_epoch == 2


def test_callbacks_hear_of_every_step_and_of_a_validation_as_of_an_epochs_end(experiment, make_loop):
    loop, calls = make_loop(experiment("linear", train=SEVEN)), []
    loop.run(
        StopRequest(),
        [
            keras.callbacks.LambdaCallback(
                on_epoch_begin=lambda epoch, logs: calls.append(("begin", epoch)),
                on_epoch_end=lambda epoch, logs: calls.append(("end", epoch, "val_loss" in logs)),
                on_train_batch_begin=lambda batch, logs: calls.append(("step", batch)),
                on_train_batch_end=lambda batch, logs: calls.append(("done", batch)),
            )
        ],
    )
    epoch = [call for batch in range(5) for call in (("step", batch), ("done", batch))]
    assert calls == [
        ("begin", 0), *3 * epoch, ("end", 2, True),
        ("begin", 3), *3 * epoch, ("end", 5, True),
        ("begin", 6), *epoch, ("end", 6, True),
    ]  # fmt: skip
    assert loop.listener.progress == [(epoch, done) for epoch in range(7) for done in range(1, 6)]


@pytest.mark.parametrize("stop_after", [8, 15])
def test_a_training_stopped_between_two_validations_ends_with_the_same_bits(experiment, make_loop, stop_after):
    spec = experiment("{type: mlp, units: [4], dropout: 0.3}", train=SEVEN)
    undisturbed, stopped, resumed = (make_loop(spec) for _ in range(3))
    undisturbed.run(StopRequest())
    stop = StopRequest()

    def ask(epoch, done):
        stop.received = "SIGTERM" if epoch * 5 + done >= stop_after else None

    stopped.listener.on_step = ask
    where = rf"after step {stop_after} \(in epoch {stop_after // 5 + 1}\)"
    with pytest.raises(Preempted, match=where):
        stopped.run(stop, [keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)])
    resumed.restore(newest(stopped.checkpoints.folder))
    assert resumed.progress.step == stop_after
    resumed.run(StopRequest())
    assert furthest(weights(undisturbed), weights(resumed)) == 0.0
    rows = [[row | {"time": 0} for row in loop.listener.rows] for loop in (undisturbed, stopped, resumed)]
    assert rows[0] == rows[1] + rows[2]


def test_patience_counts_validations(experiment, make_loop):
    train = "{epochs: 50, batch_size: 150, validate_every: 4, early_stopping: {patience: 2}}"
    loop = make_loop(experiment("linear", STILL, train))
    loop.run(StopRequest())
    assert [row["epoch"] for row in loop.listener.rows] == [4, 8, 12]


def test_early_stopping_goes_by_accuracy_where_the_spec_names_no_metric(experiment, make_loop):
    loop = make_loop(experiment("linear", train="{epochs: 3, batch_size: 50, early_stopping: {patience: 9}}"))
    loop.run(StopRequest())
    assert loop.progress.stopping.best == max(row["val_accuracy"] for row in loop.listener.rows)


def test_early_stopping_may_go_by_another_metric_than_keeping(experiment, make_loop):
    train = "{epochs: 3, batch_size: 50, keep: val_accuracy, early_stopping: {metric: val_loss, patience: 9}}"
    loop = make_loop(experiment("linear", train=train))
    loop.run(StopRequest())
    assert loop.progress.stopping.best == min(row["val_loss"] for row in loop.listener.rows)
    assert loop.progress.keeping.best == max(row["val_accuracy"] for row in loop.listener.rows)


def test_without_a_validation_split_the_best_is_the_last(experiment, make_loop, data):
    loop = make_loop(experiment("linear", train="{epochs: 3, batch_size: 50}"), data=replace(data, validation=None))
    loop.run(StopRequest())
    assert loop.prepared.keep == "last"
    assert loop.listener.kept == [1, 2, 3]
    assert (loop.progress.kept_epoch, loop.progress.keeping.best) == (3, None)
    assert [sorted(row) for row in loop.listener.rows] == 3 * [
        ["accuracy", "epoch", "learning_rate", "loss", "step", "time"]
    ]


@pytest.mark.parametrize("devices", [1, 2])
def test_a_plateau_divides_the_rate_after_every_patience_of_stale_validations(experiment, make_loop, devices):
    strategy = Mirrored(devices=("CPU:0", "CPU:1")).build() if devices == 2 else None
    loop = make_loop(experiment("linear", plateau(), "{epochs: 8, batch_size: 150}"), strategy)
    loop.run(StopRequest())
    # The first validation is the best; the third and the fifth are the second stale ones in a row.
    powers = [0, 0, 0, 1, 1, 2, 2, 3]
    rates = [row["learning_rate"] * 1e30 for row in loop.listener.rows]
    assert rates == pytest.approx([10.0**-power for power in powers], rel=1e-5)


def test_a_plateau_ends_at_the_smallest_rate_and_waits_while_the_metric_improves(experiment, make_loop):
    smallest = make_loop(
        experiment("linear", plateau(", divide_by: 4, smallest: 1.0e-31"), "{epochs: 9, batch_size: 150}")
    )
    smallest.run(StopRequest())
    rates = [row["learning_rate"] * 1e30 for row in smallest.listener.rows]
    assert rates == pytest.approx([1, 1, 1, 0.25, 0.25, 0.1, 0.1, 0.1, 0.1], rel=1e-5)
    moving = "{type: sgd, learning_rate: 0.001, schedule: {type: plateau, patience: 1}}"
    improving = make_loop(experiment("linear", moving, "{epochs: 5, batch_size: 150}"))
    improving.run(StopRequest())
    losses = [row["val_loss"] for row in improving.listener.rows]
    assert losses == sorted(losses, reverse=True)
    assert [row["learning_rate"] for row in improving.listener.rows] == pytest.approx([0.001] * 5)


def test_a_plateau_goes_on_from_a_checkpoint_with_its_rate_and_its_patience(experiment, make_loop):
    spec = experiment("linear", plateau(), "{epochs: 8, batch_size: 150}")
    stopped, resumed, stop = make_loop(spec), make_loop(spec), StopRequest()
    note = stopped.listener.on_epoch
    # After the fourth: the rate has been divided once, and one validation is stale since.
    stopped.listener.on_epoch = lambda row, is_kept: (
        note(row, is_kept), setattr(stop, "received", "SIGTERM" if row["epoch"] == 4 else None)
    )  # fmt: skip
    with pytest.raises(Preempted, match="after step 4"):
        stopped.run(stop)
    resumed.restore(newest(stopped.checkpoints.folder))
    assert resumed.progress.plateau.stale == 1
    resumed.run(StopRequest())
    rates = [row["learning_rate"] * 1e30 for row in resumed.listener.rows]
    assert rates == pytest.approx([0.1, 0.01, 0.01, 0.001], rel=1e-5)
