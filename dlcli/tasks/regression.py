"""Real numbers for each example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import Reals
from dlcli.errors import UsageError
from dlcli.metrics.errors import AbsoluteError, SquaredError
from dlcli.metrics.metric import Metric
from dlcli.metrics.names import SCORES
from dlcli.metrics.regression import RegressionReport
from dlcli.tasks.averages import of_numbers
from dlcli.tasks.task import Losses, Task

if TYPE_CHECKING:
    import tensorflow as tf

    from dlcli.spec.experiment import Training


@dataclass(frozen=True)
class Regression(Task):
    """D real numbers for each example, predicted in their own units.

    y: (B, D) float32; output: (B, D) float32. The model's head predicts (y - offset) / scale, and its last layer turns
    that into units again, so that a loss near 1 means no better than the mean.
    """

    target: Reals
    offset: tuple[float, ...]
    scale: tuple[float, ...]
    headline = "rmse"
    scores = SCORES["reals"]
    predicts: ClassVar[Literal["numbers"]] = "numbers"

    @classmethod
    def of(cls, target: Reals, y: NDArray[Any], normalize: Literal["standard", "range", "none"]) -> Regression:
        """The task for a training split's targets y (N, D): scaled by their mean and deviation, or not at all."""
        D = len(target.names)
        if normalize == "none":
            return cls(target, (0.0,) * D, (1.0,) * D)
        y = y.astype(np.float64)
        scale = y.std(axis=0)
        return cls(target, tuple(y.mean(axis=0).tolist()), tuple(np.where(scale > 0, scale, 1.0).tolist()))

    @property
    def outputs(self) -> int:
        """D."""
        return len(self.target.names)

    @property
    def metrics(self) -> Sequence[Metric]:
        """Root mean squared error and mean absolute error, in units."""
        return (SquaredError(), AbsoluteError())

    @property
    def describes(self) -> str:
        """The names of the numbers."""
        return f"predicts {', '.join(self.target.names)}"

    def losses(self, y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        """Squared error of each example in units of the scale, mean over the D numbers, (B,)."""
        import tensorflow as tf

        return tf.reduce_mean(tf.square((y - output) / tf.constant(self.scale, tf.float32)), axis=-1)

    def training_losses(self, train: Training, y: NDArray[Any]) -> Losses:
        """The squared error. Raises UsageError where the spec asks for something that only classes have."""
        for key, value in {"label_smoothing": train.label_smoothing, "class_weights": train.class_weights}.items():
            if value:
                raise UsageError(f"train.{key} (={value}) is for classes; this data has numbers to predict")
        return self.losses

    def average(self, outputs: Sequence[Any]) -> Any:
        """The mean of several outputs, of their shape."""
        return of_numbers(outputs)

    def predictions(self, output: NDArray[Any]) -> NDArray[np.float64]:
        """The outputs, which are in units, (N, D)."""
        return output.astype(np.float64)

    def report(self, y: NDArray[np.float32], output: NDArray[np.float32]) -> RegressionReport:
        """RMSE, MAE and R2 of each number."""
        return RegressionReport(self.target.names, y.astype(np.float64), output.astype(np.float64))
