"""Images with a square hole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import PositiveInt

from dlcli.augment.draws import whole
from dlcli.augment.transform import ImageDistortion, Transform
from dlcli.errors import UsageError

if TYPE_CHECKING:
    import tensorflow as tf
    from numpy.typing import NDArray


class Cutout(ImageDistortion):
    """Images with a square hole of one size at a random place.

    (B, H, W, C) -> the same shape; raises UsageError for examples of other shapes, and where the hole is larger than
    the image. The hole's centre is any pixel, so that part of the hole may lie outside. It is filled with each
    channel's mean over the training split, which the paper's zeros are after normalisation.
    Source: DeVries and Taylor 2017, https://arxiv.org/abs/1708.04552.
    """

    type: Literal["cutout"] = "cutout"
    size_pixels: PositiveInt = 8
    """Side of the square."""

    def refuse_size(self, H: int, W: int) -> None:
        """Raises UsageError where the hole is larger than the image."""
        if self.size_pixels > min(H, W):
            raise UsageError(
                f"augment: cutout's `size_pixels` (={self.size_pixels}) must be at most {min(H, W)}; "
                f"images here have {H}x{W} pixels"
            )

    def build(self, shape: tuple[int, ...], mean: NDArray[Any], deviation: NDArray[Any]) -> Transform:
        """The distortion of examples of this shape."""
        import tensorflow as tf

        self.refuse_unfit(shape)
        H, W, _ = shape
        fill = tf.constant(mean, tf.float32)

        def apply(x: tf.Tensor, u: tf.Tensor) -> tf.Tensor:
            rows, columns = self._within(u[:, 0], H), self._within(u[:, 1], W)
            return tf.where((rows[:, :, None] & columns[:, None, :])[..., None], fill, x)

        return Transform(2, apply)

    def _within(self, u: tf.Tensor, size: int) -> tf.Tensor:
        """u: (B,) -> (B, size): which rows or columns the hole covers."""
        import tensorflow as tf

        from_first = tf.range(size) - (whole(u, size) - self.size_pixels // 2)[:, None]
        return (from_first >= 0) & (from_first < self.size_pixels)
