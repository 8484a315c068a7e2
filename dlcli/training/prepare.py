"""All that can be wrong with an experiment before it trains, found before a run's folder is made."""

from __future__ import annotations

from dataclasses import dataclass

import tensorflow as tf

from dlcli.datasets.data import Data
from dlcli.spec import Experiment
from dlcli.tasks import Classification, task_for
from dlcli.training.loading import load_data


@dataclass(frozen=True)
class Prepared:
    """An experiment with its devices and its data at hand."""

    experiment: Experiment
    strategy: tf.distribute.Strategy
    data: Data
    task: Classification
    class_weights: list[float]


def prepare(experiment: Experiment, *, smoke: bool = False) -> Prepared:
    """Looks for the experiment's devices and loads its data, a few examples of it for a smoke run.

    Raises UsageError where there is no such device or class, DataError where the data is missing or wrong.
    """
    strategy = experiment.strategy.build()
    data = load_data(experiment, smoke=smoke)
    task = task_for(data)
    return Prepared(experiment, strategy, data, task, task.class_weights(experiment.train.class_weights, data.train.y))
