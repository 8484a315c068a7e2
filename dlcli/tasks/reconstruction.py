"""Each example itself, through what a model squeezes it into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import Data, Inputs
from dlcli.datasets.rows import Rows, blocks
from dlcli.datasets.statistics import channel_statistics
from dlcli.errors import UsageError
from dlcli.metrics.metric import Metric
from dlcli.metrics.names import SCORES
from dlcli.metrics.reconstruction import Difference, ReconstructionReport
from dlcli.tasks.averages import of_numbers
from dlcli.tasks.task import Losses, Task

if TYPE_CHECKING:
    import tensorflow as tf

    from dlcli.spec.experiment import Training


@dataclass(frozen=True)
class Reconstruction(Task):
    """The inputs, given back in their own units.

    y: (B, ..., C) the inputs as the dataset has them, output: the same shape, float32. The model's head gives
    (y - offset) / scale, which is what errors are measured of; its last layer turns that into units again.
    channels: C. offset, scale: (C,), or (1,) for all. chances: whether (y - offset) / scale lies between 0 and 1, as
    pixels do.
    """

    target: Inputs
    channels: int
    offset: tuple[float, ...]
    scale: tuple[float, ...]
    chances: bool
    headline = "mse"
    scores = SCORES["inputs"]
    predicts: ClassVar[Literal["inputs"]] = "inputs"

    @classmethod
    def of(cls, target: Inputs, data: Data, normalize: Literal["standard", "range", "none"]) -> Reconstruction:
        """The task for a training split: pixels from 0 to 1, other numbers scaled as the model's inputs are.

        Raises UsageError where inputs are to be told by their cross-entropy and are no pixels.
        """
        x = data.train.x
        white = _white(x) if data.columns is None else None
        if white is not None:
            return cls(target, x.shape[-1], (0.0,), (white,), True)
        if target.loss == "cross_entropy":
            raise UsageError(
                "model.loss (=cross_entropy) is for pixels: bytes, or images and rows of numbers between 0 and 1; here "
                f"are numbers of type {x.dtype} that are not",
                at=("model", "loss"),
            )
        if normalize == "none":
            return cls(target, x.shape[-1], (0.0,), (1.0,), False)
        offset, squared = channel_statistics(x, normalize)
        return cls(target, x.shape[-1], tuple(offset), tuple(np.sqrt(squared).tolist()), False)

    @property
    def outputs(self) -> int:
        """C."""
        return self.channels

    @property
    def metrics(self) -> Sequence[Metric]:
        """Mean squared and mean absolute error."""
        return self._differences

    @property
    def describes(self) -> str:
        """That nothing else is predicted, and in which units errors are told."""
        units = "pixels from 0 to 1" if self.chances else "normalised numbers"
        return f"gives back its inputs (errors in {units})"

    def losses(self, y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        """Mean of the squared errors of each example, or of the cross-entropies of its pixels in nats, (B,)."""
        import tensorflow as tf

        if self.target.loss == "mse":
            return Difference("mse", self.scale).of_each(y, output)
        y, chance = (tf.cast(each, tf.float32) / self.scale[0] for each in (y, output))
        # What Keras takes for 0: the logarithm of nothing is not finite.
        chance = tf.clip_by_value(chance, 1e-7, 1 - 1e-7)
        entropies = -(y * tf.math.log(chance) + (1 - y) * tf.math.log1p(-chance))
        return tf.reduce_mean(entropies, axis=list(range(1, len(y.shape))))

    def training_losses(self, train: Training, y: NDArray[Any]) -> Losses:
        """The loss. Raises UsageError where the spec asks for something that only classes have."""
        for key, value in {"label_smoothing": train.label_smoothing, "class_weights": train.class_weights}.items():
            if value:
                raise UsageError(f"train.{key} (={value}) is for classes; this model gives back its inputs")
        return self.losses

    def average(self, outputs: Sequence[Any]) -> Any:
        """The mean of several outputs, of their shape."""
        return of_numbers(outputs)

    def predictions(self, output: NDArray[Any]) -> NDArray[np.float64]:
        """What is given back, in units."""
        return output.astype(np.float64)

    def kept(self, y: NDArray[Any], output: NDArray[np.float32]) -> NDArray[np.float32]:
        """Squared and absolute error of each example, (B, 2): all outputs may be as large as the data."""
        import tensorflow as tf

        known, given = tf.constant(y), tf.constant(output)
        return np.stack([metric.of_each(known, given).numpy() for metric in self._differences], axis=-1)

    def report(self, y: NDArray[Any], output: NDArray[np.float32]) -> ReconstructionReport:
        """Both errors over the split; output: (N, 2), what `kept` has kept."""
        return ReconstructionReport(output.astype(np.float64))

    @property
    def _differences(self) -> tuple[Difference, Difference]:
        return Difference("mse", self.scale), Difference("mae", self.scale)


def _white(x: NDArray[Any] | Rows) -> float | None:
    """The number that is 1 in pixels (N, ...): 255 of bytes; None where they are no pixels, but measurements."""
    if x.dtype == np.uint8:
        return 255.0
    # A signal within 0 and 1 may leave them.
    within = x.ndim != 3 and all(bool((block >= 0).all() and (block <= 1).all()) for block in blocks(x))
    return 1.0 if within else None
