"""What every convolutional model is built of, for signals as for images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from dlcli.component import Component, shape_text
from dlcli.errors import UsageError
from dlcli.models.feed_forward import (
    Activation,
    Names,
    Rate,
    activated,
    dense,
    dropped,
    fitting_initializer,
    flattened,
    head,
    normalised,
    penalty,
)
from dlcli.models.masks import max_from_the_first, max_pooled, where_it_counts

if TYPE_CHECKING:
    import keras

Pooling = Literal["flatten", "mean", "max"]


class Convolutional(Component):
    """What the models of convolution blocks have in common."""

    type: str
    filters: Annotated[tuple[PositiveInt, ...], Field(min_length=1)] = (32, 64)
    """Channels that each block's convolutions give, from the input upwards."""
    convolutions_per_block: PositiveInt = 1
    """Convolutions before each pooling."""
    activation: Activation = "relu"
    """What the sums of convolutions and dense layers go through."""
    batch_norm: bool = False
    """Whether sums are normalised over the batch before they go through the activation."""
    dropout: Rate = 0.0
    """Share of each block's outputs that is set to zero at random in training."""
    dense_units: tuple[PositiveInt, ...] = ()
    """Size of each dense layer between the last block and the head."""
    dense_dropout: Rate = 0.0
    """Share of each dense layer's outputs that is set to zero at random in training."""
    l2: NonNegativeFloat = 0.0
    """Weight of the sum of squared kernel entries in the training loss."""

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where examples of this shape are neither signals nor images; None stands for any size."""
        axes_of(shape, self.type)


def blocks(
    x: keras.KerasTensor, outputs: int, spec: Convolutional, *, kernel_size: int = 3, pool: int = 2,
    pooling: Pooling = "flatten",
) -> keras.KerasTensor:  # fmt: skip
    """Blocks of convolutions with max pooling and dropout, then dense layers.

    x: (B, T, C) or (B, H, W, C) -> (B, outputs). Nothing is cut off at the edges: a convolution keeps T, or H and W,
    and pooling divides them by `pool` and rounds up, so that any input fits any number of blocks.
    """

    names = Names()
    axes_of(x.shape[1:], spec.type)
    x, _ = convolved(
        x, None, names, filters=spec.filters, convolutions=spec.convolutions_per_block, activation=spec.activation,
        batch_norm=spec.batch_norm, dropout=spec.dropout, l2=spec.l2, kernel_size=kernel_size, pool=pool,
    )  # fmt: skip
    x = pooled(x, pooling)
    for units in spec.dense_units:
        x = dense(
            x, units, names, activation=spec.activation, batch_norm=spec.batch_norm, dropout=spec.dense_dropout,
            l2=spec.l2,
        )  # fmt: skip
    return head(x, outputs, regularizer=penalty(spec.l2))


def convolved(
    x: keras.KerasTensor, mask: keras.KerasTensor | None, names: Names, *, filters: Sequence[int], convolutions: int,
    activation: Activation, batch_norm: bool, dropout: float, l2: float, kernel_size: int, pool: int,
    dropout_kind: str = "dropout",
) -> tuple[keras.KerasTensor, keras.KerasTensor | None]:  # fmt: skip
    """The blocks alone, and which of the steps that they leave count, if not all do.

    x: (B, T, C), or (B, H, W, C) without a mask; mask: (B, T). Steps that do not count are to a convolution as what
    lies beyond the edges.
    """
    for size in filters:
        for _ in range(convolutions):
            x = convolution(
                x if mask is None else where_it_counts(x, mask), size, names, kernel_size=kernel_size,
                activation=activation, batch_norm=batch_norm, l2=l2, mask=mask,
            )  # fmt: skip
        if pool > 1 and mask is None:
            x = max_from_the_first(x, pool, names("pool"))
        elif pool > 1:
            x, mask = max_pooled(x, mask, pool, names("pool"))
        x = dropped(x, names, dropout, kind=dropout_kind)
    return x, mask


def axes_of(shape: tuple[int | None, ...], model: str) -> int:
    """Along how many axes examples are convolved: 1 for signals, 2 for images. Raises UsageError for others."""
    axes = len(shape) - 1
    if axes not in (1, 2):
        raise UsageError(
            f"model: {model} reads signals (T, C) or images (H, W, C); each example here has the shape "
            f"{shape_text(shape)}"
        )
    return axes


def refuse_unless_image(shape: tuple[int | None, ...], model: str, least: int = 1) -> None:
    """Raises UsageError where examples of this shape are no images, or smaller than `least` either way."""
    if len(shape) != 3:
        raise UsageError(f"model: {model} reads images (H, W, C); each example here has the shape {shape_text(shape)}")
    if any(side is not None and side < least for side in shape[:2]):
        raise UsageError(
            f"model: {model} reads images of at least {least}x{least} pixels; here they are {shape_text(shape)}"
        )


def convolution(
    x: keras.KerasTensor, filters: int, names: Names, *, activation: Activation | None, batch_norm: bool, l2: float,
    kernel_size: int = 3, strides: int = 1, padding: Literal["same", "valid"] = "same", kind: str = "conv",
    mask: keras.KerasTensor | None = None, transposed: bool = False,
) -> keras.KerasTensor:  # fmt: skip
    """A convolution and what follows it: batch normalisation and an activation, where there are any.

    x: (B, T, C) -> (B, T / strides, filters), or (B, H, W, C) -> (B, H / strides, W / strides, filters), rounded up;
    where `padding` is valid, fewer by what a kernel at the edge would see beyond it.
    mask: (B, T), the steps that batch normalisation looks at. transposed: whether it goes the other way, to `strides`
    times as many places.
    """
    import keras

    layers = keras.layers
    kinds = (layers.Conv1DTranspose, layers.Conv2DTranspose) if transposed else (layers.Conv1D, layers.Conv2D)
    layer = kinds[len(x.shape) - 3]
    x = layer(
        filters,
        kernel_size,
        strides=strides,
        padding=padding,
        use_bias=not batch_norm,  # a batch norm takes it away again
        kernel_initializer=fitting_initializer(activation or "relu"),
        kernel_regularizer=penalty(l2),
        name=names(kind),
    )(x)
    if activation is None:
        return normalised(x, names, batch_norm=batch_norm, mask=mask)
    return activated(x, names, activation, batch_norm=batch_norm, mask=mask)


def pooled(x: keras.KerasTensor, pooling: Pooling) -> keras.KerasTensor:
    """All places as one vector, or each channel's mean or maximum over them.

    x: (B, T, C) or (B, H, W, C) -> (B, T * C) or (B, H * W * C), or (B, C).
    """
    import keras

    layers = keras.layers
    if pooling == "flatten":
        return flattened(x)
    if pooling == "mean":
        layer = (layers.GlobalAveragePooling1D, layers.GlobalAveragePooling2D)[len(x.shape) - 3]
    else:
        layer = (layers.GlobalMaxPooling1D, layers.GlobalMaxPooling2D)[len(x.shape) - 3]
    return layer(name=pooling)(x)
