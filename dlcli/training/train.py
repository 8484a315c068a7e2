"""The way from an experiment to a trained, evaluated and recorded model. Read this page first."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from dlcli.errors import TrainingError
from dlcli.faults import plugin_faults
from dlcli.report.screen import Screen
from dlcli.runs.run import Run
from dlcli.training.build import build_model, build_optimizer, use_kernels
from dlcli.training.checkpoints import Checkpoint, Checkpoints
from dlcli.training.disk import disk_faults
from dlcli.training.evaluate import Evaluation, evaluate, kept_model, scored_splits
from dlcli.training.initial import freeze
from dlcli.training.loop import Loop
from dlcli.training.memory import memory_faults
from dlcli.training.prepare import Prepared
from dlcli.training.recorder import Recorder
from dlcli.training.sampling import first_sample
from dlcli.training.signals import StopRequest
from dlcli.training.steps import Steps


def train(
    prepared: Prepared,
    run: Run,
    *,
    checkpoint: Checkpoint | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    screen: Screen | None = None,
) -> list[Evaluation]:
    """Trains a prepared experiment into a run's folder, from a checkpoint on if one is given.

    Returns the kept model's scores: on the validation and the test split, and on training where the spec expects them.
    Raises TrainingError, or Preempted after a signal; the run's folder then says so, too.
    """
    experiment, data, task = prepared.experiment, prepared.data, prepared.task
    screen = screen or Screen(quiet=True)
    with (
        Recorder(run, screen) as recorder,
        disk_faults(run),
        StopRequest() as stop,
        plugin_faults(TrainingError),
        memory_faults(prepared),
    ):
        keras.utils.set_random_seed(experiment.seed)
        with prepared.strategy.scope():
            model = build_model(experiment, data, task, prepared.trained)
            if checkpoint is not None:
                use_kernels(model, run.info.get("kernels", {}))
            elif prepared.initial is not None:
                prepared.initial.apply(model)
            freeze(model, experiment.init_from)
            optimizer = build_optimizer(experiment, data, model)
        steps = Steps(prepared, model, optimizer)
        after = None if checkpoint is None else checkpoint.path
        with Checkpoints(run.checkpoint_folder, after=after, **prepared.checkpoint_interval) as checkpoints:
            loop = Loop(prepared, steps, checkpoints, recorder)
            if checkpoint is not None:
                loop.restore(checkpoint)
            recorder.start(model, loop)
            loop.run(stop, callbacks)
        kept = kept_model(run)
        evaluations = [evaluate(kept, name, data, task, run) for name in scored_splits(experiment, data)]
        recorder.finish(loop, evaluations, first_sample(kept, prepared))
    return evaluations
