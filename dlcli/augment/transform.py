"""What every distortion builds, and which examples it fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from dlcli.component import Component, shape_text
from dlcli.errors import UsageError

if TYPE_CHECKING:
    import tensorflow as tf
    from numpy.typing import NDArray


class Transform(NamedTuple):
    """A distortion as a pure function: row i of the result depends on row i of x and u alone.

    numbers: how many uniform numbers it needs for each example.
    apply: x: (B, ...) float32, before normalisation, and u: (B, numbers) float32 in [0, 1) -> x's shape, float32.
    """

    numbers: int
    apply: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


class Distortion(Component):
    """A distortion of examples that is built for their shape."""

    type: str

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where it cannot distort examples of this shape; None in it stands for any size."""
        raise NotImplementedError

    def build(self, shape: tuple[int, ...], mean: NDArray[Any], deviation: NDArray[Any]) -> Transform:
        """The distortion of examples of this shape; mean, deviation: (C,), of the training split."""
        raise NotImplementedError


class ImageDistortion(Distortion):
    """A distortion of images (H, W, C)."""

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where examples are no images, or too small."""
        if len(shape) != 3:
            text = shape_text(shape)
            raise UsageError(f"augment: {self.type} distorts images (H, W, C); each example here has the shape {text}")
        H, W, _ = shape
        if H is not None and W is not None:
            self.refuse_size(H, W)

    def refuse_size(self, H: int, W: int) -> None:
        """Raises UsageError where images of this size are too small."""


class SignalDistortion(Distortion):
    """A distortion of signals (T, C)."""

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where examples are no signals, or not such as it needs."""
        if len(shape) != 2:
            text = shape_text(shape)
            raise UsageError(f"augment: {self.type} distorts signals (T, C); each example here has the shape {text}")
        self.refuse_sizes(*shape)

    def refuse_sizes(self, T: int | None, C: int | None) -> None:
        """Raises UsageError where signals of this length, with so many channels, cannot be distorted."""
