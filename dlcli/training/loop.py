"""Epochs: training, validation, the model to keep, early stopping, checkpoints, callbacks.

Why not `model.fit`: see ARCHITECTURE.md.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import keras
import numpy as np

from dlcli.errors import DataError, Preempted, TrainingError
from dlcli.training import callbacks as of_keras
from dlcli.training.advance import Advance, SpoilingStep
from dlcli.training.batches import EVALUATION_BATCH, EVALUATION_STREAMS, evaluation_batches
from dlcli.training.checkpoints import Arrays, Checkpoint, Checkpoints, State, like, restore
from dlcli.training.diagnosis import diagnose
from dlcli.training.judging import judge, rate_of_last_step, why_stopped
from dlcli.training.orders import Order, Streams
from dlcli.training.prepare import Prepared
from dlcli.training.progress import Progress, Row
from dlcli.training.signals import StopRequest
from dlcli.training.steps import Steps


class Listener(Protocol):
    """Who is told what happens, between steps, by the thread that trains."""

    def on_progress(self, epoch: int, done: int, logs: dict[str, float]) -> None:
        """`done` steps of an epoch (counted from 0) are over; logs so far."""

    def on_epoch(self, row: Row, is_kept: bool) -> None:
        """An epoch is over."""

    def on_save(self, kept: Arrays) -> None:
        """A checkpoint is about to be made, or training is over; the weights of the model that is kept so far."""


class Loop:
    """Trains one model; goes on from wherever `progress` says."""

    def __init__(self, prepared: Prepared, steps: Steps, checkpoints: Checkpoints, listener: Listener) -> None:
        self.prepared, self.experiment, self.data = prepared, prepared.experiment, prepared.data
        self.steps, self.checkpoints, self.listener = steps, checkpoints, listener
        self.steps_per_epoch = prepared.steps_per_epoch
        self.progress = Progress(totals=steps.no_totals.tolist())
        self.kept: Arrays = ()
        self._last_step = self.experiment.train.epochs * self.steps_per_epoch
        self._callbacks: Sequence[keras.callbacks.Callback] = ()

    @cached_property
    def variables(self) -> list[Any]:
        """All that training changes, in an order that depends on the spec alone."""
        return [*self.steps.model.variables, *self.steps.optimizer.variables, *self.steps.states]

    def restore(self, checkpoint: Checkpoint) -> None:
        """Goes back to a checkpoint; the next step is the one after it.

        Raises DataError where it was made with other data, TrainingError where it is of another experiment.
        """
        if checkpoint.of["data"] != self.prepared.made_of["data"]:
            raise DataError(f"{checkpoint.path}: was made with other data than what is here now; it cannot be restored")
        if checkpoint.of != self.prepared.made_of:
            raise TrainingError(f"{checkpoint.path}: was made of another experiment; it cannot be restored")
        restore(checkpoint, self.variables)
        weights = self.steps.model.get_weights()
        self.kept = [like(array, weight) for array, weight in zip(checkpoint.kept, weights, strict=False)]
        self.progress = Progress.of(checkpoint.progress)

    def run(self, stop: StopRequest, callbacks: Sequence[keras.callbacks.Callback] = ()) -> None:
        """Trains to the last epoch, or until early stopping or a callback ends it.

        A callback's epoch is what lies between two validations: with `validate_every`, several of the spec's.
        Raises Preempted when `stop` has received a signal (after saving) and TrainingError when the loss or a gradient
        is no longer a finite number.
        """
        model = self.steps.model
        model.compile(optimizer=self.steps.optimizer)  # callbacks look for model.optimizer
        epochs = self.experiment.train.epochs
        listening = keras.callbacks.CallbackList(
            list(callbacks), model=model, epochs=epochs, steps=self.steps_per_epoch
        )
        self._callbacks = callbacks
        every_step = of_keras.want_batches(callbacks)
        advance = Advance(self.prepared, self.steps, self.variables, every_step=every_step)
        model.stop_training = False
        listening.on_train_begin()
        of_keras.restore(callbacks, self.progress.callbacks)
        if not model.trainable_variables:
            self._end_without_training(listening)
        while not self._finished():
            self._until_validation(advance, stop, listening)
        self.listener.on_save(self.kept)
        self.checkpoints.wait()
        listening.on_train_end()

    @cached_property
    def _validation(self) -> tuple[Any, int] | None:
        """An iterator over the validation batches, again and again, and how many there are."""
        split = self.data.validation
        if split is None:
            return None
        carries = bool(self.steps.states)
        order = Streams(len(split), EVALUATION_STREAMS) if carries else Order(len(split), EVALUATION_BATCH)
        return iter(evaluation_batches(split, order, strategy=self.steps.strategy)), order.steps

    @property
    def stopped_early(self) -> str:
        """Why training ended before all epochs were over, where early stopping ended it; else empty."""
        return "" if self.progress.step >= self._last_step else why_stopped(self.prepared, self.progress)

    def _finished(self) -> bool:
        return self.progress.stopped or self.progress.step >= self._last_step

    def _until_validation(self, advance: Advance, stop: StopRequest, listening: Any) -> None:
        """Trains to the end of the epoch that is validated next: of this one, or of one of the next few."""
        progress = self.progress
        between = self.experiment.train.validate_every * self.steps_per_epoch
        end = min((progress.step // between + 1) * between, self._last_step)
        listening.on_epoch_begin(progress.step // self.steps_per_epoch)
        while progress.step < end:
            if stop.received:
                self._preempt(stop.received)
            epoch, done = divmod(progress.step, self.steps_per_epoch)
            listening.on_train_batch_begin(done)
            most = self.checkpoints.steps_until_due(progress.step)
            try:
                logs = advance(progress, end - progress.step if most is None else min(most, end - progress.step))
            except SpoilingStep:
                raise self._failure() from None
            epoch, done = divmod(progress.step - 1, self.steps_per_epoch)
            listening.on_train_batch_end(done, logs)
            self.listener.on_progress(epoch, done + 1, logs)
            # At its end, an epoch is validated first: who goes on from here must not go on without.
            if progress.step < end and self._checkpoint_is_due():
                self._save()
        progress.totals = self.steps.no_totals.tolist()
        self._end_epoch(epoch, logs, listening)

    def _end_epoch(self, epoch: int, train: dict[str, float], listening: Any) -> None:
        with self.steps.averaged_weights():
            logs = train | self._validate(epoch, listening)
            rate = rate_of_last_step(self.prepared, self.progress, self.steps.optimizer)
            is_kept = judge(self.prepared, self.progress, self.steps.optimizer, epoch, logs)
            if is_kept:
                self.kept = [np.array(weight) for weight in self.steps.model.get_weights()]
        row = {"epoch": epoch + 1, "step": self.progress.step, **logs, "learning_rate": rate, "time": time.time()}
        if self.experiment.train.on_nan == "skip":
            row["skipped"] = self.progress.skipped - self.progress.skipped_told
            self.progress.skipped_told = self.progress.skipped
        self.listener.on_epoch(row, is_kept)
        listening.on_epoch_end(epoch, logs)
        self.progress.stopped |= bool(self.steps.model.stop_training)
        if self._finished() or self._checkpoint_is_due():
            self._save()

    def _end_without_training(self, listening: Any) -> None:
        """Of a model in which nothing is trained, such as one made of finished runs: it is validated and kept."""
        logs = self._validate(0, listening)
        self.kept = [np.array(weight) for weight in self.steps.model.get_weights()]
        self.progress.stopped = True
        self.listener.on_epoch({"epoch": 0, "step": 0, **logs, "learning_rate": 0.0, "time": time.time()}, True)

    def _validate(self, epoch: int, listening: Any) -> dict[str, float]:
        if self._validation is None:
            return {}
        batches, count = self._validation
        listening.on_test_begin()
        logs = self.steps.logs(self.steps.evaluate(batches, count))
        listening.on_test_end(logs)
        if not math.isfinite(logs["loss"]):
            where = f"step {self.progress.step} (epoch {epoch + 1})"
            raise TrainingError(f"the validation loss is not a finite number at {where}; {self._last_good()}")
        return {f"val_{name}": value for name, value in logs.items()}

    def _checkpoint_is_due(self) -> bool:
        size = sum(math.prod(variable.shape) * 4 for variable in self.variables)
        return self.checkpoints.is_due(self.progress.step, size)

    def _save(self) -> bool:
        """Writes a checkpoint, unless a callback has spoilt the weights: the one before is then worth more.

        Returns whether it is being written.
        """
        started = time.perf_counter()
        trained = [variable.numpy() for variable in self.steps.model.trainable_variables]
        if not all(np.isfinite(weight.astype(np.float32, copy=False)).all() for weight in trained):
            return False
        self.progress.callbacks = of_keras.states(self._callbacks)
        variables = [np.array(variable.numpy()) for variable in self.variables]
        names = [variable.path for variable in self.variables]
        self.listener.on_save(self.kept)
        state = State(
            self.progress.step, variables, names, self.kept, self.progress.as_json(), self.prepared.made_of
        )  # fmt: skip
        self.checkpoints.save(state, started)
        return True

    def _preempt(self, signal: str) -> None:
        saved = "everything is saved" if self._save() else f"its weights are spoilt; {self._last_good()}"
        self.checkpoints.wait()
        step, epoch = self.progress.step, self.progress.step // self.steps_per_epoch + 1
        raise Preempted(f"stopped by {signal} after step {step} (in epoch {epoch}); {saved}")

    def _failure(self) -> TrainingError:
        """What went wrong in the next step, before which everything is saved."""
        self._save()
        self.checkpoints.wait()
        found = diagnose(self.prepared, self.steps, self.progress.step)
        return TrainingError(f"{found.text}\n{self._last_good()}", details=found.record)

    def _last_good(self) -> str:
        self.checkpoints.wait()
        last = self.checkpoints.newest
        where = f"the last good checkpoint is {last}" if last else "there is no checkpoint before it"
        return f"{where}; a smaller learning_rate, warmup_epochs or clip_norm usually helps"
