"""Tasks: what a dataset's target asks of a model."""

from __future__ import annotations

from typing import Literal

from dlcli.datasets.data import Classes, Data, Inputs, MultiLabel, NextToken, StepClasses, Timelines, TokenSequence
from dlcli.tasks.classification import Classification
from dlcli.tasks.detection import Detection
from dlcli.tasks.labels import Labelling
from dlcli.tasks.reconstruction import Reconstruction
from dlcli.tasks.regression import Regression
from dlcli.tasks.sequences import SequenceToSequence
from dlcli.tasks.steps import NextTokens, StepClassification
from dlcli.tasks.task import Losses, Task

__all__ = [
    "Classification",
    "Detection",
    "Labelling",
    "Losses",
    "NextTokens",
    "Reconstruction",
    "Regression",
    "SequenceToSequence",
    "StepClassification",
    "Task",
    "task_for",
]


def task_for(data: Data, normalize: Literal["standard", "range", "none"] = "standard") -> Task:
    """The task that a dataset poses; `normalize` says how real targets are scaled for the loss."""
    if isinstance(data.target, Classes):
        return Classification(data.target)
    if isinstance(data.target, MultiLabel):
        return Labelling(data.target)
    if isinstance(data.target, Timelines):
        return Detection.of(data.target, data.train.y)
    if isinstance(data.target, StepClasses):
        return StepClassification.of(data.target, data.train.y)
    if isinstance(data.target, NextToken):
        return NextTokens.of(data.target, data.train.y)
    if isinstance(data.target, TokenSequence):
        return SequenceToSequence.of(data.target, data.train.y)
    if isinstance(data.target, Inputs):
        return Reconstruction.of(data.target, data, normalize)
    y = data.train.y if data.series is None else data.series.changes(data.train.x[:], data.train.y)
    return Regression.of(data.target, y, normalize)
