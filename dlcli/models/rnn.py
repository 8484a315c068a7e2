"""Plain recurrent network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from dlcli.models.recurrent import Carrying, EitherWay, Kind

if TYPE_CHECKING:
    import keras


class RNN(Carrying, EitherWay):
    """Stacked plain recurrent layers, with one prediction for the whole sequence or for each step.

    x: (B, T, C), or images (B, H, W, C) row by row, float32 -> (B, K) or (B, T, K) logits.
    With `identity_relu`, recurrent kernels start as the identity, so that a state is kept until inputs change it.
    Source: Elman 1990, https://doi.org/10.1207/s15516709cog1402_1; Le et al. 2015, https://arxiv.org/abs/1504.00941,
    for `identity_relu`. Differs: input kernels start Glorot uniform there, too, not normal with deviation 0.001.
    """

    kind: ClassVar[Kind] = "rnn"

    type: Literal["rnn"] = "rnn"
    activation: Literal["tanh", "identity_relu"] = "tanh"
    """What the sums go through: tanh, or ReLU, with recurrent kernels that start as the identity."""

    def cells(self, units: int, **options: Any) -> keras.layers.RNN:
        """A layer of plain recurrent units, in one direction."""
        if self.activation == "identity_relu":
            options |= {"activation": "relu", "recurrent_initializer": "identity"}
        return super().cells(units, **options)
