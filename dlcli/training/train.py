"""The way from an experiment to a trained, evaluated and recorded model. Read this page first."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from dlcli.report.screen import Screen
from dlcli.runs.run import Run
from dlcli.spec import Experiment
from dlcli.tasks import task_for
from dlcli.training.build import build_model, build_optimizer
from dlcli.training.checkpoints import Checkpoint, Checkpoints
from dlcli.training.evaluate import Evaluation, evaluate
from dlcli.training.loop import Loop
from dlcli.training.recorder import Recorder
from dlcli.training.signals import StopRequest
from dlcli.training.smoke import load_data
from dlcli.training.steps import Steps


def train(
    experiment: Experiment,
    run: Run,
    *,
    checkpoint: Checkpoint | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    screen: Screen | None = None,
) -> list[Evaluation]:
    """Trains an experiment into a run's folder, from a checkpoint on if one is given.

    Returns the kept model's scores on the validation and the test split.
    Raises DataError, TrainingError, or Preempted after a signal; the run's folder then says so, too.
    """
    screen = screen or Screen(quiet=True)
    with Recorder(run, screen) as recorder, StopRequest() as stop:
        strategy = experiment.strategy.build()
        data = load_data(experiment, smoke=run.info["smoke"])
        task = task_for(data)
        keras.utils.set_random_seed(experiment.seed)
        with strategy.scope():
            model = build_model(experiment.model, data, task)
            optimizer = build_optimizer(experiment, data, model)
        class_weights = task.class_weights(experiment.train.class_weights, data.train.y)
        steps = Steps(experiment, model, optimizer, task, class_weights, strategy)
        with Checkpoints(run.checkpoint_folder) as checkpoints:
            loop = Loop(experiment, data, steps, checkpoints, recorder)
            if checkpoint is not None:
                loop.restore(checkpoint)
            recorder.start(model, data, loop)
            loop.run(stop, callbacks)
        kept = keras.models.load_model(run.model_path)
        evaluations = [evaluate(kept, name, data.splits[name], task) for name in ("validation", "test")]
        recorder.finish(loop, evaluations)
    return evaluations
