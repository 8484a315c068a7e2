"""The one builder behind every recurrent model, and the fields they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from dlcli.component import Component, shape_text
from dlcli.errors import UsageError
from dlcli.models.embedding import embedded, vocabulary_of

if TYPE_CHECKING:
    import keras

Pooling = Literal["last", "mean", "max"]


class Recurrent(Component):
    """What all recurrent models have in common."""

    units: Annotated[tuple[PositiveInt, ...], Field(min_length=1)] = Field(default=(32,), examples=[(32, 32)])
    """Size of the state of each layer, from the input upwards."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = Field(default=0.0, examples=[0.5])
    """Share of each layer's outputs that is set to zero at random in training."""
    pooling: Pooling = "last"
    """How the top layer's outputs over time become one vector: the last state, their mean or their maximum."""
    l2: NonNegativeFloat = 0.0
    """Weight of the sum of squared kernel entries in the training loss."""
    embedding: PositiveInt | None = None
    """Of texts: the size of the vector that is learned for each token; null: each token is an axis of its own."""

    causal: ClassVar[bool] = True
    """Whether what is predicted at a step depends on that step and those before it alone."""

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where examples of this shape are no signals; None in it stands for any size."""
        if len(shape) != 2:
            kind = type(self).__pydantic_fields__["type"].default
            raise UsageError(f"model: {kind} reads signals (T, C); each example here has the shape {shape_text(shape)}")


def recurrent(
    x: keras.KerasTensor, outputs: int, spec: Recurrent, *, cell: Literal["lstm", "gru"], bidirectional: bool = False,
    steps: bool = False,
) -> keras.KerasTensor:  # fmt: skip
    """A stack of recurrent layers with one prediction for the whole sequence, or with `steps` one at every step.

    x: (B, T, C), or tokens (B, T) -> (B, outputs), or (B, T, outputs); raises UsageError for inputs of another rank.
    Padding of tokens changes nothing of the steps before it. Kernels start Glorot uniform, recurrent kernels
    orthogonal, the LSTM's forget bias at one (Jozefowicz et al. 2015, https://proceedings.mlr.press/v37/jozefowicz15.html).
    """
    import keras

    from dlcli.layers.dropout import Dropout
    from dlcli.layers.lstm import LSTM

    # Steps that are read forwards do not see the padding, which comes after them; without a mask they are faster.
    x = embedded(x, vocabulary_of(x), spec.embedding, masked=bidirectional or not steps)
    spec.refuse_unfit(x.shape[1:])
    layer = {"lstm": LSTM, "gru": keras.layers.GRU}[cell]
    for i, units in enumerate(spec.units, start=1):
        top = i == len(spec.units) and not steps
        h = layer(
            units,
            return_sequences=not (top and spec.pooling == "last"),
            kernel_regularizer=_l2(spec.l2),
            recurrent_regularizer=_l2(spec.l2),
            name=f"{cell}_{i}",
        )
        x = (keras.layers.Bidirectional(h, name=f"bi{cell}_{i}") if bidirectional else h)(x)
        if top and spec.pooling == "mean":
            x = keras.layers.GlobalAveragePooling1D(name="mean")(x)
        elif top and spec.pooling == "max":
            x = keras.layers.GlobalMaxPooling1D(name="max")(x)
        if spec.dropout:
            x = Dropout(spec.dropout, name=f"dropout_{i}")(x)
    return keras.layers.Dense(outputs, kernel_regularizer=_l2(spec.l2), name="head")(x)


def _l2(weight: float) -> keras.Regularizer | None:
    import keras

    return keras.regularizers.L2(weight) if weight else None
