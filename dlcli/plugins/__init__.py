"""Parts of a user's own: a decorator says which family a class joins.

    from dlcli.plugins import model

    @model
    class Tiny(Component):
        type: Literal["tiny"] = "tiny"
        ...

A part is written as dlcli's own are: `docs/plugins.md` has examples of it.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

from dlcli.augment import Augmentation
from dlcli.component import Component
from dlcli.datasets import Dataset
from dlcli.datasets.spec import DatasetSpec
from dlcli.errors import UsageError
from dlcli.families import join
from dlcli.faults import is_plugin_source, place_of_class
from dlcli.metrics import FurtherMetric
from dlcli.metrics.spec import MetricSpec
from dlcli.models import Model
from dlcli.optimizers import Optimizer
from dlcli.optimizers.gradient import GradientOptimizer
from dlcli.schedules import Schedule
from dlcli.spec.structure import classes_in, type_name
from dlcli.strategies import Strategy

C = TypeVar("C", bound=type[Component])


@dataclass(frozen=True)
class _Family:
    union: Any
    method: str = "build"
    base: type[Component] = Component


_FAMILIES = {
    "model": _Family(Model),
    "dataset": _Family(Dataset, "load", DatasetSpec),
    "optimizer": _Family(Optimizer, base=GradientOptimizer),
    "schedule": _Family(Schedule),
    "augmentation": _Family(Augmentation),
    "strategy": _Family(Strategy),
    "metric": _Family(FurtherMetric, "score", MetricSpec),
}
_WORD = re.compile(r"[A-Za-z]\w*")


def model(cls: C) -> C:
    """A model: `build(x, outputs)` makes of a KerasTensor (B, ...) another one, (B, outputs).

    One that gives back its inputs (`reconstructs`) has a `build_reconstruction` in its place, to (B, ..., outputs).
    """
    return _joined(cls, "model")


def dataset(cls: C) -> C:
    """A dataset: a DatasetSpec whose `load(folder)` returns Data."""
    return _joined(cls, "dataset")


def optimizer(cls: C) -> C:
    """An optimizer: a GradientOptimizer whose `build(steps_per_epoch, epochs)` returns one of Keras'."""
    return _joined(cls, "optimizer")


def schedule(cls: C) -> C:
    """A schedule: `build(learning_rate, steps_per_epoch, epochs)` returns one of Keras', or a number."""
    return _joined(cls, "schedule")


def augmentation(cls: C) -> C:
    """A distortion of examples: `build(shape, mean, deviation)` returns a Transform."""
    return _joined(cls, "augmentation")


def strategy(cls: C) -> C:
    """A choice of devices: `build()` returns one of TensorFlow's strategies."""
    return _joined(cls, "strategy")


def metric(cls: C) -> C:
    """A metric: a MetricSpec whose `score(targets, predictions)` returns a number."""
    return _joined(cls, "metric")


def _joined(cls: C, family: str) -> C:
    """The class, as one of a family; raises UsageError where it cannot be one."""
    about = _FAMILIES[family]
    if not issubclass(cls, about.base):
        raise UsageError(
            f"@{family}: class {cls.__name__} must be a subclass of {about.base.__module__}.{about.base.__name__}"
        )
    part: type[Component] = cls
    name, field = type_name(part), part.model_fields.get("type")
    if name is None or field is None or get_args(field.annotation) != (name,) or not _WORD.fullmatch(name):
        raise UsageError(
            f"@{family}: class {cls.__name__} needs the word by which a spec chooses it, as in "
            f'`type: Literal["tiny"] = "tiny"`'
        )
    method = "build_reconstruction" if getattr(cls, "reconstructs", False) else about.method
    if getattr(cls, method, None) in (None, getattr(about.base, method, None)):
        raise UsageError(f"@{family}: class {cls.__name__} needs a method `{method}`")
    for ours in classes_in(about.union):
        if type_name(ours) == name:
            raise UsageError(
                f"@{family}: class {cls.__name__} has the type `{name}`, which is that of a {family} of dlcli's own "
                f"({place_of_class(ours)}); give it another"
            )
    if file := sys.modules[cls.__module__].__file__:
        is_plugin_source(Path(file))
    join(cls, family)
    return cls
