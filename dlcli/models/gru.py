"""Gated recurrent unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcli.models.recurrent import Recurrent, recurrent

if TYPE_CHECKING:
    import keras


class GRU(Recurrent):
    """Stacked gated recurrent units with one prediction for the whole sequence.

    x: (B, T, C) float32 -> (B, K) logits.
    Source: Cho et al. 2014, https://arxiv.org/abs/1406.1078. Differs, as Keras does: the reset gate is applied after
    the recurrent product, which has a bias of its own.
    """

    type: Literal["gru"] = "gru"

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C) -> (B, outputs)."""
        return recurrent(x, outputs, self, cell="gru")

    def build_steps(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C) -> (B, T, outputs)."""
        return recurrent(x, outputs, self, cell="gru", steps=True)
