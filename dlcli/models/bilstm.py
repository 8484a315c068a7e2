"""Long short-term memory that reads in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from dlcli.models.recurrent import Recurrent, recurrent

if TYPE_CHECKING:
    import keras


class BiLSTM(Recurrent):
    """Stacked bidirectional long short-term memory with one prediction for the whole sequence.

    x: (B, T, C) float32 -> (B, K) logits. Each layer has `units` for each direction; the two are concatenated.
    Source: Graves and Schmidhuber 2005, https://doi.org/10.1016/j.neunet.2005.06.042.
    """

    type: Literal["bilstm"] = "bilstm"

    causal: ClassVar[bool] = False

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C) -> (B, outputs)."""
        return recurrent(x, outputs, self, cell="lstm", bidirectional=True)

    def build_steps(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C) -> (B, T, outputs)."""
        return recurrent(x, outputs, self, cell="lstm", bidirectional=True, steps=True)
