"""What is predicted decides the head's size, the loss, the metrics and the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from dlcli.metrics.metric import Metric
from dlcli.metrics.report import Report
from dlcli.tasks.averages import of_chances, of_probabilities

if TYPE_CHECKING:
    import tensorflow as tf

    from dlcli.spec.experiment import Training

Losses = Callable[["tf.Tensor", "tf.Tensor"], "tf.Tensor"]
"""From y (B, ...) and a model's output, (B, outputs) or (B, T, outputs), to the loss of each example, (B,)."""


class Task(Protocol):
    """What every task says of itself."""

    headline: str
    """The metric by which the best epoch is chosen if the spec names none."""
    per_step: bool = False
    """Whether each step of an example is predicted, (B, T, outputs), and not the example as a whole, (B, outputs)."""

    @property
    def scores(self) -> Sequence[str]:
        """The headline scores of its report, by name."""

    @property
    def outputs(self) -> int:
        """Size of the model's head."""

    @property
    def metrics(self) -> Sequence[Metric]:
        """What is followed during training besides the loss."""

    @property
    def describes(self) -> str:
        """What is predicted, in a few words."""

    def losses(self, y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        """The plain loss of each example, (B,)."""

    def training_losses(self, train: Training, y: NDArray[Any]) -> Losses:
        """The loss that training lowers, with what the spec adds to it; y: (N, ...) of the training split.

        Raises UsageError where the spec asks for what does not fit the task.
        """

    def average(self, outputs: Sequence[Any]) -> Any:
        """What an ensemble gives whose members have these outputs, of one shape: tensors, or Keras' symbolic ones.

        Unless a task has its own: the logits of the mean of the probabilities, of one class or of all.
        """
        return of_probabilities(outputs) if outputs[0].shape[-1] > 1 else of_chances(outputs)

    @property
    def predicts(self) -> Literal["classes", "numbers", "labels", "tokens", "sequences", "inputs"]:
        """What is predicted."""

    def predictions(self, output: NDArray[Any]) -> NDArray[np.float64]:
        """The model's outputs (N, outputs) as probabilities (N, K) or numbers (N, D); with steps, (N, T, K)."""

    def kept(self, y: NDArray[Any], output: NDArray[np.float32]) -> NDArray[np.float32]:
        """What evaluation keeps of a batch's outputs: all of them, or less where a whole split's would be too many."""
        return output

    def judged(self, y: NDArray[Any], output: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """What further metrics judge, of targets y and what `kept` has kept: the targets, and what is predicted."""
        return y, self.predictions(output)

    def report(self, y: NDArray[Any], output: NDArray[Any]) -> Report:
        """The scores of a whole split; output: what `kept` has kept."""
