"""What is predicted decides the head's size, the loss and the metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import Classes, Data
from dlcli.errors import UsageError
from dlcli.metrics.accuracy import Accuracy
from dlcli.metrics.metric import Metric

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True)
class Classification:
    """One of K classes for each example, predicted as logits.

    y: (B,) int32; output: (B, K) float32.
    """

    target: Classes

    @property
    def outputs(self) -> int:
        """K, the size of the model's head."""
        return len(self.target.names)

    @property
    def metrics(self) -> Sequence[Metric]:
        """What is followed during training besides the loss."""
        return (Accuracy(),)

    def losses(self, y: tf.Tensor, output: tf.Tensor, label_smoothing: float = 0.0) -> tf.Tensor:
        """Cross-entropy of each example in nats, (B,)."""
        import tensorflow as tf

        if not label_smoothing:
            return tf.nn.sparse_softmax_cross_entropy_with_logits(y, output)
        K = self.outputs
        labels = tf.one_hot(y, K, on_value=1 - label_smoothing + label_smoothing / K, off_value=label_smoothing / K)
        return tf.nn.softmax_cross_entropy_with_logits(labels, output)

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
                raise UsageError(f"train.class_weights: there is no class `{name}`; the classes are {', '.join(names)}")
        return [weights.get(name, 1.0) for name in names]


def task_for(data: Data) -> Classification:
    """The task that a dataset poses."""
    return Classification(data.target)
