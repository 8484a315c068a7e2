"""Images mirrored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import model_validator

from dlcli.augment.transform import ImageDistortion, Transform

if TYPE_CHECKING:
    import tensorflow as tf
    from numpy.typing import NDArray


class Flip(ImageDistortion):
    """Images mirrored with probability 1/2, in each direction that is allowed by itself.

    (B, H, W, C) -> the same shape; raises UsageError for examples of other shapes. Not for what is told apart by its
    handedness, such as digits.
    Source: Krizhevsky et al. 2012, section 4.1, https://doi.org/10.1145/3065386.
    """

    type: Literal["flip"] = "flip"
    horizontal: bool = True
    """Swap left and right."""
    vertical: bool = False
    """Swap top and bottom."""

    @model_validator(mode="after")
    def _does_something(self) -> Flip:
        if not (self.horizontal or self.vertical):
            raise ValueError("one of `horizontal` (=false) and `vertical` (=false) must be true")
        return self

    def build(self, shape: tuple[int, ...], mean: NDArray[Any], deviation: NDArray[Any]) -> Transform:
        """The distortion of examples of this shape."""
        import tensorflow as tf

        self.refuse_unfit(shape)
        axes = [axis for axis, wanted in ((2, self.horizontal), (1, self.vertical)) if wanted]

        def apply(x: tf.Tensor, u: tf.Tensor) -> tf.Tensor:
            for i, axis in enumerate(axes):
                x = tf.where(u[:, i, None, None, None] < 0.5, x, tf.reverse(x, [axis]))
            return x

        return Transform(len(axes), apply)
