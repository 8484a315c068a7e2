"""Keeps a run's folder, its event files and the terminal up to date while it trains."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import keras
import tensorflow as tf

from dlcli.datasets.data import Data
from dlcli.report.confusion import confusion_png
from dlcli.report.screen import Screen
from dlcli.report.tensorboard import Board, record_session
from dlcli.runs.files import write_json
from dlcli.runs.run import Run
from dlcli.training.build import portable
from dlcli.training.evaluate import Evaluation
from dlcli.training.loop import Loop, Row


class Recorder:
    """While entered, a run is running; when left, its record says how it ended."""

    def __init__(self, run: Run, screen: Screen) -> None:
        self.run, self.screen = run, screen
        self.board = Board(run)
        self._model: keras.Model = None
        self._portable: keras.Model = None

    def __enter__(self) -> Recorder:
        record_session(self.run)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.screen.stop()
        self.board.close()
        if self.run.path.is_dir():
            self.run.end(error)
            record_session(self.run)

    def start(self, model: keras.Model, data: Data, loop: Loop) -> None:
        """Training is about to begin, or to go on where the loop stands."""
        self._model, self._portable = model, portable(model)
        devices = loop.steps.strategy.extended.worker_devices
        self.run.update(devices=list(devices), dataset=data.fingerprint(), parameters=model.count_params())
        self.run.forget_metrics_after(loop.progress.step)
        self.board.start(_graph(model))
        sizes = ", ".join(f"{len(split)} {name}" for name, split in data.splits.items())
        self.screen.say(f"data      {sizes} examples of shape {'x'.join(map(str, data.train.x.shape[1:]))}")
        self.screen.say(
            f"model     {model.name}, {model.count_params():,} parameters, on {', '.join(map(_short, devices))}"
        )
        self.screen.say(f"run       {self.run.path}")
        if loop.progress.step:
            self.screen.say(f"resumed   after step {loop.progress.step}")
        self.screen.say()
        self.screen.start(loop.experiment.train.epochs, loop.steps_per_epoch)

    def on_progress(self, epoch: int, done: int, logs: dict[str, float]) -> None:
        """Some steps of an epoch are over."""
        self.screen.progress(epoch, done, logs)

    def on_best(self) -> None:
        """Keeps the model as it is now."""
        self._portable.set_weights(self._model.get_weights())
        save_model(self._portable, self.run.model_path)

    def on_epoch(self, row: Row, is_best: bool) -> None:
        """Adds an epoch to the record."""
        self.run.append_metrics(row)
        self.board.epoch(row)
        self.screen.epoch(row, is_best)

    def finish(self, loop: Loop, evaluations: Sequence[Evaluation]) -> None:
        """Records the scores of the best model."""
        self.screen.stop()
        best = {"epoch": loop.progress.best_epoch, "of": loop.experiment.train.epochs, "by": loop.experiment.train.best}
        write_json(self.run.path / "result.json", {"best": best} | {e.split: e.as_json() for e in evaluations})
        for evaluation in evaluations:
            png = confusion_png(evaluation.report, f"{loop.experiment.name} · {evaluation.split}")
            (self.run.path / f"confusion_{evaluation.split}.png").write_bytes(png)
            if evaluation.split == "test":
                self.board.finish(loop.progress.step, evaluation, png)


def save_model(model: keras.Model, path: Path) -> None:
    """Saves a model under a temporary name and moves it into place."""
    temporary = path.with_name(f".{path.stem}.tmp.keras")
    model.save(temporary)
    os.replace(temporary, path)  # noqa: PTH105 (atomic on every system)


def _graph(model: keras.Model) -> bytes:
    """How the model computes its outputs, as TensorBoard's graph page reads it."""
    shape = (None, *model.input_shape[1:])
    traced = tf.function(lambda x: model(x, training=False)).get_concrete_function(tf.TensorSpec(shape, name="inputs"))
    graph: bytes = traced.graph.as_graph_def().SerializeToString()
    return graph


def _short(device: str) -> str:
    return device.rpartition("device:")[2]
