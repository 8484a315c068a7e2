"""Long short-term memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcli.models.recurrent import Recurrent, recurrent

if TYPE_CHECKING:
    import keras


class LSTM(Recurrent):
    """Stacked long short-term memory with one prediction for the whole sequence.

    x: (B, T, C) float32 -> (B, K) logits.
    Source: Hochreiter and Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735, with the forget gate of
    Gers et al. 2000, https://doi.org/10.1162/089976600300015015.
    """

    type: Literal["lstm"] = "lstm"

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C) -> (B, outputs)."""
        return recurrent(x, outputs, self, cell="lstm")

    def build_steps(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C) -> (B, T, outputs)."""
        return recurrent(x, outputs, self, cell="lstm", steps=True)
