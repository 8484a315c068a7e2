"""Takes up a run where it was stopped, or where it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from dlcli.datasets.data import Data
from dlcli.errors import DataError, UsageError
from dlcli.runs.resuming import Change, changes, notes
from dlcli.runs.run import Run, nothing_left
from dlcli.spec import Experiment
from dlcli.training.checkpoints import Checkpoint, newest
from dlcli.training.prepare import Prepared, prepare


def take_up(
    run: Run, experiment: Experiment, *, runs: Path, smoke: bool = False, data: Data | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> tuple[Prepared, Checkpoint | None]:  # fmt: skip
    """Prepares a run to go on with an experiment that is its own but for what may change, and takes its lock.

    data: of the fold that the run is, if it is one.
    Returns what `train` needs. What is not as it was when the run began goes on record, and `say` is told; so it is
    where there is no checkpoint, and the run begins anew.
    Raises UsageError where there is nothing to go on with or another process works on it, DataError where the data is
    not what it was. The run is then as it was before.
    """
    changed = changes(run.experiment, experiment)
    done = run.info["state"] == "done"
    checkpoint = newest(run.checkpoint_folder, say)
    if done:
        _check_longer(run, changed, checkpoint)
    prepared = prepare(experiment, smoke=smoke, data=data, runs=runs, resumed=checkpoint is not None)
    before = run.info.get("dataset")
    if before not in (None, prepared.made_of["data"]):
        raise DataError(
            f"{run.path}: the data has changed since this run began (fingerprint {prepared.made_of['data']}, it was "
            f"{before}); bring back the data as it was, or train a new run"
        )
    if checkpoint is None:
        say(f"{run.path} has no checkpoint to go on from; it begins anew, which gives what it would have given")
    elif any(change.key == "train.epochs" for change in changed):
        _check_not_past(prepared, checkpoint.step, run)
        _check_same_past(run.experiment, prepared, checkpoint.step, run)
    other = [*(f"changed: {change}" for change in changed), *notes(run)]
    run.resume(extended=done)
    if other:
        run.change(experiment, other, checkpoint.step if checkpoint else 0)
        for line in other:
            say(line)
    return prepared, checkpoint


def _check_longer(run: Run, changed: Sequence[Change], checkpoint: Checkpoint | None) -> None:
    """Raises UsageError where a finished run is not given more to do, or cannot do it."""
    epochs = next((change for change in changed if change.key == "train.epochs"), None)
    if epochs is None or epochs.now <= epochs.before:
        raise nothing_left(run)
    if checkpoint is None:
        raise UsageError(f"{run.path}: has no checkpoint left from which it could be trained longer")
    if checkpoint.progress["stopped"]:
        raise UsageError(
            f"{run.path}: training ended early, after step {checkpoint.step}, and would with {epochs.now} epochs, too"
        )


def _check_not_past(prepared: Prepared, step: int, run: Run) -> None:
    """Raises UsageError where the run has already come further than to its new end."""
    epochs, begun = prepared.experiment.train.epochs, -(-step // prepared.steps_per_epoch)
    if begun > epochs:
        raise UsageError(
            f"{run.path}: is already in epoch {begun}; it cannot end after {epochs}; "
            f"give it train.epochs={begun} or more"
        )


def _check_same_past(before: Experiment, prepared: Prepared, step: int, run: Run) -> None:
    """Raises UsageError where with so many epochs the learning rate would have been another from the beginning."""
    now, per_epoch = prepared.experiment, prepared.steps_per_epoch
    schedules = [
        each.optimizer.schedule.build(each.optimizer.learning_rate, per_epoch, each.train.epochs)
        for each in (before, now)
    ]
    for past in sorted({*range(0, step, max(1, step // 100)), step - 1}):
        one, other = (float(schedule(past)) if callable(schedule) else 0.0 for schedule in schedules)
        if one != other:
            raise UsageError(
                f"{run.path}: its schedule ({now.optimizer.schedule.type}) depends on train.epochs: with "
                f"{now.train.epochs} instead of {before.train.epochs}, the learning rate of step {past + 1} would have "
                f"been {other:.3g} instead of {one:.3g}. Train a new run that begins with its weights: "
                f"--set init_from={run.path} --set train.epochs={now.train.epochs}"
            )
