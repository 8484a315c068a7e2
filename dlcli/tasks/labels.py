"""Any number of K classes for each example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import MultiLabel
from dlcli.errors import UsageError
from dlcli.metrics.labels import LabelsReport, MacroF1
from dlcli.metrics.metric import Metric
from dlcli.metrics.names import SCORES
from dlcli.tasks.averages import of_chances
from dlcli.tasks.task import Losses, Task

if TYPE_CHECKING:
    import tensorflow as tf

    from dlcli.spec.experiment import Training


@dataclass(frozen=True)
class Labelling(Task):
    """Any number of K classes for each example, each predicted as a logit of its own.

    y: (B, K) float32, 1 for the classes that an example has and 0 for the others; output: (B, K) float32.
    """

    target: MultiLabel
    headline = "macro_f1"
    scores = SCORES["labels"]
    predicts: ClassVar[Literal["labels"]] = "labels"

    @property
    def outputs(self) -> int:
        """K."""
        return len(self.target.names)

    @property
    def metrics(self) -> Sequence[Metric]:
        """Macro F1."""
        return (MacroF1(self.outputs),)

    @property
    def describes(self) -> str:
        """The number of classes."""
        return f"any of {len(self.target.names)} classes"

    def losses(self, y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        """Cross-entropy of each example in nats, (B,): the mean of those of its K yes or no."""
        import tensorflow as tf

        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, output), axis=-1)

    def training_losses(self, train: Training, y: NDArray[Any]) -> Losses:
        """Cross-entropy with smoothed labels. Raises UsageError where the spec weighs classes against each other."""
        if train.class_weights:
            raise UsageError(
                f"train.class_weights (={train.class_weights}) is for data with one class for each example; here each "
                "may have several"
            )
        smoothing = train.label_smoothing
        return lambda y, output: self.losses(y * (1 - smoothing) + smoothing / 2, output)

    def average(self, outputs: Sequence[Any]) -> Any:
        """The logits of the mean of each class's probability, of the outputs' shape."""
        return of_chances(outputs)

    def predictions(self, output: NDArray[Any]) -> NDArray[np.float64]:
        """The probability of each class, (N, K)."""
        probabilities: NDArray[np.float64] = 0.5 * (1 + np.tanh(0.5 * output.astype(np.float64)))
        return probabilities

    def report(self, y: NDArray[np.float32], output: NDArray[np.float32]) -> LabelsReport:
        """Mean average precision, macro F1 and the scores of each class."""
        return LabelsReport(self.target.names, y, output)
