"""Images shifted, rotated, sheared and zoomed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from dlcli.augment.draws import symmetric
from dlcli.augment.transform import ImageDistortion, Transform

if TYPE_CHECKING:
    import tensorflow as tf
    from numpy.typing import NDArray


class Affine(ImageDistortion):
    """Images shifted, rotated, sheared and zoomed about their centre, all in one bilinear warp.

    (B, H, W, C) -> the same shape; raises UsageError for examples of other shapes. Each amount is drawn uniformly
    between its field's value and the negative of it, for each example. What comes in from outside of the picture
    repeats the pixel at its edge: an empty ground stays empty, and a photo gets no dark corners.
    Source: Simard et al. 2003, section 2, https://doi.org/10.1109/ICDAR.2003.1227801.
    """

    type: Literal["affine"] = "affine"
    shift_fraction: Annotated[float, Field(ge=0, le=1)] = Field(default=0.0, examples=[0.1])
    """Farthest shift, as a fraction of the height up and down and of the width left and right."""
    rotate_degrees: Annotated[float, Field(ge=0, le=180)] = Field(default=0.0, examples=[10])
    """Farthest rotation, clockwise and counter-clockwise."""
    shear_degrees: Annotated[float, Field(ge=0, lt=90)] = 0.0
    """Farthest slant of upright lines, to the left and to the right."""
    zoom_fraction: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Greatest change of size: 0.1 for factors of 0.9 to 1.1."""

    @model_validator(mode="after")
    def _does_something(self) -> Affine:
        amounts = {name: getattr(self, name) for name in type(self).__pydantic_fields__ if name != "type"}
        if not any(amounts.values()):
            given = ", ".join(f"`{name}` (={amount})" for name, amount in amounts.items())
            raise ValueError(f"one of {given} must be above 0")
        return self

    def build(self, shape: tuple[int, ...], mean: NDArray[Any], deviation: NDArray[Any]) -> Transform:
        """The distortion of examples of this shape."""
        import tensorflow as tf

        self.refuse_unfit(shape)
        H, W, _ = shape

        def apply(x: tf.Tensor, u: tf.Tensor) -> tf.Tensor:
            return tf.raw_ops.ImageProjectiveTransformV3(
                images=x, transforms=self._from_out_to_in(u, H, W), output_shape=[H, W], fill_value=0.0,
                interpolation="BILINEAR", fill_mode="NEAREST",
            )  # fmt: skip

        return Transform(5, apply)

    def _from_out_to_in(self, u: tf.Tensor, H: int, W: int) -> tf.Tensor:
        """u: (B, 5) -> (B, 8): rows a0, a1, a2, b0, b1, b2, 0, 0 that take a pixel (x, y) of the result to its source.

        The source is at (a0 x + a1 y + a2, b0 x + b1 y + b2): the inverse of zoom, then shear, then rotation, then
        shift, about the centre. y points down.
        """
        import tensorflow as tf

        angle = symmetric(u[:, 0], math.radians(self.rotate_degrees))
        slant = tf.tan(symmetric(u[:, 1], math.radians(self.shear_degrees)))
        zoom = 1 + symmetric(u[:, 2], self.zoom_fraction)
        across, down = symmetric(u[:, 3], self.shift_fraction * W), symmetric(u[:, 4], self.shift_fraction * H)
        cos, sin = tf.cos(angle), tf.sin(angle)
        a0, a1 = (cos - slant * sin) / zoom, -(sin + slant * cos) / zoom
        b0, b1 = sin / zoom, cos / zoom
        x, y = (W - 1) / 2, (H - 1) / 2
        a2 = x - a0 * (x + across) - a1 * (y + down)
        b2 = y - b0 * (x + across) - b1 * (y + down)
        zero = tf.zeros_like(angle)
        return tf.stack([a0, a1, a2, b0, b1, b2, zero, zero], axis=1)
