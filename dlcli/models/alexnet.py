"""AlexNet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from dlcli.component import Component
from dlcli.models.convolution import convolution, pooled, refuse_unless_image
from dlcli.models.feed_forward import Names, Rate, dense, head, penalty

if TYPE_CHECKING:
    import keras

    from dlcli.datasets.spec import Outlook

_LEAST = 19
_STRIDE_PER_SIDE = 48
_LARGEST_STRIDE = 4


class AlexNet(Component):
    """AlexNet for images: five convolutions, pooling after the first, second and fifth, two dense layers with dropout.

    x: (B, H, W, C) float32 -> (B, K) logits. The first convolution is scaled to the input: 11 wide with a stride of 4
    from 192 x 192 on, as published for 227 x 227, down to 5 wide with a stride of 1 below 96 x 96. Raises UsageError
    for what is no image, or smaller than 19 x 19.
    Source: Krizhevsky et al. 2012,
    https://papers.nips.cc/paper_files/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html. Differs:
    one tower instead of two that share little, and no local response normalisation, of which Keras has none:
    62,378,344 parameters for 227 x 227 x 3 and a thousand classes. Kernels start as He et al. 2015 have them.
    """

    type: Literal["alexnet"] = "alexnet"
    filters: Annotated[tuple[PositiveInt, ...], Field(min_length=5, max_length=5)] = (96, 256, 384, 384, 256)
    """Channels that each of the five convolutions gives."""
    dense_units: tuple[PositiveInt, ...] = (4096, 4096)
    """Size of each dense layer between the convolutions and the head."""
    dropout: Rate = 0.5
    """Share of each dense layer's outputs that is set to zero at random in training."""
    batch_norm: bool = False
    """Whether sums are normalised over the batch before they go through the activation."""
    l2: NonNegativeFloat = 0.0
    """Weight of the sum of squared kernel entries in the training loss."""

    @classmethod
    def first_values(cls, outlook: Outlook) -> dict[str, object]:
        """What `dlcli init` writes for such data."""
        return {"filters": [48, 128, 192, 192, 128], "dense_units": [1024, 1024]}

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where examples of this shape are no images or too small; None stands for any size."""
        refuse_unless_image(shape, self.type, _LEAST)

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, H, W, C) -> (B, outputs)."""
        import keras

        self.refuse_unfit(x.shape[1:])
        names = Names()
        stride = min(max(1, min(x.shape[1:3]) // _STRIDE_PER_SIDE), _LARGEST_STRIDE)
        for number, filters in enumerate(self.filters, start=1):
            first = number == 1
            x = convolution(
                x, filters, names, kernel_size=2 * stride + 3 if first else 5 if number == 2 else 3,
                strides=stride if first else 1, padding="valid" if first else "same", activation="relu",
                batch_norm=self.batch_norm, l2=self.l2,
            )  # fmt: skip
            if number in (1, 2, 5):
                x = keras.layers.MaxPooling2D(3, strides=2, name=names("pool"))(x)
        x = pooled(x, "flatten")
        for units in self.dense_units:
            x = dense(x, units, names, activation="relu", batch_norm=self.batch_norm, dropout=self.dropout, l2=self.l2)
        return head(x, outputs, regularizer=penalty(self.l2))
