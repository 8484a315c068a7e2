"""What follows from a validation: which model is kept, whether training ends early, whether a plateau's rate falls."""

from __future__ import annotations

import keras
import tensorflow as tf

from dlcli.schedules.plateau import Plateau
from dlcli.training.prepare import Prepared, watched_metric
from dlcli.training.progress import Progress


def judge(
    prepared: Prepared, progress: Progress, optimizer: keras.optimizers.Optimizer, epoch: int, logs: dict[str, float]
) -> bool:
    """Notes in `progress` what follows from an epoch (counted from 0), and whether to keep its model, which it returns.

    The learning rate of a `plateau` is changed in the optimizer.
    """
    train, schedule = prepared.experiment.train, prepared.experiment.optimizer.schedule
    keep, metric = prepared.keep, watched_metric(train, prepared.task)
    is_kept = keep == "last" or progress.keeping.improves(keep, logs[keep])
    if is_kept:
        progress.kept_epoch = epoch + 1
    if train.early_stopping is not None and metric is not None:
        progress.stopping.improves(metric, logs[metric])
        progress.stopped = progress.stopping.stale >= train.early_stopping.patience
    if isinstance(schedule, Plateau):
        progress.plateau.improves(schedule.metric, logs[schedule.metric])
        if progress.plateau.stale >= schedule.patience:
            progress.plateau.stale = 0
            optimizer.learning_rate.assign(schedule.next_rate(float(optimizer.learning_rate.numpy())))
    return is_kept


def why_stopped(prepared: Prepared, progress: Progress) -> str:
    """Why early stopping ends the training, where it does; else empty."""
    train, stale = prepared.experiment.train, progress.stopping.stale
    if train.early_stopping is None or stale < train.early_stopping.patience:
        return ""
    unit = "epoch" if train.validate_every == 1 else "validation"
    return f"{watched_metric(train, prepared.task)} has not improved for {stale} {unit}{'s' * (stale > 1)}"


def rate_of_last_step(prepared: Prepared, progress: Progress, optimizer: keras.optimizers.Optimizer) -> float:
    """The learning rate of the step just taken; a Keras optimizer tells only the next one's, which may be 0.

    A schedule goes by the steps taken, not by those that were passed over.
    """
    spec = prepared.experiment.optimizer
    schedule = spec.schedule.build(spec.learning_rate, prepared.steps_per_epoch, prepared.experiment.train.epochs)
    taken = max(progress.step - progress.skipped, 1)
    rate = schedule(taken - 1) if callable(schedule) else optimizer.learning_rate
    return float(tf.convert_to_tensor(rate).numpy())
