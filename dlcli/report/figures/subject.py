"""What figures are drawn of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import Data, Split
from dlcli.metrics.report import Report
from dlcli.tasks.task import Task

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Subject:
    """A model and what it makes of a split.

    title: names the experiment and the split. data: the whole, for what it knows of its examples and classes.
    outputs: (N, ...) what the task keeps of what the model gives. losses: (N,) the plain loss of each example.
    members: an ensemble's models, in their order.
    """

    title: str
    data: Data
    split: Split
    task: Task
    report: Report
    outputs: NDArray[Any]
    losses: NDArray[Any]
    model: keras.Model
    members: Sequence[keras.Model] = ()

    @property
    def single_models(self) -> dict[str, keras.Model]:
        """The model, or an ensemble's members, by what to call its layers after: `` or `member_1/`, ..."""
        if self.members:
            return {f"{member.name}/": member for member in self.members}
        return {} if self.model is None else {"": self.model}

    @cached_property
    def predictions(self) -> NDArray[np.float64]:
        """What the task makes of the outputs: probabilities (N, K), or numbers in their own units."""
        return self.task.predictions(self.outputs)
