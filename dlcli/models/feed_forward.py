"""What the feed-forward models are built of, and the names and first weights of their layers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

if TYPE_CHECKING:
    import keras

Activation = Literal["relu", "leaky_relu", "elu", "selu", "gelu", "tanh", "sigmoid"]
Rate = Annotated[float, Field(ge=0, lt=1)]


class Names:
    """Numbers a model's layers by kind, from its input on: conv_1, conv_2, dense_1.

    Dropout masks and the transfer of weights go by these names, so they depend on the spec alone.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def __call__(self, kind: str) -> str:
        self._counts[kind] += 1
        return f"{kind}_{self._counts[kind]}"


def fitting_initializer(activation: str) -> str:
    """The first weights under which a signal keeps its size through many layers with this activation.

    He et al. 2015, https://arxiv.org/abs/1502.01852, for those that let half of it through; LeCun et al. 1998,
    https://doi.org/10.1007/3-540-49430-8_2, for selu, which is made for it, and for maxout, where the larger of two
    pieces has the mean square of either; Glorot and Bengio 2010,
    https://proceedings.mlr.press/v9/glorot10a.html, for tanh and sigmoid.
    """
    fitting = {"selu": "lecun_normal", "maxout": "lecun_normal", "tanh": "glorot_uniform", "sigmoid": "glorot_uniform"}
    return fitting.get(activation, "he_normal")


def penalty(l2: float, l1: float = 0.0) -> keras.Regularizer | None:
    """The sums of squared and of absolute kernel entries in the training loss, with these weights."""
    import keras

    return keras.regularizers.L1L2(l1=l1, l2=l2) if l1 or l2 else None


def flattened(x: keras.KerasTensor) -> keras.KerasTensor:
    """x: (B, ...) -> (B, C)."""
    import keras

    return x if len(x.shape) == 2 else keras.layers.Flatten(name="flatten")(x)


def activated(
    x: keras.KerasTensor, names: Names, activation: str, *, batch_norm: bool, mask: keras.KerasTensor | None = None
) -> keras.KerasTensor:
    """x: (B, ...) -> the same shape, through the batch normalisation, if there is one, and the activation."""
    import keras

    x = normalised(x, names, batch_norm=batch_norm, mask=mask)
    return keras.layers.Activation(activation, name=names("activation"))(x)


def normalised(
    x: keras.KerasTensor, names: Names, *, batch_norm: bool, mask: keras.KerasTensor | None = None
) -> keras.KerasTensor:
    """x: (B, ..., C) -> the same shape, through batch normalisation if there is one; mask: (B, T), steps that count."""
    from dlcli.layers.batch_norm import BatchNorm

    return BatchNorm(name=names("batch_norm"))(x, mask=mask) if batch_norm else x


def dropped(x: keras.KerasTensor, names: Names, rate: float, *, kind: str = "dropout") -> keras.KerasTensor:
    """x: (B, ...) -> the same shape, through dropout if there is any."""
    from dlcli.layers.dropout import Dropout

    return Dropout(rate, name=names(kind))(x) if rate else x


def dense(
    x: keras.KerasTensor, units: int, names: Names, *, activation: Activation, batch_norm: bool, dropout: float,
    l2: float,
) -> keras.KerasTensor:  # fmt: skip
    """A dense layer and what follows it: batch normalisation where there is any, the activation, dropout.

    x: (B, C) -> (B, units).
    """
    import keras

    x = keras.layers.Dense(
        units,
        use_bias=not batch_norm,  # a batch norm takes it away again
        kernel_initializer=fitting_initializer(activation),
        kernel_regularizer=penalty(l2),
        name=names("dense"),
    )(x)
    return dropped(activated(x, names, activation, batch_norm=batch_norm), names, dropout)


def head(
    x: keras.KerasTensor, outputs: int, *, regularizer: keras.Regularizer | None, initializer: str = "glorot_uniform",
    name: str = "head",
) -> keras.KerasTensor:  # fmt: skip
    """x: (B, C) -> (B, outputs)."""
    import keras

    layer = keras.layers.Dense(outputs, kernel_initializer=initializer, kernel_regularizer=regularizer, name=name)
    return layer(x)
