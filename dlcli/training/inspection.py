"""What an experiment's model is made of and what it costs, without training it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np

from dlcli.datasets.data import PADDING, UNKNOWN, Data
from dlcli.errors import TrainingError, UsageError
from dlcli.faults import plugin_faults
from dlcli.spec import Experiment
from dlcli.tasks import task_for
from dlcli.training.augmentation import augmentation
from dlcli.training.build import build_model, build_optimizer, check_can_be_saved
from dlcli.training.costs import flops, kept_numbers, shapes
from dlcli.training.initial import find_initial, freeze
from dlcli.training.inputs import seen_categories
from dlcli.training.loading import load_data
from dlcli.training.members import named_layers
from dlcli.training.prepare import check_asked
from dlcli.training.smoke import without_downloads
from dlcli.training.trained import find_trained

_BYTES = 4
"""Of a float32."""
_MUCH = 0.2
"""Share of the training tokens from which on it is remarked that they are unknown."""


@dataclass(frozen=True)
class Layer:
    """One layer. shape: of what it gives for one example; flops: for one example, None if not known."""

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    flops: int | None


@dataclass(frozen=True)
class Inspection:
    """A model layer by layer, with totals.

    example: the shape of one example; stand_in: whether of a made-up one, since the data is not here.
    memory: estimated bytes in training, by what they are for.
    remarks: what could not be looked at, and of texts that the vocabulary has little of them.
    """

    model: str
    dataset: str
    example: tuple[int, ...]
    predicts: str
    stand_in: bool
    layers: tuple[Layer, ...]
    trainable: int
    frozen: int
    batch: int
    memory: dict[str, int]
    remarks: tuple[str, ...] = ()

    @property
    def flops(self) -> int:
        """Of one example, forwards, as far as known."""
        return sum(layer.flops or 0 for layer in self.layers)

    @property
    def all_flops_known(self) -> bool:
        """Whether none of the layers is missing in `flops`."""
        return all(layer.flops is not None for layer in self.layers)

    def as_json(self) -> dict[str, Any]:
        """Everything, ready for json.dumps."""
        return asdict(self) | {"flops": self.flops, "all_flops_known": self.all_flops_known}


@plugin_faults(TrainingError)
def inspect(experiment: Experiment) -> Inspection:
    """Builds an experiment's model as training would, on the data if it is here and on made-up examples if not.

    Nothing is downloaded. Raises UsageError where the parts of the spec do not fit each other or the data, and
    DataError where the data is wrong. On made-up examples of a shape that only the data tells, a model that does not
    fit proves nothing: that is an UncertainError.
    """
    experiment = _of_full_length(without_downloads(experiment))
    data = load_data(experiment, smoke=True)
    task = task_for(data, experiment.normalize)
    remarks = _about_unknown(data)
    keras.utils.clear_session()
    if not data.stand_in:
        check_asked(experiment, data, task)
        task.training_losses(experiment.train, data.train.y)
        augmentation(experiment.augment, data, experiment.seed)
    try:
        model = build_model(experiment, data, task, find_trained(experiment.model, None))
    except UsageError as error:
        shape = experiment.dataset.outlook().shape
        if data.stand_in and (shape is None or None in shape):
            raise UncertainError(f"{error} (made-up examples: the data is not here)") from None
        raise
    check_can_be_saved(experiment, model)
    _begin_as(experiment, model, remarks)
    freeze(model, experiment.init_from)
    optimizer = build_optimizer(experiment, data, model)
    return _inspection(experiment, data, task.describes, model, optimizer, tuple(remarks))


def _of_full_length(experiment: Experiment) -> Experiment:
    """The same with examples as long as the longest, of which alone sizes can be told."""
    train = experiment.train.model_copy(update={"length_buckets": None})
    return experiment.model_copy(update={"train": train})


def _about_unknown(data: Data) -> list[str]:
    """What to say of texts of which the vocabulary leaves much out."""
    if data.vocabulary is None or data.stand_in:
        return []
    tokens = np.asarray(data.train.x[:])
    share = (tokens == UNKNOWN).sum() / (tokens != PADDING).sum()
    if share <= _MUCH:
        return []
    return [
        f"{share:.0%} of the training tokens are not in the vocabulary, and unknown to the model; a larger "
        "`vocabulary` has more of them"
    ]


class UncertainError(UsageError):
    """A model does not fit examples that may be of another shape than the data's."""


def _begin_as(experiment: Experiment, model: keras.Model, remarks: list[str]) -> None:
    """Gives the model the weights it is to begin with, if there are such yet."""
    try:
        initial = find_initial(experiment.init_from, None, smoke=True)
    except UsageError as error:
        remarks.append(f"weights to begin with: {error}")
        return
    if initial is not None:
        initial.apply(model)


def _inspection(
    experiment: Experiment, data: Data, predicts: str, model: keras.Model, optimizer: Any, remarks: tuple[str, ...]
) -> Inspection:
    trainable, frozen = (_count(some) for some in (model.trainable_weights, model.non_trainable_weights))
    batch = math.ceil(experiment.train.batch_size / experiment.train.accumulation_steps)
    kept = sum(kept_numbers(layer) for _, layer in named_layers(model))
    return Inspection(
        model=experiment.model.type,
        dataset=experiment.dataset.type,
        example=tuple(data.train.x.shape[1:]),
        predicts=predicts,
        stand_in=data.stand_in,
        layers=tuple(_layers(model, data)),
        trainable=trainable,
        frozen=frozen,
        batch=batch,
        memory={
            "weights": _BYTES * (trainable + frozen),
            "gradients": _BYTES * trainable,
            "optimizer": _BYTES * _count(optimizer.variables),
            "activations": _BYTES * batch * kept,
        },
        remarks=remarks,
    )


def _layers(model: keras.Model, data: Data) -> Iterator[Layer]:
    """The layers, and between them that which spells out categories, which Keras has no layer for."""
    categories = sum(map(len, seen_categories(data).values()))
    encoded = Layer("categories", "one-hot", (categories,), 0, 0)
    layers = list(named_layers(model))
    names = [layer.name for _, layer in layers]
    behind = names.index("columns") - 1 if "columns" in names else 0
    for i, (name, layer) in enumerate(layers):
        yield _layer(name, layer)
        if categories and i == behind:
            yield encoded


def _layer(name: str, layer: keras.layers.Layer) -> Layer:
    kind = type(layer).__name__
    return Layer(name, kind, shapes(layer.output)[0], _count(layer.weights), flops(layer))


def _count(variables: Any) -> int:
    return sum(math.prod(variable.shape) for variable in variables)
