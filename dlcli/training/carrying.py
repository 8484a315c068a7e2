"""Models that go on with their states from one window of a running text to the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from dlcli.datasets.data import Data
from dlcli.datasets.rows import Rows
from dlcli.errors import UsageError
from dlcli.training.batches import EVALUATION_STREAMS
from dlcli.training.orders import Streams


def carrying(model: keras.Model, rows: int, steps: int | None = None) -> keras.Model:
    """A copy with weights of its own that reads so many texts side by side, and goes on with its states in each.

    x: (rows, steps) -> (rows, steps, outputs); steps: of a window, by default as many as the model's examples have.
    States are zero at first.
    """
    config = _changed(model.get_config(), rows, steps or model.input_shape[1], stateful=True)
    copy = keras.Model.from_config(config)
    copy.set_weights(model.get_weights())
    return copy


def forgetting(config: dict[str, Any]) -> dict[str, Any]:
    """The config of a model that carries states, changed so that any number of rows is read, each from zeros."""
    return _changed(config, None, config["layers"][0]["config"]["batch_shape"][1], stateful=False)


def states_of(model: keras.Model) -> list[Any]:
    """The states that a model carries, in an order that depends on its layers alone; no other variables are these."""
    return [state for layer in model.layers if _carries(layer) for state in layer.states]


def forget(model: keras.Model) -> None:
    """Sets the states that a model carries to zero."""
    for state in states_of(model):
        state.assign(np.zeros(state.shape, np.float32))


def read_in_streams(model: keras.Model, x: NDArray[Any] | Rows) -> Iterator[tuple[NDArray[Any], NDArray[np.float32]]]:
    """The outputs of a model for windows of a text that it reads on, x: (N, T), and the numbers of these windows.

    Parts of the text are read side by side, each from zeros, in the order of `Streams`.
    """
    order = Streams(len(x), EVALUATION_STREAMS)
    streams = order.rows
    reader = carrying(model, streams, x.shape[1])
    given = tf.TensorSpec([streams, *x.shape[1:]], tf.float32)
    run = tf.function(lambda batch: reader(batch, training=False), autograph=False).get_concrete_function(given)
    for step in range(order.steps):
        inside = min(streams, len(x) - step * streams)
        places = np.arange(streams) + step * streams
        numbers = np.minimum(order.drawn(tf.constant(0, tf.int64), tf.constant(places)).numpy(), len(x) - 1)
        yield numbers[:inside], run(tf.constant(x[numbers].astype(np.float32))).numpy()[:inside]


def check_can_carry(data: Data, strategy: tf.distribute.Strategy, *, smoke: bool) -> None:
    """Raises UsageError where windows do not continue one another, or are shared by several devices.

    smoke: whether these are a few windows from here and there, with which it is only tried whether all works.
    """
    if (replicas := strategy.num_replicas_in_sync) > 1:
        raise UsageError(
            f"strategy: {replicas} devices share each batch; states are carried on by one device (`model.stateful`)",
            at=("strategy", "type"),
        )
    for name, split in {} if smoke else data.splits.items():
        apart = np.flatnonzero(np.asarray(split.x[:])[1:, 0] != split.y[:-1, -1])
        if len(apart):
            first = int(apart[0])
            raise refuses_examples(
                f"{split.name_of(first + 1)} of {name} does not begin where {split.name_of(first)} ends"
            )


def refuses_examples(why: str) -> UsageError:
    """The error for examples through which no state can be carried."""
    return UsageError(
        f"model.stateful: {why}; states are carried through windows of a running text", at=("model", "stateful")
    )


def _changed(config: dict[str, Any], rows: int | None, steps: int, *, stateful: bool) -> dict[str, Any]:
    for layer in config["layers"]:
        layer.pop("build_config", None)  # it would be built for another number of rows or steps
        if layer["class_name"] == "InputLayer":
            layer["config"]["batch_shape"] = (rows, steps)
        elif "stateful" in layer["config"]:
            layer["config"]["stateful"] = stateful
    return config


def _carries(layer: keras.Layer) -> bool:
    return isinstance(layer, keras.layers.RNN) and layer.stateful
