"""A class for each step of recordings, and the segments of each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import Split, Timelines
from dlcli.metrics.metric import Metric
from dlcli.metrics.names import SCORES
from dlcli.metrics.steps import StepAccuracy, StepMacroF1
from dlcli.metrics.timelines import TimelineReport, timelines
from dlcli.tasks.steps import StepClassification


@dataclass(frozen=True)
class Detection(StepClassification):
    """One of K classes for each labelled step of windows of recordings, as StepClassification, by macro F1.

    Whole recordings are put together of their windows to be reported on.
    """

    target: Timelines
    headline = "macro_f1"
    scores = SCORES["timelines"]

    @property
    def metrics(self) -> Sequence[Metric]:
        """Macro F1 and accuracy over all labelled steps."""
        return (StepMacroF1(len(self.target.names)), StepAccuracy())

    @property
    def describes(self) -> str:
        """The number of classes, and of those that are sought as segments."""
        return f"{super().describes}, segments of {self.target.sought} of them"

    def detected(self, split: Split, output: NDArray[Any]) -> TimelineReport:
        """The report on the recordings of a split, of what `kept` has kept."""
        assert split.places is not None  # datasets are checked for it
        return TimelineReport.of_timelines(
            self.target, timelines(split.places, split.y, self.predictions(output).astype(np.float64))
        )
