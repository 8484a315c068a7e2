"""LeNet-5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import NonNegativeFloat

from dlcli.component import Component
from dlcli.models.convolution import convolution, pooled, refuse_unless_image
from dlcli.models.feed_forward import Activation, Names, Rate, dense, dropped, head, penalty

if TYPE_CHECKING:
    import keras

_SIDE = 32


class LeNet5(Component):
    """LeNet-5 for images: convolutions 5 wide to 6, 16 and 120 channels, pooling between them, and 84 dense units.

    x: (B, H, W, C) float32 -> (B, K) logits. Smaller images are framed with zeros to 32 x 32; of larger ones the third
    convolution has more than one place. Raises UsageError for what is no image.
    Source: LeCun et al. 1998, https://doi.org/10.1109/5.726791, as courses build it. Differs: pooling has no weights,
    each of the 16 maps reads all 6 before it, tanh is not scaled, and a linear head takes the place of distances to
    drawn digits: 61,706 parameters for 32 x 32 x 1 and ten classes.
    """

    type: Literal["lenet5"] = "lenet5"
    activation: Activation = "tanh"
    """What the sums of convolutions and of the dense layer go through."""
    pool: Literal["mean", "max"] = "mean"
    """What of four neighbours goes on to the next convolution."""
    batch_norm: bool = False
    """Whether sums are normalised over the batch before they go through the activation."""
    dropout: Rate = 0.0
    """Share of the third convolution's and of the dense layer's outputs that is set to zero at random in training."""
    l2: NonNegativeFloat = 0.0
    """Weight of the sum of squared kernel entries in the training loss."""

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where examples of this shape are no images; None in it stands for any size."""
        refuse_unless_image(shape, self.type)

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, H, W, C) -> (B, outputs)."""
        import keras

        self.refuse_unfit(x.shape[1:])
        names = Names()
        missing = [max(0, _SIDE - side) for side in x.shape[1:3]]
        if any(missing):
            frame = tuple((each // 2, each - each // 2) for each in missing)
            x = keras.layers.ZeroPadding2D(frame, name="frame")(x)
        pool = {"mean": keras.layers.AveragePooling2D, "max": keras.layers.MaxPooling2D}[self.pool]
        for filters, pools in ((6, True), (16, True), (120, False)):
            x = convolution(
                x, filters, names, kernel_size=5, padding="valid", activation=self.activation,
                batch_norm=self.batch_norm, l2=self.l2,
            )  # fmt: skip
            x = pool(2, name=names("pool"))(x) if pools else x
        x = dropped(pooled(x, "flatten"), names, self.dropout)
        x = dense(
            x, 84, names, activation=self.activation, batch_norm=self.batch_norm, dropout=self.dropout, l2=self.l2
        )
        return head(x, outputs, regularizer=penalty(self.l2))
