"""A sequence of tokens for each example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import END, TokenSequence
from dlcli.errors import UsageError
from dlcli.metrics.metric import Metric
from dlcli.metrics.names import SCORES
from dlcli.metrics.sequences import SequenceReport
from dlcli.metrics.steps import StepAccuracy, step_losses
from dlcli.tasks.steps import labelled_steps, smoothed_losses
from dlcli.tasks.task import Losses, Task

if TYPE_CHECKING:
    import tensorflow as tf

    from dlcli.spec.experiment import Training


@dataclass(frozen=True)
class SequenceToSequence(Task):
    """A sequence of tokens, each predicted as logits from the source and the right tokens before it (teacher forcing).

    y: (B, T) int32 tokens, the last of them the one that ends it, -1 after that; output: (B, T, V) float32.
    tokens: how many an example of the training split has, on average. The loss of an example is the sum over its tokens
    in units of that, so that each token counts the same.
    """

    target: TokenSequence
    tokens: float
    headline = "accuracy"
    scores = SCORES["sequences"]
    predicts: ClassVar[Literal["sequences"]] = "sequences"
    per_step = True

    @classmethod
    def of(cls, target: TokenSequence, y: NDArray[np.int32]) -> SequenceToSequence:
        """The task for the sequences y (N, T) of a training split."""
        return cls(target, labelled_steps(y))

    @property
    def outputs(self) -> int:
        """V."""
        return len(self.target.names)

    @property
    def metrics(self) -> Sequence[Metric]:
        """The share of tokens that are right, each after the right ones before it."""
        return (StepAccuracy(),)

    @property
    def describes(self) -> str:
        """The number of tokens."""
        return f"writes a sequence of {len(self.target.names)} tokens"

    def losses(self, y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        """Cross-entropy of each example, (B,), in nats for each token of a usual one."""
        import tensorflow as tf

        return tf.reduce_sum(step_losses(y, output), axis=-1) / self.tokens

    def training_losses(self, train: Training, y: NDArray[np.int32]) -> Losses:
        """Cross-entropy with smoothed labels. Raises UsageError where the spec weighs classes: there are none."""
        import tensorflow as tf

        if train.class_weights:
            raise UsageError(
                f"train.class_weights (={train.class_weights}) is for classes; this data has sequences to write"
            )

        def losses(y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
            return tf.reduce_sum(smoothed_losses(y, output, train.label_smoothing), axis=-1) / self.tokens

        return losses

    def predictions(self, output: NDArray[Any]) -> NDArray[np.float64]:
        """The outputs: no metric of single examples judges tokens."""
        return output.astype(np.float64)

    def kept(self, y: NDArray[np.int32], output: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of each step whether its token was predicted, (B, T): all logits would fill the memory."""
        right: NDArray[np.float32] = (output.argmax(axis=-1) == y).astype(np.float32)
        return right

    def judged(self, y: NDArray[np.int32], output: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """Of the M tokens y (M,) whether each was predicted, (M,)."""
        return y[y >= 0], output[y >= 0].astype(np.float64)

    def report(self, y: NDArray[np.int32], output: NDArray[np.float32]) -> SequenceReport:
        """The accuracy of single tokens alone; `written` has all scores."""
        return self.written(y, output, {})

    def written(
        self,
        y: NDArray[np.int32],
        output: NDArray[np.float32],
        texts: dict[int, NDArray[np.int32]],
        names: Sequence[str] = (),
        sources: Sequence[str] = (),
    ) -> SequenceReport:
        """What was written for a split, and how much of it is right.

        output: (N, T), what `kept` has kept. texts: by the width of the beam, the tokens (N, T) that were written, -1
        after the last. names, sources: (N,) what the examples are called, and what was written of; for mistakes.
        """
        right = float(output[y >= 0].mean()) if (y >= 0).any() else 0.0
        return SequenceReport(self.target, np.where(y == END, -1, y), right, texts, names, sources)
