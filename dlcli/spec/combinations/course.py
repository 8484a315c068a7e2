"""What does not fit into the length of a training."""

from __future__ import annotations

import math
from collections.abc import Iterator

from dlcli.metrics.names import FOLLOWED
from dlcli.schedules.exponential import Exponential
from dlcli.schedules.piecewise import Piecewise
from dlcli.schedules.plateau import Plateau
from dlcli.schedules.warmup import WarmUp
from dlcli.spec.combinations.finding import PREDICTS, Finding, outlook_of, told
from dlcli.spec.combinations.metrics import PLATEAU, STOPPING
from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import Path

SCHEDULE = PLATEAU
EPOCHS: Path = ("train", "epochs")
EVERY: Path = ("train", "validate_every")


def schedules_longer_than_the_training(experiment: Experiment) -> Iterator[Finding]:
    """Whatever a schedule does after the last epoch, it does not do."""
    schedule, epochs = experiment.optimizer.schedule, experiment.train.epochs
    length = told(experiment.train, ("train",), "epochs")
    less = f"less than {epochs}"
    warmup = schedule.warmup_epochs if isinstance(schedule, WarmUp) else 0.0
    if warmup >= epochs:
        said = f"a warm-up of {warmup:g} epochs does not end within the training ({length})"
        yield Finding((*SCHEDULE, "warmup_epochs"), said, less, (EPOCHS,), of_length=True)
    if isinstance(schedule, Piecewise):
        for i, boundary in enumerate(schedule.boundaries_epochs):
            if boundary >= epochs:
                said = f"epoch {boundary:g} is not within the training ({length})"
                yield Finding((*SCHEDULE, "boundaries_epochs", i), said, less, (EPOCHS,), of_length=True)
    if isinstance(schedule, Exponential) and schedule.staircase and warmup < epochs <= warmup + schedule.decay_epochs:
        first = warmup + schedule.decay_epochs
        said = (
            f"the learning rate falls for the first time after {first:g} epochs, when the training is over ({length})"
        )
        path: Path = (*SCHEDULE, "decay_epochs")
        yield Finding(
            path, said, f"less than {epochs - warmup:g}", (EPOCHS, (*SCHEDULE, "warmup_epochs")), of_length=True
        )


def validations_too_few(experiment: Experiment) -> Iterator[Finding]:
    """Patience counts validations, and there are only so many."""
    train, schedule, stopping = experiment.train, experiment.optimizer.schedule, experiment.train.early_stopping
    length = told(train, ("train",), "epochs")
    if train.validate_every > train.epochs:
        said = f"{train.validate_every} epochs are more than the training has ({length})"
        yield Finding(EVERY, said, f"at most {train.epochs}", (EPOCHS,), of_length=True)
        return
    count = math.ceil(train.epochs / train.validate_every)
    if train.validate_every > 1:
        length += f", {told(train, ('train',), 'validate_every')}"
    said = f"the training has {_validations(count)} ({length}), too few for "
    hint = f"less than {count}" if count > 1 else ""
    if stopping is not None and stopping.patience >= count:
        said_here = f"{said}{stopping.patience} without improvement: it never stops early"
        yield Finding((*STOPPING, "patience"), said_here, hint, (EPOCHS, EVERY), of_length=True)
    if isinstance(schedule, Plateau) and schedule.patience >= count:
        said_here = f"{said}{schedule.patience} without improvement: the learning rate is never divided"
        yield Finding((*PLATEAU, "patience"), said_here, hint, (EPOCHS, EVERY), of_length=True)


def plateau_after_the_stop(experiment: Experiment) -> Iterator[Finding]:
    """A learning rate that is divided when training has been stopped is divided for nothing."""
    schedule, stopping = experiment.optimizer.schedule, experiment.train.early_stopping
    if not isinstance(schedule, Plateau) or stopping is None:
        return
    predicts = outlook_of(experiment).predicts
    metric = stopping.metric or (None if predicts is None else f"val_{FOLLOWED[predicts][0]}")
    if metric == schedule.metric and schedule.patience >= stopping.patience:
        said = (
            f"training is stopped after {_validations(stopping.patience)} without improvement of {metric} "
            "(`train.early_stopping`), before the learning rate is divided"
        )
        hint = f"less than {stopping.patience}" if stopping.patience > 1 else ""
        why: tuple[Path, ...] = ((*PLATEAU, "metric"), (*STOPPING, "patience"), (*STOPPING, "metric"), *PREDICTS)
        yield Finding((*PLATEAU, "patience"), said, hint, why)


def _validations(count: int) -> str:
    return "1 validation" if count == 1 else f"{count} validations"
