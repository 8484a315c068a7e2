"""Dense and convolutional autoencoders."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from dlcli.component import Component, such_as
from dlcli.models.convolution import axes_of, convolution
from dlcli.models.feed_forward import Activation, Names, Rate, dense, dropped, flattened, penalty

if TYPE_CHECKING:
    import keras

    from dlcli.datasets.spec import Outlook


class Autoencoder(Component):
    """Squeezes each example into a few numbers, its code, and makes the example of them again: labels are not used.

    x: (B, ...) float32 -> the same shape, in the inputs' own units. The encoder consists of convolutions, if there are
    `filters`, then of dense layers, if there are `units`; the decoder is its mirror. The code is what the layer `code`
    of the saved model gives, (B, code). Without `filters` and `units` it is linear, and as good as the same number of
    principal components. Pixels, bytes or numbers that all lie between 0 and 1, come out of a sigmoid.
    Raises UsageError for texts and for tables with categories, and with `filters` for rows of a table.
    Source: Hinton and Salakhutdinov 2006, https://doi.org/10.1126/science.1127647, without their pretraining; with
    `noise` Vincent et al. 2008, https://doi.org/10.1145/1390156.1390294, whose own noise sets inputs to zero.
    """

    model_config = such_as({"type": "autoencoder"}, {"type": "autoencoder", "filters": [32, 64], "units": []})

    reconstructs: ClassVar[bool] = True
    """Whether it gives back its inputs, whatever else the dataset has to predict."""

    type: Literal["autoencoder"] = "autoencoder"
    units: tuple[PositiveInt, ...] = (256, 128)
    """Size of each dense layer between the inputs, or the convolutions, and the code."""
    filters: tuple[PositiveInt, ...] = Field(default=(), examples=[(32, 64)])
    """Channels that each convolution gives, of signals and images; none if empty."""
    kernel_size: PositiveInt = 3
    """How many neighbours a convolution sees along each axis."""
    strides: PositiveInt = 2
    """By how many steps or pixels the kernel of a convolution moves on: what it gives is so many times shorter."""
    code: PositiveInt = 32
    """How many numbers an example is squeezed into."""
    activation: Activation = "relu"
    """What the sums of all layers go through but those of the code and of the last."""
    batch_norm: bool = False
    """Whether sums are normalised over the batch before they go through the activation."""
    dropout: Rate = 0.0
    """Share of each layer's outputs, but for the code, that is set to zero at random in training."""
    noise: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Deviation of the noise that is added to the inputs in training, after `normalize`; what comes out is to be
    without it. With `normalize: range`, 1 is the whole range of a channel, as from black to white."""
    loss: Literal["mse", "cross_entropy"] = "mse"
    """What training lowers: squared errors, or, of pixels, the cross-entropy as if each were a chance."""
    l2: NonNegativeFloat = 0.0
    """Weight of the sum of squared kernel entries in the training loss."""

    @classmethod
    def first_values(cls, outlook: Outlook) -> dict[str, object]:
        """What `dlcli init` writes for such data."""
        return {"units": [256, 128], "code": 32}

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where examples of this shape cannot be convolved as asked; None stands for any size."""
        if self.filters:
            axes_of(shape, "autoencoder with `filters`")

    def build_reconstruction(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, ..., C) -> (B, ..., outputs)."""
        import keras

        from dlcli.layers.gaussian_noise import GaussianNoise

        self.refuse_unfit(x.shape[1:])
        names = Names()
        sizes = [tuple(x.shape[1:])]
        x = GaussianNoise(self.noise, name="noise")(x) if self.noise else x
        for filters in self.filters:
            x = self._convolved(x, filters, names)
            sizes.append(tuple(x.shape[1:]))
        x = flattened(x)
        for units in self.units:
            x = self._dense(x, units, names)
        x = keras.layers.Dense(self.code, kernel_regularizer=penalty(self.l2), name="code")(x)
        for units in reversed(self.units):
            x = self._dense(x, units, names)
        *places, _ = sizes[0]
        return self._upwards(x, sizes, names, outputs) if self.filters else self._head(x, (*places, outputs))

    def _upwards(
        self, x: keras.KerasTensor, sizes: list[tuple[int, ...]], names: Names, outputs: int
    ) -> keras.KerasTensor:
        """The convolutions backwards; sizes: what each of them was given, and what the last gave, without B."""
        import keras

        x = self._dense(x, math.prod(sizes[-1]), names)
        x = keras.layers.Reshape(sizes[-1], name="unflatten")(x)
        last = {2: keras.layers.Conv1DTranspose, 3: keras.layers.Conv2DTranspose}[len(sizes[0])]
        for filters, size in zip((*reversed(self.filters[:-1]), 0), reversed(sizes[:-1]), strict=True):
            if filters:
                x = self._convolved(x, filters, names, transposed=True)
            else:
                x = last(
                    outputs, self.kernel_size, strides=self.strides, padding="same",
                    kernel_initializer="glorot_uniform", kernel_regularizer=penalty(self.l2), name="head",
                )(x)  # fmt: skip
            x = _cropped(x, size[:-1], names)
        return x

    def _convolved(
        self, x: keras.KerasTensor, filters: int, names: Names, *, transposed: bool = False
    ) -> keras.KerasTensor:
        x = convolution(
            x, filters, names, activation=self.activation, batch_norm=self.batch_norm, l2=self.l2,
            kernel_size=self.kernel_size, strides=self.strides, transposed=transposed,
        )  # fmt: skip
        return dropped(x, names, self.dropout)

    def _dense(self, x: keras.KerasTensor, units: int, names: Names) -> keras.KerasTensor:
        return dense(
            x, units, names, activation=self.activation, batch_norm=self.batch_norm, dropout=self.dropout, l2=self.l2
        )

    def _head(self, x: keras.KerasTensor, shape: tuple[int, ...]) -> keras.KerasTensor:
        import keras

        from dlcli.models.feed_forward import head

        x = head(x, math.prod(shape), regularizer=penalty(self.l2))
        return x if len(shape) == 1 else keras.layers.Reshape(shape, name="unflatten")(x)


def _cropped(x: keras.KerasTensor, places: tuple[int, ...], names: Names) -> keras.KerasTensor:
    """The first places along each axis: where strides did not divide them, the way back has given a few more."""
    import keras

    beyond = [(0, there - wanted) for there, wanted in zip(x.shape[1:-1], places, strict=True)]
    if not any(more for _, more in beyond):
        return x
    if len(beyond) == 1:
        return keras.layers.Cropping1D(beyond[0], name=names("crop"))(x)
    return keras.layers.Cropping2D(beyond, name=names("crop"))(x)
