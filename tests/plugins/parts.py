"""A plugin's file with a part of each family, and a package that holds it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

PARTS = '''
"""A part of each family."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import PositiveInt

from dlcli.augment.transform import Transform
from dlcli.component import Component
from dlcli.datasets.data import Classes, Data, Split
from dlcli.datasets.spec import DatasetSpec
from dlcli.datasets.splits import OwnSplits, divide
from dlcli.metrics.spec import MetricSpec
from dlcli.optimizers.gradient import GradientOptimizer
from dlcli.plugins import augmentation, dataset, metric, model, optimizer, schedule, strategy


@dataset
class Board(DatasetSpec, OwnSplits):
    type: Literal["board"] = "board"
    examples: PositiveInt = 200

    def load(self, folder):
        x = np.random.default_rng(0).uniform(0, 2, (self.examples, 2))
        y = x.astype(np.int64).sum(axis=1) % 2
        target = Classes(("black", "white"))
        return Data(*divide(Split(x, y), target, self), target)


@model
class Tiny(Component):
    type: Literal["tiny"] = "tiny"
    units: PositiveInt = 4

    def build(self, x, outputs):
        import keras

        x = keras.layers.Dense(self.units, activation="relu", name="dense_1")(x)
        return keras.layers.Dense(outputs, name="head")(x)


@metric
class Misses(MetricSpec):
    lower_is_better: ClassVar = True
    fits: ClassVar = "classes"
    type: Literal["misses"] = "misses"

    def score(self, targets, predictions):
        return (predictions.argmax(axis=-1) != targets).mean()


@optimizer
class Plain(GradientOptimizer):
    type: Literal["plain"] = "plain"

    def build(self, steps_per_epoch, epochs):
        import keras

        return keras.optimizers.SGD(**self.shared_arguments(steps_per_epoch, epochs))


@schedule
class Half(Component):
    type: Literal["half"] = "half"

    def build(self, learning_rate, steps_per_epoch, epochs):
        return learning_rate / 2


@augmentation
class Shift(Component):
    type: Literal["shift"] = "shift"

    def build(self, shape, mean, deviation):
        return Transform(1, lambda x, u: x + 0.01 * u)


@strategy
class First(Component):
    type: Literal["first"] = "first"

    def build(self):
        import tensorflow as tf

        return tf.distribute.OneDeviceStrategy("/CPU:0")
'''.lstrip()
ALL = """
plugins: [parts.py]
dataset: {type: board, examples: 150}
model: {type: tiny, units: 3}
optimizer: {type: plain, learning_rate: 0.2, schedule: half}
augment: [shift]
strategy: first
metrics: [misses]
expect: {test_misses: 0.9}
train: {epochs: 1}
""".lstrip()
"""A spec with all of them."""


def write(folder: Path, spec: str = ALL, parts: str = PARTS) -> Path:
    """Writes a spec and its plugin; returns the spec's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "parts.py").write_text(parts, encoding="utf-8")
    (folder / "all.yaml").write_text(spec, encoding="utf-8")
    return folder / "all.yaml"


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, entries: str, parts: str = PARTS, name: str = "kit") -> None:
    """Puts a package where Python finds it, as pip would, with its entry points; version 1.2."""
    about = folder / f"{name}-1.2.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (about / "entry_points.txt").write_text(f"[dlcli.parts]\n{entries}\n")
    (folder / f"{name}_parts.py").write_text(parts, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, f"{name}_parts", raising=False)
