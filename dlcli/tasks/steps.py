"""A class, or the following token, for each step of each example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import Classes, NextToken, StepClasses
from dlcli.errors import UsageError
from dlcli.metrics.accuracy import class_logits
from dlcli.metrics.classification import ClassificationReport
from dlcli.metrics.metric import Metric
from dlcli.metrics.names import SCORES
from dlcli.metrics.steps import NatsPerToken, StepAccuracy, step_losses
from dlcli.metrics.tokens import TokenReport
from dlcli.tasks.classification import Classification
from dlcli.tasks.task import Losses, Task

if TYPE_CHECKING:
    import tensorflow as tf

    from dlcli.spec.experiment import Training


@dataclass(frozen=True)
class StepClassification(Task):
    """One of K classes for each labelled step, predicted as logits; of two classes, as the logit of the second.

    y: (B, T) int32 class numbers, -1 where a step has no label; output: (B, T, K) float32, or (B, T, 1) for K = 2.
    labelled_steps: how many an example of the training split has, on average. The loss of an example is the sum over
    its labelled steps in units of that: every labelled step counts the same, wherever it stands, others do not count,
    and the losses of batches and of devices add up.
    """

    target: StepClasses
    labelled_steps: float
    headline = "accuracy"
    scores = SCORES["classes"]
    predicts: ClassVar[Literal["classes"]] = "classes"
    per_step = True

    @classmethod
    def of(cls, target: StepClasses, y: NDArray[np.int32]) -> Self:
        """The task for the labels y (N, T) of a training split."""
        return cls(target, labelled_steps(y))

    @property
    def outputs(self) -> int:
        """K, or 1 for two classes."""
        return self._of_a_step.outputs

    @property
    def metrics(self) -> Sequence[Metric]:
        """Accuracy over all labelled steps."""
        return (StepAccuracy(),)

    @property
    def describes(self) -> str:
        """The number of classes."""
        return f"{len(self.target.names)} classes for each step"

    def losses(self, y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        """Cross-entropy of each example, (B,), in nats for each labelled step of a usual one."""
        import tensorflow as tf

        return tf.reduce_sum(step_losses(y, output), axis=-1) / self.labelled_steps

    def training_losses(self, train: Training, y: NDArray[np.int32]) -> Losses:
        """Cross-entropy with smoothed labels and weighted classes.

        Raises UsageError for a class weight whose name is not a class.
        """
        import tensorflow as tf

        wanted = self._of_a_step.class_weights(train.class_weights, y[y >= 0])
        weights = tf.constant(wanted, tf.float32)

        def losses(y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
            counts = tf.where(y >= 0, tf.gather(weights, tf.maximum(y, 0)), 0.0)
            each = counts * smoothed_losses(y, output, train.label_smoothing)
            return tf.reduce_sum(each, axis=-1) / self.labelled_steps

        return losses

    def predictions(self, output: NDArray[Any]) -> NDArray[np.float64]:
        """Probabilities, (N, T, K)."""
        return self._of_a_step.predictions(output)

    def judged(self, y: NDArray[np.int32], output: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """Of the M labelled steps the classes (M,) and the probabilities (M, K)."""
        return y[y >= 0], self.predictions(output[y >= 0])

    def report(self, y: NDArray[np.int32], output: NDArray[np.float32]) -> ClassificationReport:
        """Accuracy, macro F1, scores of each class and the confusion matrix, over all labelled steps."""
        return self._of_a_step.report(y[y >= 0], output[y >= 0])

    @property
    def _of_a_step(self) -> Classification:
        return Classification(Classes(self.target.names))


@dataclass(frozen=True)
class NextTokens(Task):
    """The token that follows each step, predicted as logits.

    y: (B, T) int32 tokens, -1 where nothing follows; output: (B, T, V) float32.
    labelled_steps: as of StepClassification; where all windows are full, the loss is the nats per token.
    """

    target: NextToken
    labelled_steps: float
    headline = "nats_per_token"
    scores = SCORES["tokens"]
    predicts: ClassVar[Literal["tokens"]] = "tokens"
    per_step = True

    @classmethod
    def of(cls, target: NextToken, y: NDArray[np.int32]) -> NextTokens:
        """The task for the following tokens y (N, T) of a training split."""
        return cls(target, labelled_steps(y))

    @property
    def outputs(self) -> int:
        """V."""
        return len(self.target.names)

    @property
    def metrics(self) -> Sequence[Metric]:
        """Nats per token, and the share of tokens foretold exactly."""
        return (NatsPerToken(), StepAccuracy())

    @property
    def describes(self) -> str:
        """The number of tokens."""
        return f"predicts the next of {len(self.target.names)} tokens at each step"

    def losses(self, y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        """Cross-entropy of each example, (B,), in nats for each token of a usual one."""
        import tensorflow as tf

        return tf.reduce_sum(step_losses(y, output), axis=-1) / self.labelled_steps

    def training_losses(self, train: Training, y: NDArray[np.int32]) -> Losses:
        """Cross-entropy with smoothed labels. Raises UsageError where the spec weighs classes: there are none."""
        import tensorflow as tf

        if train.class_weights:
            raise UsageError(
                f"train.class_weights (={train.class_weights}) is for classes; this data has tokens to predict"
            )

        def losses(y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
            return tf.reduce_sum(smoothed_losses(y, output, train.label_smoothing), axis=-1) / self.labelled_steps

        return losses

    def predictions(self, output: NDArray[Any]) -> NDArray[np.float64]:
        """Probabilities, (N, T, V)."""
        exponents = np.exp(output.astype(np.float64) - output.max(axis=-1, keepdims=True))
        probabilities: NDArray[np.float64] = exponents / exponents.sum(axis=-1, keepdims=True)
        return probabilities

    def kept(self, y: NDArray[np.int32], output: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of each step the nats and whether it was foretold exactly, (B, T, 2): all logits would fill the memory."""
        import tensorflow as tf

        nats = step_losses(tf.constant(y), tf.constant(output)).numpy()
        return np.stack([nats, output.argmax(axis=-1) == y], axis=-1).astype(np.float32)

    def judged(self, y: NDArray[np.int32], output: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """The nats and whether a token was foretold exactly, (M, 2), of the M tokens y (M,)."""
        return y[y >= 0], output[y >= 0].astype(np.float64)

    def report(self, y: NDArray[np.int32], output: NDArray[np.float32]) -> TokenReport:
        """Nats per token, perplexity and accuracy; output: (N, T, 2), what `kept` has kept."""
        there = y >= 0
        nats, right = (np.where(there, output[..., i], 0).sum(axis=0, dtype=np.float64) for i in (0, 1))
        return TokenReport(there.sum(axis=0), nats, right.astype(np.int64))


def labelled_steps(y: NDArray[np.int32]) -> float:
    """How many labelled steps an example of y (N, T) has, on average."""
    return float((y >= 0).sum() / len(y))


def smoothed_losses(y: tf.Tensor, output: tf.Tensor, smoothing: float) -> tf.Tensor:
    """Cross-entropy of each step, (B, T), with labels of which a share is spread evenly; 0 where there is no label."""
    import tensorflow as tf

    losses = step_losses(y, output)
    if not smoothing:
        return losses
    even = -tf.reduce_mean(tf.nn.log_softmax(class_logits(output)), axis=-1)
    return tf.where(y >= 0, (1 - smoothing) * losses + smoothing * even, 0.0)
