"""From a spec and the data to a Keras model and its optimizer, and to the file that others can open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras

from dlcli.datasets.data import Data
from dlcli.errors import UsageError
from dlcli.families import family_of
from dlcli.faults import made, said
from dlcli.models.abilities import Predicts, refuse_unfit
from dlcli.models.ensemble import Ensemble, placed
from dlcli.models.recurrent import carries
from dlcli.runs.run import Run
from dlcli.spec import Experiment
from dlcli.tasks import NextTokens, Reconstruction, Regression, SequenceToSequence, Task
from dlcli.training.carrying import carrying, forgetting, refuses_examples, states_of
from dlcli.training.inputs import prepare_inputs
from dlcli.training.members import joined, member_name, member_seed, named_layers
from dlcli.training.orders import training_order
from dlcli.training.series import forecast
from dlcli.training.trained import ensemble_of


def build_model(experiment: Experiment, data: Data, task: Task, trained: Sequence[Run] = ()) -> keras.Model:
    """The experiment's model between layers that normalise its inputs and give its outputs in their units.

    (B, ...) float32 as the dataset has it -> (B, outputs), or (B, T, outputs) where each step is predicted or a
    sequence of T steps is written: logits of classes or tokens, or numbers in their own units. A model that gives back
    its inputs: (B, ..., C) -> the same shape, in the same units.
    trained: the runs that an ensemble of runs is made of.
    A model that carries its states: (B, T) of a whole batch, no other number of rows.
    Raises UsageError where the model cannot read examples of this shape or cannot predict at each step, or carries
    its states where no next tokens are predicted.
    """
    spec = experiment.model
    if not isinstance(spec, Ensemble):
        model = _build_single(experiment, spec, data, task, spec.type)
        if not carries(spec):
            return model
        if not isinstance(task, NextTokens):
            raise refuses_examples("no next tokens are predicted here")
        return carrying(model, min(experiment.train.batch_size, len(data.train)))
    if spec.from_runs:
        return ensemble_of(trained, task)
    members = []
    for number, (place, part) in enumerate(spec.placed):
        keras.utils.set_random_seed(member_seed(experiment.seed, number))
        try:
            members.append(_build_single(experiment, part, data, task, member_name(number)))
        except UsageError as error:
            error.at = placed(error.at, place)
            raise
    return joined(members, task)


def _build_single(experiment: Experiment, spec: Any, data: Data, task: Task, name: str) -> keras.Model:
    # Batches of several lengths are read by a model that any length may be given to.
    shape = data.train.x.shape[1:] if experiment.train.length_buckets is None else (None,)
    inputs = keras.Input(shape, name="inputs")
    raw = getattr(spec, "reads_raw", False)
    x = prepare_inputs(inputs, data, "none" if raw else experiment.normalize)
    predicts = _predicts(task)
    refuse_unfit(spec, tokens=data.vocabulary is not None, predicts=predicts)
    build = getattr(spec, _BUILDS[predicts])
    x = made(spec, build(x, task.outputs), keras.KerasTensor, "a KerasTensor")
    places = _places(data, task)
    if x.shape != (None, *places, task.outputs):
        expected = ", ".join(map(str, ("B", *places, task.outputs)))
        raise UsageError(f"model: {spec.type} gave the shape {x.shape}; expected ({expected})")
    if data.series is not None:
        x = forecast(x, inputs, data, scaled=experiment.normalize != "none")
    elif isinstance(task, Regression) and experiment.normalize != "none":
        # Not Normalization inverted, which knows no deviation below 1e-7: units may be small.
        x = keras.layers.Rescaling(list(task.scale), list(task.offset), name="in_units")(x)
    elif isinstance(task, Reconstruction):
        x = _in_units(x, task)
    return keras.Model(inputs, x, name=name)


def _places(data: Data, task: Task) -> tuple[int, ...]:
    """For how many steps or pixels of an example something is predicted; () for the example as a whole."""
    if isinstance(task, Reconstruction):
        return data.train.x.shape[1:-1]
    return data.train.y.shape[1:] if task.per_step else ()


def _in_units(x: keras.KerasTensor, task: Reconstruction) -> keras.KerasTensor:
    """What is given back, (B, ..., C), as the dataset has it; pixels never beyond black and white."""
    if task.chances:
        x = keras.layers.Activation("sigmoid", name="chances")(x)
    if (task.offset, task.scale) == ((0.0,), (1.0,)):
        return x
    return keras.layers.Rescaling(list(task.scale), list(task.offset), name="in_units")(x)


_BUILDS: Mapping[Predicts, str] = {
    "whole examples": "build",
    "steps": "build_steps",
    "next tokens": "build_steps",
    "sequences": "build_sequences",
    "inputs": "build_reconstruction",
}


def _predicts(task: Task) -> Predicts:
    if isinstance(task, Reconstruction):
        return "inputs"
    if not task.per_step:
        return "whole examples"
    if isinstance(task, SequenceToSequence):
        return "sequences"
    return "next tokens" if isinstance(task, NextTokens) else "steps"


def check_can_be_saved(experiment: Experiment, model: keras.Model) -> None:
    """Raises UsageError where a plugin's model could not be opened again when its training is over."""
    parts = experiment.model.parts if isinstance(experiment.model, Ensemble) else (experiment.model,)
    if all(family_of(type(part)) is None for part in parts):
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
    spec = experiment.optimizer
    optimizer = made(
        spec,
        spec.build(training_order(experiment, data).steps, experiment.train.epochs),
        keras.optimizers.Optimizer,
        "an optimizer of Keras",
    )
    optimizer.build(model.trainable_variables)
    return optimizer


def recurrent_kernels(model: keras.Model) -> dict[str, str]:
    """Which kernel each recurrent layer with a choice runs in, and why not in the fast one, by the layer's name."""
    kernels = {}
    for name, layer, forward in _with_kernels(model):
        # The second input is a mask, which only Keras' kernel takes.
        kernels[name] = "keras (masked steps)" if isinstance(layer.input, list) else forward.kernel_used
    return kernels


def use_kernels(model: keras.Model, recorded: Mapping[str, str]) -> None:
    """Makes recurrent layers run in the kernels that `recurrent_kernels` told, whatever this machine would choose."""
    for name, layer, forward in _with_kernels(model):
        if name in recorded:
            for each in (forward, getattr(layer, "backward_layer", forward)):
                each.kernel_used = recorded[name]


def _with_kernels(model: keras.Model) -> Iterator[tuple[str, keras.Layer, keras.Layer]]:
    """Recurrent layers with a choice of kernels; by the name of what in them reads forwards, which comes last."""
    for name, layer in named_layers(model):
        forward = getattr(layer, "forward_layer", layer)
        if hasattr(forward, "kernel_used"):
            yield name.removesuffix(layer.name) + forward.name, layer, forward


def portable(model: keras.Model) -> keras.Model:
    """The same model of Keras' own layers, with weights of its own: its file opens without dlcli.

    Every layer of ours that is a special case of one of Keras' (Dropout, LSTM) becomes that one, at any depth. Layers
    that Keras has none for (AttentionRNN) stay: their file opens where `dlcli.layers.attention` was imported.
    Of a model that carries its states it makes one that does not, for any number of rows.
    """
    config = model.get_config()
    copy = keras.Model.from_config(_of_keras(forgetting(config) if states_of(model) else config))
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
