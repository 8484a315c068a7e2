"""Signals that come earlier or later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from dlcli.augment.draws import whole
from dlcli.augment.transform import SignalDistortion, Transform
from dlcli.errors import UsageError

if TYPE_CHECKING:
    import tensorflow as tf
    from numpy.typing import NDArray


class TimeShift(SignalDistortion):
    """Signals moved by a whole number of steps, all channels together; where nothing is known, the edge is repeated.

    (B, T, C) -> the same shape; raises UsageError for examples of other shapes, and where the farthest shift is less
    than one step.
    Source: Le Guennec et al. 2016, https://shs.hal.science/halshs-01357973, who cut shorter windows instead.
    """

    type: Literal["time_shift"] = "time_shift"
    fraction: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """Farthest shift, earlier and later, as a fraction of the signal's length."""

    def refuse_sizes(self, T: int | None, C: int | None) -> None:
        """Raises UsageError where the farthest shift is less than one step."""
        if T is not None and int(self.fraction * T) == 0:
            raise UsageError(f"augment: time_shift's `fraction` (={self.fraction}) of {T} steps is less than one step")

    def build(self, shape: tuple[int, ...], mean: NDArray[Any], deviation: NDArray[Any]) -> Transform:
        """The distortion of examples of this shape."""
        import tensorflow as tf

        self.refuse_unfit(shape)
        T, _ = shape
        farthest = int(self.fraction * T)

        def apply(x: tf.Tensor, u: tf.Tensor) -> tf.Tensor:
            shift = whole(u, 2 * farthest + 1) - farthest
            return tf.gather(x, tf.clip_by_value(tf.range(T) - shift, 0, T - 1), axis=1, batch_dims=1)

        return Transform(1, apply)
