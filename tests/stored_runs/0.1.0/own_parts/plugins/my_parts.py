"""The fields of a chequerboard, a network with a shortcut, and how sure it is of the right class."""

from typing import Literal

import numpy as np
from pydantic import PositiveInt

from dlcli.component import Component
from dlcli.datasets.data import Classes, Data, Split
from dlcli.datasets.spec import DatasetSpec
from dlcli.datasets.splits import OwnSplits, divide
from dlcli.metrics.spec import MetricSpec
from dlcli.plugins import dataset, metric, model


@dataset
class Chequerboard(DatasetSpec, OwnSplits):
    type: Literal["chequerboard"] = "chequerboard"
    examples: PositiveInt = 600
    """Points drawn."""
    fields: PositiveInt = 4
    """Fields along each side."""

    def load(self, folder):
        x = np.random.default_rng(0).uniform(0, self.fields, (self.examples, 2)).astype(np.float32)
        y = x.astype(np.int32).sum(axis=1) % 2
        target = Classes(("black", "white"))
        return Data(*divide(Split(x, y), target, self), target)


@model
class Shortcut(Component):
    type: Literal["shortcut"] = "shortcut"
    units: PositiveInt = 32
    """Size of both hidden layers."""

    def build(self, x, outputs):
        import keras

        first = keras.layers.Dense(self.units, activation="relu", name="dense_1")(x)
        second = keras.layers.Dense(self.units, activation="relu", name="dense_2")(first)
        both = keras.layers.Concatenate(name="both")([first, second])
        return keras.layers.Dense(outputs, name="head")(both)


@metric
class MeanConfidence(MetricSpec):
    type: Literal["mean_confidence"] = "mean_confidence"

    def score(self, targets, predictions):
        return predictions[np.arange(len(targets)), targets].mean()
