"""The typed tree that a spec becomes: an Experiment and its parts, free of TensorFlow."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from dlcli.component import Component, Matching, ReadOnly
from dlcli.datasets import Dataset
from dlcli.models import Model
from dlcli.optimizers import Optimizer
from dlcli.optimizers.adam import Adam
from dlcli.strategies import Strategy
from dlcli.strategies.auto import Auto

ValidationMetric = Literal["val_accuracy", "val_loss"]
Score = Literal["test_accuracy", "test_macro_f1", "test_loss", "validation_accuracy", "validation_macro_f1"]
Name = Annotated[
    str, Matching(r"^[A-Za-z0-9][\w.-]*$", "a name of letters, digits and `_ - .` that starts with a letter or digit")
]


class EarlyStopping(Component):
    """Stops training when a validation metric has not improved for some epochs."""

    metric: ValidationMetric = "val_accuracy"
    """What is watched: accuracy is to rise, loss is to fall."""
    patience: PositiveInt = 5
    """Epochs without improvement after which training stops."""


class Training(Component):
    """How long and in which portions a model is trained, and what is optimised."""

    epochs: PositiveInt = 10
    """Passes over the training split, at most."""
    batch_size: PositiveInt = 64
    """Examples per step over all devices together; each device gets its share."""
    keep: Literal["val_accuracy", "val_loss", "last"] = "val_accuracy"
    """Which epoch's model is kept and evaluated: the best by a validation metric, or the last.

    Where validation is small, as with a few people of many, its best epoch owes much to luck, and the last of a
    schedule that ends near zero is the better choice.
    """
    early_stopping: EarlyStopping | None = None
    """When to stop before all epochs are over; never, if absent."""
    class_weights: Literal["balanced"] | ReadOnly[str, PositiveFloat] | None = None
    """What a class counts in the training loss, by its name (1 if not named); `balanced` is N / (K * examples)."""
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of each training label that is spread evenly over all classes."""


class Experiment(Component):
    """One experiment: what is trained, on what, how, and which score it is expected to reach."""

    name: Name = "experiment"
    """Names the folder of its runs; the file's name if absent."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """Determines the first weights, the order of examples and every random mask."""
    expect: ReadOnly[Score, float] = Field(default_factory=dict, validate_default=True)
    """Scores the experiment is expected to reach (a loss: not to exceed); printed as met or missed."""
    dataset: Dataset
    """The examples and what is to be predicted."""
    model: Model
    """What maps an example to a prediction."""
    optimizer: Optimizer = Adam()
    """How weights follow the gradient."""
    train: Training = Training()
    """How long and in which portions."""
    strategy: Strategy = Auto()
    """On which devices."""
