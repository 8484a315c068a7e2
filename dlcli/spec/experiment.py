"""The typed tree that a spec becomes: an Experiment and its parts, free of TensorFlow."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PositiveFloat,
    PositiveInt,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from dlcli.augment import Augmentation
from dlcli.component import Component, Matching, ReadOnly, such_as
from dlcli.datasets import Dataset
from dlcli.metrics import FurtherMetric
from dlcli.models import Model
from dlcli.optimizers import Optimizer
from dlcli.optimizers.adam import Adam
from dlcli.paths import PathText
from dlcli.spec.scores import SCORES, Score, check_expected
from dlcli.strategies import Strategy
from dlcli.strategies.auto import Auto

ValidationMetric = Literal[
    "val_accuracy", "val_loss", "val_rmse", "val_mse", "val_mae", "val_macro_f1", "val_nats_per_token"
]
Name = Annotated[
    str, Matching(r"^[A-Za-z0-9][\w.-]*$", "a name of letters, digits and `_ - .` that starts with a letter or digit")
]

Interval = Annotated[
    str,
    Matching(
        r"^(auto|[1-9][0-9]{0,9} (step|minute|epoch)s?)$",
        "auto or a number of steps, minutes or epochs, such as `500 steps`",
    ),
]


class EarlyStopping(Component):
    """Stops training when a validation metric has not improved for some time."""

    metric: ValidationMetric | None = None
    """What is watched: losses and errors are to fall, the others to rise. If absent: accuracy of classes and of
    sequences, rmse of numbers, nats_per_token of next tokens, macro_f1 where an example may have several classes, mse
    of inputs that are given back.
    """
    patience: PositiveInt = 5
    """Validations without improvement after which training stops."""


class Training(Component):
    """How long and in which portions a model is trained, and what is optimised."""

    epochs: PositiveInt = 10
    """Passes over the training split, at most."""
    batch_size: PositiveInt = 64
    """Examples per step over all devices together; each device gets its share. At most all there are."""
    accumulation_steps: PositiveInt = 1
    """Parts that a batch is worked through in, one after another, to save memory.

    The result is the same, except with batch normalisation: it takes the moments of each part, not of the batch.
    """
    length_buckets: Annotated[int, Field(ge=2)] | None = Field(default=None, examples=[4])
    """Of texts with a class or numbers each: batches are made of examples of about the same length, and no longer than
    the longest of so many groups, each with equally many examples; null: all are as long as the longest text.

    So less is computed of what only fills up. Every example still comes once in an epoch, in an order of its own.
    Validation and test are not changed.
    """
    validate_every: PositiveInt = 1
    """Epochs from one validation, with its row of metrics, to the next. More than 1 where epochs are short."""
    keep: Literal["best", "last", ValidationMetric] = "best"
    """Which model is kept and evaluated: the best by a validation metric, or the last.

    `best` goes by accuracy for classes and by rmse for numbers (of texts by nats_per_token, by macro_f1 where an
    example may have several classes, and by mse where inputs are given back), and is the last where there is no
    validation split.
    Where validation is small, as with a few people of many, its best epoch owes much to luck, and the last of a
    schedule that ends near zero is the better choice.
    """
    early_stopping: EarlyStopping | None = None
    """When to stop before all epochs are over; never, if absent."""
    on_nan: Literal["stop", "skip"] = "stop"
    """What happens where a step's loss or gradient is not a finite number: training stops before that step, or goes on
    without it; after 20 such steps in a row it stops."""
    class_weights: Literal["balanced"] | ReadOnly[str, PositiveFloat] | None = Field(
        default=None, examples=["balanced", {"walking": 2.0}]
    )
    """What a class counts in the training loss, by its name (1 if not named); `balanced` is N / (K * examples)."""
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of each training label that is spread evenly over all classes."""


class Checkpointing(Component):
    """How often everything that a stopped run needs to go on is written to disk, beside the training.

    A run that is asked to stop writes it in any case; one that is killed goes on from the last.
    """

    every: Interval = Field(default="auto", examples=["500 steps", "10 minutes"])
    """The time from one to the next, in steps, minutes or epochs; `auto`: as often as costs 1% of the training."""

    def interval(self) -> tuple[int, str] | None:
        """A number and what it counts, steps, minutes or epochs; None: as often as costs little."""
        if self.every == "auto":
            return None
        number, unit = self.every.split()
        return int(number), f"{unit.removesuffix('s')}s"


class InitFrom(Component):
    """Another run's weights to begin with, layer by layer, by the layers' names.

    Inputs are normalised by this experiment's own training split, not by that run's.
    """

    word: ClassVar[str] = "run"

    run: PathText = Field(examples=["har_lstm"])
    """The run: its folder, or the name of an experiment, whose newest run is meant."""
    head: bool = True
    """Whether the head's weights are taken over too; without, it starts anew, as for other classes."""
    freeze: tuple[str, ...] = Field(default=(), examples=[("lstm_*",)])
    """Layers whose weights stay as they are, by name; `*` stands for any letters, as in `lstm_*`."""


def _run_in_words(value: object) -> object:
    return {InitFrom.word: value} if isinstance(value, str) else value


class Experiment(Component):
    """One experiment: what is trained, on what, how, and which score it is expected to reach."""

    model_config = such_as(
        {"dataset": "hapt", "model": {"type": "lstm", "units": [32, 32]}, "optimizer": "adam", "train": {"epochs": 5}}
    )

    version: Literal[1] = 1
    """The version of the spec format."""
    plugins: tuple[PathText, ...] = Field(default=(), examples=[("my_parts.py",)])
    """Python files with parts of your own, such as models; paths are meant from the folder of the spec."""
    name: Name = "experiment"
    """Names the folder of its runs; the file's name if absent."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """Determines the first weights, the order of examples, every distortion and every random mask."""
    metrics: tuple[FurtherMetric, ...] = Field(default=(), examples=[("balanced_accuracy",)])
    """Further scores, computed when training is over."""
    expect: ReadOnly[Score, float] = Field(
        default_factory=dict, validate_default=True, examples=[{"test_accuracy": 0.9}]
    )
    """Scores the experiment is expected to reach (a loss or an error: not to exceed); printed as met or missed."""
    dataset: Dataset
    """The examples and what is to be predicted."""
    folds: Annotated[int, Field(ge=2)] | None = Field(default=None, examples=[10])
    """Parts for cross-validation: as many runs, each with another part of all examples as its test split."""
    leave_one_group_out: bool = False
    """Cross-validation with a run for each group (each person): it is the test split, the others are trained on."""
    normalize: Literal["standard", "range", "none"] = "standard"
    """How inputs are scaled, channel by channel, by the training split; part of the saved model.

    standard: mean 0, deviation 1; range: from 0 to 1; none: as they are. Numbers to predict are scaled to mean 0 and
    deviation 1 within the model unless `none`.
    """
    augment: tuple[Augmentation, ...] = Field(default=(), examples=[("jitter",)])
    """Random distortions of training examples, in this order."""
    model: Model
    """What maps an example to a prediction."""
    init_from: Annotated[InitFrom, BeforeValidator(_run_in_words, json_schema_input_type=InitFrom | str)] | None = None
    """A run whose weights training begins with; a bare word is short for `{run: word}`."""
    optimizer: Optimizer = Field(default_factory=Adam)
    """How weights follow the gradient."""
    train: Training = Field(default_factory=Training)
    """How long and in which portions."""
    checkpoint: Checkpointing = Field(default_factory=Checkpointing)
    """How often the state of the training is written to disk."""
    deterministic: bool = False
    """Whether only operations are used that give the same bits every time, on a GPU, too. It costs time there."""
    strategy: Strategy = Field(default_factory=Auto)
    """On which devices."""

    @field_validator("metrics")
    @classmethod
    def _of_different_names(cls, metrics: tuple[FurtherMetric, ...]) -> tuple[FurtherMetric, ...]:
        names = [metric.name for metric in metrics]
        for i, name in enumerate(names):
            if name in SCORES or name in names[:i]:
                what = "computed anyway" if name in SCORES else "given twice"
                raise ValueError(f"`{name}` is {what}; each metric must have a name of its own")
        return metrics

    @field_validator("expect", mode="wrap")
    @classmethod
    def _of_scores_there_are(cls, expect: Any, validate: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        metrics = info.data.get("metrics")
        return check_expected(expect, validate, None if metrics is None else [metric.name for metric in metrics])

    @property
    def cross_validates(self) -> bool:
        """Whether it takes several runs, one for each part of the data."""
        return self.folds is not None or self.leave_one_group_out
