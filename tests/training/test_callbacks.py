"""Keras callbacks keep their states over a stop, and what cannot be kept is refused."""

from __future__ import annotations

import math

import keras
import pytest

from dlcli.errors import Preempted, UsageError
from dlcli.training.callbacks import restore, states, want_batches
from dlcli.training.checkpoints import newest
from dlcli.training.signals import StopRequest
from tests.training.conftest import furthest, weights


class Counting(keras.callbacks.Callback):
    """A user's own, which counts epochs and changes the learning rate by them."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def on_epoch_end(self, epoch, logs=None):
        self.count += 1
        self.model.optimizer.learning_rate.assign(0.1 / self.count)

    def get_state(self):
        return {"count": self.count}

    def set_state(self, state):
        self.count = state["count"]


def callbacks():
    return [
        keras.callbacks.EarlyStopping("val_loss", patience=3, min_delta=1.0),
        keras.callbacks.ReduceLROnPlateau("val_loss", patience=2, min_delta=1.0, factor=0.5, min_lr=0.0),
    ]


@pytest.mark.parametrize("make", [callbacks, lambda: [Counting()]], ids=["keras", "own"])
@pytest.mark.parametrize("stop_after", [2, 5, 7])
def test_a_training_with_callbacks_goes_on_with_the_same_bits(experiment, make_loop, make, stop_after):
    spec = experiment("linear", "{type: sgd, learning_rate: 0.1}", "{epochs: 6, batch_size: 50}")
    undisturbed, stopped, resumed = (make_loop(spec) for _ in range(3))
    undisturbed.run(StopRequest(), make())
    stop = StopRequest()
    stopped.listener.on_step = lambda epoch, done: setattr(
        stop, "received", "SIGTERM" if 3 * epoch + done >= stop_after else None
    )
    single = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)
    with pytest.raises(Preempted):
        stopped.run(stop, [*make(), single])
    resumed.restore(newest(stopped.checkpoints.folder))
    resumed.run(StopRequest(), make())
    assert furthest(weights(undisturbed), weights(resumed)) == 0.0
    rows = [[row | {"time": 0} for row in loop.listener.rows] for loop in (undisturbed, stopped, resumed)]
    assert rows[0] == rows[1] + rows[2]
    assert len(rows[0]) == (4 if make is callbacks else 6)


def test_states_are_those_of_the_same_class_in_their_order():
    first, second = Counting(), Counting()
    first.count, second.count = 3, 8
    stored = states([first, keras.callbacks.LambdaCallback(), second])
    back = [Counting(), Counting()]
    restore(back, stored)
    assert [each.count for each in back] == [3, 8]


def test_infinite_values_are_kept():
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=4)
    stopping.best, stopping.wait = math.inf, 2
    back = keras.callbacks.EarlyStopping("val_loss", patience=4)
    restore([back], states([stopping]))
    assert (back.best, back.wait) == (math.inf, 2)


def test_a_callback_that_is_missing_is_named():
    with pytest.raises(UsageError, match="the run was begun with Counting and cannot go on without it"):
        restore([keras.callbacks.LambdaCallback()], [{"class": "Counting", "state": {"count": 1}}])


def test_a_state_that_json_cannot_hold_is_shown():
    counting = Counting()
    counting.count = {1, 2}
    with pytest.raises(UsageError, match=r"get_state of Counting gave \{'count': \{1, 2\}\}, which JSON cannot hold"):
        states([counting])


class NoWayBack(keras.callbacks.Callback):
    """Gives a state that it cannot take back."""

    def get_state(self):
        return 5


def test_a_state_that_cannot_be_given_back_is_refused_when_it_is_saved():
    with pytest.raises(UsageError, match="NoWayBack has get_state but no set_state"):
        states([NoWayBack()])


def test_callbacks_without_a_state_have_none():
    assert states([type("Own", (keras.callbacks.Callback,), {})()]) == []


@pytest.mark.parametrize(
    ("callback", "wanted"),
    [
        (keras.callbacks.Callback(), False),
        (Counting(), False),
        (keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None), False),
        (keras.callbacks.LambdaCallback(on_batch_end=lambda batch, logs: None), True),
        (type("Steps", (keras.callbacks.Callback,), {"on_train_batch_end": lambda self, batch, logs: None})(), True),
    ],
)
def test_only_callbacks_with_something_to_do_at_every_step_want_it(callback, wanted):
    assert want_batches([callback]) is wanted
