"""Epochs: training, validation, the model to keep, early stopping, checkpoints, callbacks.

Why not `model.fit`: see ARCHITECTURE.md.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Protocol

import keras
import tensorflow as tf

from dlcli.errors import Preempted, TrainingError
from dlcli.schedules.plateau import Plateau
from dlcli.training.batches import EVALUATION_BATCH, evaluation_batches, steps_per_epoch, training_batches
from dlcli.training.checkpoints import Checkpoint, Checkpoints, restore
from dlcli.training.pace import Pace
from dlcli.training.prepare import Prepared, watched_metric
from dlcli.training.signals import StopRequest
from dlcli.training.steps import Steps
from dlcli.training.watch import Watched

Row = dict[str, float]
"""One validation: epoch, step, loss, accuracy, ..., val_loss, val_accuracy, ..., learning_rate, time (s since 1970)."""


@dataclass
class Progress:
    """Where a training stands, as it goes into a checkpoint (JSON)."""

    step: int = 0
    totals: list[float] = field(default_factory=list)
    """Since the last validation."""
    kept_epoch: int = 0
    """The epoch whose model is kept, from 1."""
    keeping: Watched = field(default_factory=Watched)
    """The metric by which a model is kept, where it is by one."""
    stopping: Watched = field(default_factory=Watched)
    """The metric that early stopping watches."""
    plateau: Watched = field(default_factory=Watched)
    """The metric that a `plateau` schedule watches."""
    stopped: bool = False
    """Whether training ended before all epochs were over."""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Progress:
        """From what a checkpoint holds."""
        watched = {name: Watched(**stored[name]) for name in ("keeping", "stopping", "plateau")}
        return cls(**(stored | watched))


class Listener(Protocol):
    """Who is told what happens, between steps, by the thread that trains."""

    def on_progress(self, epoch: int, done: int, logs: dict[str, float]) -> None:
        """`done` steps of an epoch (counted from 0) are over; logs so far."""

    def on_keep(self) -> None:
        """The model's weights are those to keep so far."""

    def on_epoch(self, row: Row, is_kept: bool) -> None:
        """An epoch is over."""


class Loop:
    """Trains one model; goes on from wherever `progress` says."""

    def __init__(self, prepared: Prepared, steps: Steps, checkpoints: Checkpoints, listener: Listener) -> None:
        self.prepared, self.experiment, self.data = prepared, prepared.experiment, prepared.data
        self.steps, self.checkpoints, self.listener = steps, checkpoints, listener
        train = self.experiment.train
        self.steps_per_epoch = steps_per_epoch(self.data.train, train.batch_size)
        self.progress = Progress(totals=steps.no_totals.tolist())
        self._last_step = train.epochs * self.steps_per_epoch
        self._saved_at = time.perf_counter()

    @property
    def variables(self) -> list[Any]:
        """All that training changes, in an order that depends on the spec alone."""
        return [*self.steps.model.variables, *self.steps.optimizer.variables]

    def restore(self, checkpoint: Checkpoint) -> None:
        """Goes back to a checkpoint; the next step is the one after it."""
        restore(checkpoint, self.variables)
        self.progress = Progress.of(checkpoint.progress)

    def run(self, stop: StopRequest, callbacks: Sequence[keras.callbacks.Callback] = ()) -> None:
        """Trains to the last epoch, or until early stopping or a callback ends it.

        A callback's epoch is what lies between two validations: with `validate_every`, several of the spec's.
        Raises Preempted when `stop` has received a signal (after saving) and TrainingError when the loss is no longer
        a finite number.
        """
        train, model = self.experiment.train, self.steps.model
        model.compile(optimizer=self.steps.optimizer)  # callbacks look for model.optimizer
        listening = keras.callbacks.CallbackList(
            list(callbacks), model=model, epochs=train.epochs, steps=self.steps_per_epoch
        )
        pace = Pace(every_step=_wants_batches(callbacks))
        batches = iter(
            training_batches(
                self.data.train, train.batch_size,
                seed=self.experiment.seed, first_step=self.progress.step, strategy=self.steps.strategy,
                parts=train.accumulation_steps, augment=self.prepared.augment,
            )
        )  # fmt: skip
        model.stop_training = False
        listening.on_train_begin()
        while not self._finished():
            self._until_validation(batches, pace, stop, listening)
        self.checkpoints.wait()
        listening.on_train_end()

    @cached_property
    def _validation(self) -> tuple[Any, int] | None:
        """The validation batches and how many there are."""
        split = self.data.validation
        if split is None:
            return None
        batches = evaluation_batches(split, EVALUATION_BATCH, strategy=self.steps.strategy)
        return batches, steps_per_epoch(split, EVALUATION_BATCH)

    def _finished(self) -> bool:
        return self.progress.stopped or self.progress.step >= self._last_step

    def _until_validation(self, batches: Any, pace: Pace, stop: StopRequest, listening: Any) -> None:
        """Trains to the end of the epoch that is validated next: of this one, or of one of the next few."""
        progress = self.progress
        between = self.experiment.train.validate_every * self.steps_per_epoch
        end = min((progress.step // between + 1) * between, self._last_step)
        listening.on_epoch_begin(progress.step // self.steps_per_epoch)
        while progress.step < end:
            epoch, done = divmod(progress.step, self.steps_per_epoch)
            if stop.received:
                self._preempt(stop.received)
            listening.on_train_batch_begin(done)
            with pace.measured(end - progress.step) as count:
                taken, totals = self.steps.train(batches, count, self.steps.no_totals + progress.totals)
            progress.step += taken
            progress.totals = totals.tolist()
            logs = self.steps.logs(totals)
            if not math.isfinite(totals[0]):
                raise self._not_finite("training loss", epoch)
            epoch, done = divmod(progress.step - 1, self.steps_per_epoch)
            listening.on_train_batch_end(done, logs)
            self.listener.on_progress(epoch, done + 1, logs)
        progress.totals = self.steps.no_totals.tolist()
        self._end_epoch(epoch, logs, listening)

    def _end_epoch(self, epoch: int, train: dict[str, float], listening: Any) -> None:
        with self.steps.averaged_weights():
            logs = train | self._validate(epoch, listening)
            rate = self._learning_rate()
            is_kept = self._judge(epoch, logs)
            if is_kept:
                self.listener.on_keep()
        row = {"epoch": epoch + 1, "step": self.progress.step, **logs, "learning_rate": rate, "time": time.time()}
        self.listener.on_epoch(row, is_kept)
        listening.on_epoch_end(epoch, logs)
        self.progress.stopped |= bool(self.steps.model.stop_training)
        if self._checkpoint_due():
            self._save()

    def _learning_rate(self) -> float:
        """That of the step just taken; a Keras optimizer tells only that of the next, which after the last may be 0."""
        spec = self.experiment.optimizer
        schedule = spec.schedule.build(spec.learning_rate, self.steps_per_epoch, self.experiment.train.epochs)
        rate = schedule(self.progress.step - 1) if callable(schedule) else self.steps.optimizer.learning_rate
        return float(tf.convert_to_tensor(rate).numpy())

    def _validate(self, epoch: int, listening: Any) -> dict[str, float]:
        if self._validation is None:
            return {}
        batches, count = self._validation
        listening.on_test_begin()
        logs = self.steps.logs(self.steps.evaluate(iter(batches), count))
        listening.on_test_end(logs)
        if not math.isfinite(logs["loss"]):
            raise self._not_finite("validation loss", epoch)
        return {f"val_{name}": value for name, value in logs.items()}

    def _judge(self, epoch: int, logs: dict[str, float]) -> bool:
        """Notes what keeping, early stopping and a plateau need to know; returns whether to keep this model."""
        train, progress, schedule = self.experiment.train, self.progress, self.experiment.optimizer.schedule
        keep, metric = self.prepared.keep, watched_metric(train, self.prepared.task)
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
                optimizer = self.steps.optimizer
                optimizer.learning_rate.assign(schedule.next_rate(float(optimizer.learning_rate.numpy())))
        return is_kept

    def _checkpoint_due(self) -> bool:
        # A hundred times what the last one took: checkpoints cost at most 1% of the training.
        return self._finished() or time.perf_counter() - self._saved_at >= 100 * self.checkpoints.seconds

    def _save(self) -> None:
        self.checkpoints.save(self.progress.step, self.variables, asdict(self.progress))
        self._saved_at = time.perf_counter()

    def _preempt(self, signal: str) -> None:
        self._save()
        self.checkpoints.wait()
        step, epoch = self.progress.step, self.progress.step // self.steps_per_epoch + 1
        raise Preempted(f"stopped by {signal} after step {step} (in epoch {epoch}); everything is saved")

    def _not_finite(self, what: str, epoch: int) -> TrainingError:
        self.checkpoints.wait()
        last = self.checkpoints.newest
        where = f"the last good checkpoint is {last}" if last else "there is no checkpoint before it"
        return TrainingError(
            f"the {what} is not a finite number at step {self.progress.step} (epoch {epoch + 1}); {where}; "
            "a smaller learning_rate, warmup_epochs or clip_norm usually helps"
        )


def _wants_batches(callbacks: Sequence[keras.callbacks.Callback]) -> bool:
    base = keras.callbacks.Callback
    hooks = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
    return any(
        hook in vars(callback) or getattr(type(callback), hook) is not getattr(base, hook)
        for callback in callbacks
        for hook in hooks
    )
