"""From a model's spec and the data to a Keras model, and to the file that others can open."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from dlcli.datasets.data import Data
from dlcli.models import Model
from dlcli.spec import Experiment
from dlcli.tasks import Classification
from dlcli.training.batches import steps_per_epoch


def build_model(spec: Model, data: Data, task: Classification) -> keras.Model:
    """The model of `spec` behind a layer that normalises each channel with the training split's mean and deviation.

    (B, ..., C) float32 as the dataset has it -> what the task's head gives, such as (B, K) logits.
    """
    x = inputs = keras.Input(data.train.x.shape[1:], name="inputs")
    mean, variance = channel_statistics(data.train.x)
    x = keras.layers.Normalization(axis=-1, mean=mean, variance=variance, name="normalize")(x)
    return keras.Model(inputs, spec.build(x, task.outputs), name=spec.type)


def build_optimizer(experiment: Experiment, data: Data, model: keras.Model) -> keras.optimizers.Optimizer:
    """The optimizer for this model, its learning rate scheduled over the steps of this training."""
    train = experiment.train
    optimizer = experiment.optimizer.build(steps_per_epoch(data.train, train.batch_size), train.epochs)
    optimizer.build(model.trainable_variables)
    return optimizer


def channel_statistics(x: np.ndarray) -> tuple[list[float], list[float]]:
    """Mean and variance of each channel, the last axis of x; the variance of a constant channel is given as 1."""
    flat = x.reshape(-1, x.shape[-1]).astype(np.float64)
    variance = flat.var(axis=0)
    return flat.mean(axis=0).tolist(), np.where(variance > 0, variance, 1.0).tolist()


def recurrent_kernels(model: keras.Model) -> dict[str, str]:
    """Which kernel each recurrent layer with a choice runs in, and why not in the fast one, by the layer's name."""
    layers = [getattr(layer, "forward_layer", layer) for layer in model.layers]
    return {layer.name: layer.kernel_used for layer in layers if hasattr(layer, "kernel_used")}


def portable(model: keras.Model) -> keras.Model:
    """The same model of Keras' own layers, with weights of its own: its file opens without dlcli.

    Every layer of ours that is a special case of one of Keras' (Dropout, LSTM) becomes that one, at any depth.
    """
    copy = keras.Model.from_config(_of_keras(model.get_config()))
    copy.set_weights(model.get_weights())
    return copy


def _of_keras(config: Any) -> Any:
    """A model's config with the names of Keras' classes in the place of ours that extend them."""
    if isinstance(config, list | tuple):
        return [_of_keras(item) for item in config]
    if not isinstance(config, dict):
        return config
    config = {key: _of_keras(value) for key, value in config.items()}
    ours = keras.saving.get_registered_object(config.get("registered_name"))
    if ours is not None and ours.__module__.startswith("dlcli."):
        theirs = ours.__base__
        config |= {"module": "keras.layers", "class_name": theirs.__name__, "registered_name": None}
    return config
