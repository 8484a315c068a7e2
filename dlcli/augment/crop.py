"""Images moved by whole pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import PositiveInt

from dlcli.augment.draws import whole
from dlcli.augment.transform import ImageDistortion, Transform
from dlcli.errors import UsageError

if TYPE_CHECKING:
    import tensorflow as tf
    from numpy.typing import NDArray


class Crop(ImageDistortion):
    """Images padded on all sides and cut back to their size at a random place.

    (B, H, W, C) -> the same shape; raises UsageError for examples of other shapes, and where the padding is not
    smaller than the image.
    Source: He et al. 2016, section 4.2, https://arxiv.org/abs/1512.03385, who pad with the mean (zeros, after it was
    subtracted).
    """

    type: Literal["crop"] = "crop"
    padding_pixels: PositiveInt = 4
    """Pixels added on each side; the picture moves by at most as many."""
    padding: Literal["mean", "reflect"] = "mean"
    """What is added: each channel's mean over the training split, or the picture mirrored at its edge."""

    def refuse_size(self, H: int, W: int) -> None:
        """Raises UsageError where the padding is not smaller than the image."""
        if self.padding_pixels >= min(H, W):
            raise UsageError(
                f"augment: crop's `padding_pixels` (={self.padding_pixels}) must be below {min(H, W)}; "
                f"images here have {H}x{W} pixels"
            )

    def build(self, shape: tuple[int, ...], mean: NDArray[Any], deviation: NDArray[Any]) -> Transform:
        """The distortion of examples of this shape."""
        import tensorflow as tf

        self.refuse_unfit(shape)
        H, W, _ = shape
        ground = tf.constant(mean, tf.float32)

        def apply(x: tf.Tensor, u: tf.Tensor) -> tf.Tensor:
            for axis, size in ((1, H), (2, W)):
                wanted = self._positions(u[:, axis - 1], size)
                x = tf.gather(x, _mirrored(wanted, size), axis=axis, batch_dims=1)
                if self.padding == "mean":
                    inside = (wanted >= 0) & (wanted < size)
                    x = tf.where(inside[:, :, None, None] if axis == 1 else inside[:, None, :, None], x, ground)
            return x

        return Transform(2, apply)

    def _positions(self, u: tf.Tensor, size: int) -> tf.Tensor:
        """u: (B,) -> (B, size): where each row or column of the result lies in the picture, which starts at 0."""
        import tensorflow as tf

        first = whole(u, 2 * self.padding_pixels + 1) - self.padding_pixels
        return first[:, None] + tf.range(size)


def _mirrored(position: tf.Tensor, size: int) -> tf.Tensor:
    """Positions up to `size` - 1 outside of the picture, brought inside by mirrors at the first and last pixel."""
    import tensorflow as tf

    return size - 1 - tf.abs(size - 1 - tf.abs(position))
