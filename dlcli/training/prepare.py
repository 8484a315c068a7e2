"""All that can be wrong with an experiment before it trains, found before a run's folder is made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from dlcli.datasets.data import Data
from dlcli.errors import TrainingError, UsageError
from dlcli.families import family_of
from dlcli.faults import made, plugin_faults
from dlcli.models.recurrent import carries
from dlcli.runs.resuming import digest
from dlcli.runs.run import Run
from dlcli.spec import Experiment
from dlcli.spec.experiment import Training
from dlcli.tasks import Losses, Task, task_for
from dlcli.training.augmentation import Augment, augmentation
from dlcli.training.build import build_model, build_optimizer, check_can_be_saved
from dlcli.training.carrying import check_can_carry
from dlcli.training.evaluate import score as score_of
from dlcli.training.initial import Initial, find_initial, freeze
from dlcli.training.loading import load_data
from dlcli.training.orders import Order, training_order
from dlcli.training.trained import check_same_data, find_trained

_TRIED = 256
"""Examples on which metrics of single steps are tried: they have many."""


@dataclass(frozen=True)
class Prepared:
    """An experiment with its devices and its data at hand.

    keep: the validation metric by which the model to keep is chosen, or `last`.
    initial: whose weights training begins with, if not with random ones.
    trained: the runs that an ensemble is made of, if it is one of runs.
    """

    experiment: Experiment
    strategy: tf.distribute.Strategy
    data: Data
    task: Task
    training_losses: Losses
    augment: Augment
    keep: str
    initial: Initial | None = None
    trained: tuple[Run, ...] = ()

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer steps in which every training example is seen once."""
        return self.order.steps

    @cached_property
    def order(self) -> Order:
        """In which order the training examples are read."""
        return training_order(self.experiment, self.data)

    @property
    def checkpoint_interval(self) -> dict[str, Any]:
        """When checkpoints are due, as arguments of `Checkpoints`."""
        interval = self.experiment.checkpoint.interval()
        if interval is None:
            return {}
        number, unit = interval
        if unit == "minutes":
            return {"seconds": 60.0 * number}
        return {"steps": number * (self.steps_per_epoch if unit == "epochs" else 1)}

    @cached_property
    def made_of(self) -> dict[str, str]:
        """Digests of the data and of what makes a training this one and no other."""
        return {"data": self.data.fingerprint(), "experiment": digest(self.experiment)}


@plugin_faults(TrainingError)
def prepare(
    experiment: Experiment, *, smoke: bool = False, fold: int | None = None, data: Data | None = None,
    runs: Path | None = None, resumed: bool = False,
) -> Prepared:  # fmt: skip
    """Looks for the experiment's devices and loads its data, a few examples of it for a smoke run.

    data: loaded before, of this fold. runs: the folder in which a run to begin from is looked for; a resumed run has
    begun already.
    Raises UsageError where the spec asks for what is not there or does not fit the data, DataError where the data is
    missing or wrong.
    """
    if experiment.deterministic:
        tf.config.experimental.enable_op_determinism()
    strategy = made(
        experiment.strategy, experiment.strategy.build(), tf.distribute.Strategy, "a tf.distribute.Strategy"
    )
    data = data or load_data(experiment, smoke=smoke, fold=fold)
    task = task_for(data, experiment.normalize)
    keep = check_asked(experiment, data, task)
    initial = None if resumed else find_initial(experiment.init_from, runs, smoke=smoke)
    trained = find_trained(experiment.model, runs, smoke=smoke)
    check_same_data(trained, data)
    _try_to_build(experiment, data, task, initial, trained)
    if carries(experiment.model):
        check_can_carry(data, strategy, smoke=smoke)
    return Prepared(
        experiment,
        strategy,
        data,
        task,
        task.training_losses(experiment.train, data.train.y),
        augmentation(experiment.augment, data, experiment.seed),
        keep,
        initial,
        trained,
    )


def check_asked(experiment: Experiment, data: Data, task: Task) -> str:
    """What the model to keep is chosen by; raises UsageError for scores and metrics that will not be computed."""
    _check_metrics(experiment, data, task)
    _check_expected(experiment, data, task)
    return _keep(experiment, data, task)


def _try_to_build(
    experiment: Experiment, data: Data, task: Task, initial: Initial | None, trained: tuple[Run, ...]
) -> None:
    """Builds the model once, only to be told now if it cannot be."""
    model = build_model(experiment, data, task, trained)
    check_can_be_saved(experiment, model)
    if initial is not None:
        initial.apply(model)
    freeze(model, experiment.init_from)
    if family_of(type(experiment.optimizer)) or family_of(type(experiment.optimizer.schedule)):
        build_optimizer(experiment, data, model)


def _check_metrics(experiment: Experiment, data: Data, task: Task) -> None:
    """Raises UsageError for a metric that does not fit, and tries each on made-up predictions.

    A metric that fails would otherwise do so when the training is over.
    """
    y = data.train.y[:_TRIED] if task.per_step else data.train.y
    steps = y.shape[1:] if task.per_step else ()
    for metric in experiment.metrics:
        if metric.fits not in ("both", task.predicts) or task.predicts in ("tokens", "sequences", "inputs"):
            raise UsageError(f"metrics: {metric.name} is for {metric.fits}; this data has {task.predicts} to predict")
        outputs = np.random.default_rng(0).normal(size=(len(y), *steps, task.outputs))
        score_of(metric, *task.judged(y, outputs))


def _check_expected(experiment: Experiment, data: Data, task: Task) -> None:
    """Raises UsageError for an expected score that will not be there to be judged."""
    splits = ("test",) if experiment.cross_validates else tuple(data.splits)
    for score, value in experiment.expect.items():
        split, _, name = score.partition("_")
        if split not in splits:
            of = "folds are judged by" if experiment.cross_validates else "there is only"
            raise UsageError(f"expect.{score} (={value:g}): the {split} split is not scored; {of} {', '.join(splits)}")
        scores = ("loss", *task.scores, *(metric.name for metric in experiment.metrics))
        if name not in scores:
            known = ", ".join(f"{split}_{each}" for each in scores)
            raise UsageError(f"expect.{score} (={value:g}): there is no such score here; there are {known}")


def _keep(experiment: Experiment, data: Data, task: Task) -> str:
    """What the model to keep is chosen by; raises UsageError for metrics that are not computed."""
    train, schedule = experiment.train, experiment.optimizer.schedule
    known = [f"val_{name}" for name in ("loss", *(metric.name for metric in task.metrics))]
    asked: dict[str, str | None] = {"train.keep": train.keep if train.keep not in ("best", "last") else None}
    if train.early_stopping is not None:
        asked["train.early_stopping.metric"] = train.early_stopping.metric or f"val_{task.headline}"
    if schedule.type == "plateau":
        asked["optimizer.schedule.metric"] = schedule.metric
    for key, metric in asked.items():
        if metric is not None and data.validation is None:
            raise UsageError(f"{key} (={metric}) needs a validation split; the dataset has none (`validation`)")
        if metric is not None and metric not in known:
            raise UsageError(f"{key} (={metric}): there is no such metric here; there are {', '.join(known)}")
    if train.keep != "best":
        return train.keep
    return "last" if data.validation is None else f"val_{task.headline}"


def watched_metric(train: Training, task: Task) -> str | None:
    """What early stopping goes by, if it is on."""
    stopping = train.early_stopping
    return None if stopping is None else stopping.metric or f"val_{task.headline}"
