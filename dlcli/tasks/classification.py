"""One of K classes for each example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import Classes
from dlcli.datasets.hints import did_you_mean
from dlcli.errors import UsageError
from dlcli.metrics.accuracy import Accuracy, class_logits
from dlcli.metrics.classification import ClassificationReport
from dlcli.metrics.metric import Metric
from dlcli.metrics.names import SCORES
from dlcli.tasks.task import Losses, Task

if TYPE_CHECKING:
    import tensorflow as tf

    from dlcli.spec.experiment import Training


@dataclass(frozen=True)
class Classification(Task):
    """One of K classes for each example, predicted as logits; of two classes, as the logit of the second.

    y: (B,) int32 class numbers, or (B, K) float32 shares of the classes; output: (B, K) float32, or (B, 1) for K = 2.
    """

    target: Classes
    headline = "accuracy"
    scores = SCORES["classes"]
    predicts: ClassVar[Literal["classes"]] = "classes"

    @property
    def outputs(self) -> int:
        """K, or 1 for two classes."""
        K = len(self.target.names)
        return 1 if K == 2 else K

    @property
    def metrics(self) -> Sequence[Metric]:
        """Accuracy."""
        return (Accuracy(),)

    @property
    def describes(self) -> str:
        """The number of classes."""
        return f"{len(self.target.names)} classes"

    def losses(self, y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        """Cross-entropy of each example in nats, (B,)."""
        import tensorflow as tf

        logits = class_logits(output)
        if y.shape.rank == 2:
            return tf.nn.softmax_cross_entropy_with_logits(y, logits)
        return tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)

    def training_losses(self, train: Training, y: NDArray[Any]) -> Losses:
        """Cross-entropy with smoothed labels and weighted classes.

        Raises UsageError for a class weight whose name is not a class.
        """
        import tensorflow as tf

        K, smoothing = len(self.target.names), train.label_smoothing
        weights = tf.constant(self.class_weights(train.class_weights, y), tf.float32)

        def losses(y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
            if y.shape.rank == 2:
                return self.losses(y * (1 - smoothing) + smoothing / K, output) * tf.linalg.matvec(y, weights)
            if smoothing:
                labels = tf.one_hot(y, K, on_value=1 - smoothing + smoothing / K, off_value=smoothing / K)
                return self.losses(labels, output) * tf.gather(weights, y)
            return self.losses(y, output) * tf.gather(weights, y)

        return losses

    def predictions(self, output: NDArray[Any]) -> NDArray[np.float64]:
        """Probabilities, (N, K), of logits (N, K), or (N, 1) where there are two classes."""
        logits = output.astype(np.float64)
        if logits.shape[-1] == 1:
            logits = np.concatenate([np.zeros_like(logits), logits], axis=-1)
        exponents = np.exp(logits - logits.max(axis=-1, keepdims=True))
        probabilities: NDArray[np.float64] = exponents / exponents.sum(axis=-1, keepdims=True)
        return probabilities

    def report(self, y: NDArray[np.int32], output: NDArray[np.float32]) -> ClassificationReport:
        """Accuracy, macro F1, scores of each class and the confusion matrix."""
        predicted = output.argmax(axis=-1) if output.shape[-1] > 1 else (output[:, 0] > 0).astype(np.int64)
        return ClassificationReport.of(self.target.names, y, predicted)

    def class_weights(
        self, wanted: Literal["balanced"] | Mapping[str, float] | None, y: NDArray[np.int32]
    ) -> list[float]:
        """What each class counts in the training loss; y: (N,) the training labels.

        Raises UsageError for a name that is not a class.
        """
        names = self.target.names
        if wanted == "balanced":
            counts = np.bincount(y, minlength=len(names))
            return [float(len(y) / (len(names) * count)) if count else 1.0 for count in counts]
        weights = wanted or {}
        for name in weights:
            if name not in names:
                said = f"there is no class `{name}`{did_you_mean(name, names)}; the classes are {', '.join(names)}"
                at = ("train", "class_weights", name)
                raise UsageError(f"train.class_weights: {said}", at=at, at_key=True)
        return [weights.get(name, 1.0) for name in names]
