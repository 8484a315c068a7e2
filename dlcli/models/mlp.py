"""Multilayer perceptron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from dlcli.component import Component
from dlcli.models.feed_forward import (
    Activation,
    Names,
    Rate,
    activated,
    dropped,
    fitting_initializer,
    flattened,
    head,
    normalised,
    penalty,
)

if TYPE_CHECKING:
    import keras

    from dlcli.datasets.spec import Outlook

Initializer = Literal[
    "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", "normal"
]


class DenseLayers(Component):
    """What models with dense layers, one on another, have in common."""

    units: Annotated[tuple[PositiveInt, ...], Field(min_length=1)] = (256, 128)
    """Size of each layer, from the input upwards."""
    activation: Activation | Literal["maxout"] = "relu"
    """What each layer's sums go through; maxout takes the largest of `pieces` sums."""
    pieces: Annotated[int, Field(ge=2)] = 2
    """How many sums a unit of maxout has."""
    dropout: Rate = 0.0
    """Share of each layer's outputs that is set to zero at random in training."""
    input_dropout: Rate = 0.0
    """Share of the inputs that is set to zero at random in training."""
    batch_norm: bool = False
    """Whether sums are normalised over the batch before they go through the activation."""
    l1: NonNegativeFloat = 0.0
    """Weight of the sum of absolute kernel entries in the training loss."""
    l2: NonNegativeFloat = 0.0
    """Weight of the sum of squared kernel entries in the training loss."""
    initializer: Initializer | None = None
    """The first weights of all kernels; `normal` has deviation 1. If absent, what fits the activation, and
    glorot_uniform for the head."""

    @classmethod
    def first_values(cls, outlook: Outlook) -> dict[str, object]:
        """What `dlcli init` writes for such data."""
        return {"units": [64, 64], "dropout": 0.2}

    def hidden(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """The layers without a head, x: (B, C) -> (B, U)."""
        names = Names()
        x = dropped(x, names, self.input_dropout, kind="input_dropout")
        for units in self.units:
            x = dropped(self._hidden(x, units, names), names, self.dropout)
        return x

    def headed(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """The head, x: (B, C) -> (B, outputs)."""
        return head(x, outputs, regularizer=penalty(self.l2, self.l1), initializer=self._kernel("glorot_uniform"))

    def _hidden(self, x: keras.KerasTensor, units: int, names: Names) -> keras.KerasTensor:
        import keras

        maxout = self.activation == "maxout"
        x = keras.layers.Dense(
            units * self.pieces if maxout else units,
            use_bias=not self.batch_norm,  # a batch norm takes it away again
            kernel_initializer=self._kernel(fitting_initializer(self.activation)),
            kernel_regularizer=penalty(self.l2, self.l1),
            name=names("dense"),
        )(x)
        if not maxout:
            return activated(x, names, self.activation, batch_norm=self.batch_norm)
        x = normalised(x, names, batch_norm=self.batch_norm)
        x = keras.layers.Reshape((self.pieces, units), name=names("pieces"))(x)
        return keras.layers.GlobalMaxPooling1D(name=names("maxout"))(x)

    def _kernel(self, fitting: str) -> Any:
        import keras

        if self.initializer == "normal":
            return keras.initializers.RandomNormal(stddev=1.0)
        return self.initializer or fitting


class MLP(DenseLayers):
    """Multilayer perceptron: dense layers on all that an example holds.

    x: (B, ...) float32 -> (B, K) logits. With selu, too, dropout is the plain one: alpha dropout (Klambauer et al.
    2017, https://arxiv.org/abs/1706.02515) would give other results on two devices than on one.
    Source: Rumelhart et al. 1986, https://doi.org/10.1038/323533a0; maxout: Goodfellow et al. 2013,
    https://proceedings.mlr.press/v28/goodfellow13.html.
    """

    type: Literal["mlp"] = "mlp"

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, ...) -> (B, outputs)."""
        return self.headed(self.hidden(flattened(x)), outputs)
