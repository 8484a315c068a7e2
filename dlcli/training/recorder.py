"""Keeps a run's folder, its event files and the terminal up to date while it trains."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from pathlib import Path

import keras

from dlcli.backend import onednn
from dlcli.errors import TrainingError
from dlcli.report.figures import draw, write
from dlcli.report.graph import layer_graph
from dlcli.report.hparams import record_session
from dlcli.report.introduction import introduction, notes, record_of
from dlcli.report.screen import Screen
from dlcli.report.segments import write_segments
from dlcli.report.tensorboard import Board
from dlcli.runs.files import naming, replacing, write_json
from dlcli.runs.heartbeat import Heartbeat
from dlcli.runs.provenance import threads
from dlcli.runs.run import Run, ending
from dlcli.training.build import portable, recurrent_kernels
from dlcli.training.checkpoints import Arrays
from dlcli.training.decoding import beam_of
from dlcli.training.evaluate import Evaluation
from dlcli.training.loop import Loop
from dlcli.training.progress import Row


class Recorder:
    """While entered, a run is running; when left, its record says how it ended."""

    def __init__(self, run: Run, screen: Screen) -> None:
        self.run, self.screen = run, screen
        self.board = Board(run)
        self._written: Arrays = ()
        self._heartbeat = Heartbeat(run.path)
        self._portable: keras.Model = None
        self._marks_best = True

    def __enter__(self) -> Recorder:
        record_session(self.run)
        self._heartbeat.start()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._heartbeat.stop()
        self.screen.stop()
        # What a full disk has stopped cannot be recorded on it, and the error is about to be told.
        try:
            with nullcontext() if error is None else suppress(OSError):
                self._end(error)
        finally:
            self.run.leave()

    def _end(self, error: BaseException | None) -> None:
        try:
            self.board.close()
            if self.run.path.is_dir():
                if isinstance(error, TrainingError) and error.details:
                    self.run.update(failure=error.details)
                # Before the run's end: who is killed in between leaves a run that has not ended, and is mended.
                record_session(self.run, ending(error))
        finally:
            if self.run.path.is_dir():
                self.run.end(error)

    def start(self, model: keras.Model, loop: Loop) -> None:
        """Training is about to begin, or to go on where the loop stands."""
        self._portable = portable(model)
        prepared, data = loop.prepared, loop.data
        self._marks_best = prepared.keep != "last"
        devices = list(prepared.strategy.extended.worker_devices)
        kernels = recurrent_kernels(model)
        # Of a run that goes on, what it began with stays on record: the next to go on needs to know that.
        began = {"onednn": onednn(), "threads": threads()} | self.run.info
        self.run.update(
            devices=devices, parameters=model.count_params(), kernels=kernels, onednn=began["onednn"],
            threads=began["threads"], keep=prepared.keep,
            **record_of(data),
        )  # fmt: skip
        if prepared.initial is not None:
            self.run.update(initial=str(prepared.initial.run.path))
        if prepared.trained:
            beam = beam_of(loop.experiment.model, prepared.trained)
            self.run.update(members=[str(run.path) for run in prepared.trained], beam=beam)
        self.run.forget_metrics_after(loop.progress.step)
        self.board.start(layer_graph(self._portable), notes(data))
        for line in introduction(model, prepared, devices, kernels):
            self.screen.introduce(line)
        self.screen.say(f"run       {self.run.path}")
        if loop.progress.step:
            self.screen.say(f"resumed   after step {loop.progress.step}")
        if prepared.trained:  # there will be no epochs
            self.screen.say(f"averages  {', '.join(str(run.path) for run in prepared.trained)}")
            return
        self.screen.say()
        self.screen.start(loop.experiment.train.epochs, loop.steps_per_epoch)

    def on_progress(self, epoch: int, done: int, logs: dict[str, float]) -> None:
        """Some steps of an epoch are over."""
        self.screen.progress(epoch, done, logs)

    def on_save(self, kept: Arrays) -> None:
        """Writes the model that is kept so far, if there is one that was not written; rows before it are on disk."""
        self.run.sync_metrics()
        if kept is not self._written and kept:
            self._portable.set_weights(kept)
            save_model(self._portable, self.run.model_path)
            self._written = kept

    def on_epoch(self, row: Row, is_kept: bool) -> None:
        """Adds an epoch to the record."""
        self.run.append_metrics(row)
        self.board.epoch(row)
        if row["epoch"]:
            self.screen.epoch(row, is_kept and self._marks_best)

    def finish(self, loop: Loop, evaluations: Sequence[Evaluation], sample: str | None) -> None:
        """Records the scores of the kept model, its figures, and a text that it has written, if any."""
        self.screen.stop()
        if loop.stopped_early:
            self.screen.say(f"stopped early: {loop.stopped_early}")
        if skipped := loop.progress.skipped:
            steps, they = ("step was", "it") if skipped == 1 else ("steps were", "they")
            self.screen.say(
                f"skipped   {skipped} {steps} passed over, as {they} would have spoilt the weights (on_nan)"
            )
        self.run.update(skipped=skipped)
        kept = {"epoch": loop.progress.kept_epoch, "of": loop.experiment.train.epochs, "by": loop.prepared.keep}
        write_json(self.run.path / "result.json", {"kept": kept} | {e.split: e.as_json() for e in evaluations})
        for evaluation in evaluations:
            figures = draw(evaluation.subject)
            write(self.run.path, evaluation.split, figures)
            write_segments(self.run.path, evaluation.split, evaluation.report)
            self.board.finish(loop.progress.step, evaluation, figures)
        if sample is not None:
            with replacing(self.run.path / "sample.txt") as file:
                file.write(sample.encode())
            self.board.sample(loop.progress.step, sample)


def save_model(model: keras.Model, path: Path) -> None:
    """Saves a model under a temporary name and moves it into place; a failure leaves no trace."""
    temporary = path.with_name(f".{path.stem}.tmp.keras")
    try:
        with naming(path):
            model.save(temporary)
        os.replace(temporary, path)  # noqa: PTH105 (atomic on every system)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
