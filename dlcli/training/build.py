"""From a spec and the data to a Keras model and its optimizer, and to the file that others can open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from dlcli.datasets.data import Data
from dlcli.errors import UsageError
from dlcli.families import family_of
from dlcli.faults import made, said
from dlcli.models.abilities import Predicts, refuse_unfit
from dlcli.spec import Experiment
from dlcli.tasks import NextTokens, Regression, Task
from dlcli.training.batches import steps_per_epoch
from dlcli.training.inputs import prepare_inputs
from dlcli.training.series import forecast


def build_model(experiment: Experiment, data: Data, task: Task) -> keras.Model:
    """The experiment's model between layers that normalise its inputs and give its outputs in their units.

    (B, ...) float32 as the dataset has it -> (B, outputs), or (B, T, outputs) where each step is predicted: logits of
    classes or tokens, or numbers in their own units.
    Raises UsageError where the model cannot read examples of this shape or cannot predict at each step.
    """
    inputs = keras.Input(data.train.x.shape[1:], name="inputs")
    raw = getattr(experiment.model, "reads_raw", False)
    x = prepare_inputs(inputs, data, "none" if raw else experiment.normalize)
    refuse_unfit(experiment.model, tokens=data.vocabulary is not None, predicts=_predicts(task))
    build = getattr(experiment.model, "build_steps" if task.per_step else "build")
    x = made(experiment.model, build(x, task.outputs), keras.KerasTensor, "a KerasTensor")
    steps = data.train.x.shape[1:2] if task.per_step else ()
    if x.shape != (None, *steps, task.outputs):
        expected = ", ".join(map(str, ("B", *steps, task.outputs)))
        raise UsageError(f"model: {experiment.model.type} gave the shape {x.shape}; expected ({expected})")
    if data.series is not None:
        x = forecast(x, inputs, data, scaled=experiment.normalize != "none")
    elif isinstance(task, Regression) and experiment.normalize != "none":
        # Not Normalization inverted, which knows no deviation below 1e-7: units may be small.
        x = keras.layers.Rescaling(list(task.scale), list(task.offset), name="in_units")(x)
    return keras.Model(inputs, x, name=experiment.model.type)


def _predicts(task: Task) -> Predicts:
    if not task.per_step:
        return "whole examples"
    return "next tokens" if isinstance(task, NextTokens) else "steps"


def check_can_be_saved(experiment: Experiment, model: keras.Model) -> None:
    """Raises UsageError where a plugin's model could not be opened again when its training is over."""
    if family_of(type(experiment.model)) is None:
        return
    try:
        portable(model)
    except (TypeError, ValueError, NotImplementedError) as error:
        why = said(error).partition(". ")[0]  # Keras goes on at length
        raise UsageError(
            f"model: {experiment.model.type} could not be opened again from its file ({why}); a layer of your own must "
            "be a class at the top of the plugin, with a get_config, under "
            "@keras.saving.register_keras_serializable(), and no Lambda"
        ) from error


def build_optimizer(experiment: Experiment, data: Data, model: keras.Model) -> keras.optimizers.Optimizer:
    """The optimizer for this model, its learning rate scheduled over the steps of this training."""
    train = experiment.train
    spec = experiment.optimizer
    optimizer = made(
        spec,
        spec.build(steps_per_epoch(data.train, train.batch_size), train.epochs),
        keras.optimizers.Optimizer,
        "an optimizer of Keras",
    )
    optimizer.build(model.trainable_variables)
    return optimizer


def recurrent_kernels(model: keras.Model) -> dict[str, str]:
    """Which kernel each recurrent layer with a choice runs in, and why not in the fast one, by the layer's name."""
    kernels = {}
    for layer in model.layers:
        forward = getattr(layer, "forward_layer", layer)
        if hasattr(forward, "kernel_used"):
            # The second input is a mask, which only Keras' kernel takes.
            masked = isinstance(layer.input, list)
            kernels[forward.name] = "keras (masked steps)" if masked else forward.kernel_used
    return kernels


def use_kernels(model: keras.Model, recorded: Mapping[str, str]) -> None:
    """Makes recurrent layers run in the kernels that `recurrent_kernels` told, whatever this machine would choose."""
    for layer in model.layers:
        forward = getattr(layer, "forward_layer", layer)
        if forward.name in recorded:
            for each in (forward, getattr(layer, "backward_layer", forward)):
                each.kernel_used = recorded[forward.name]


def portable(model: keras.Model) -> keras.Model:
    """The same model of Keras' own layers, with weights of its own: its file opens without dlcli.

    Every layer of ours that is a special case of one of Keras' (Dropout, LSTM) becomes that one, at any depth. Layers
    that Keras has none for (AttentionRNN) stay: their file opens where `dlcli.layers.attention` was imported.
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
        if theirs is keras.layers.Layer:
            return config
        config |= {"module": "keras.layers", "class_name": theirs.__name__, "registered_name": None}
    return config
