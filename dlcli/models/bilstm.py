"""Long short-term memory that reads in both directions."""

from __future__ import annotations

from typing import ClassVar, Literal

from dlcli.models.recurrent import Kind, Recurrent


class BiLSTM(Recurrent):
    """Stacked bidirectional long short-term memory, with one prediction for the whole sequence or for each step.

    x: (B, T, C), or images (B, H, W, C) row by row, float32 -> (B, K) or (B, T, K) logits.
    Each layer has `units` for each direction; the two are concatenated.
    Source: Graves and Schmidhuber 2005, https://doi.org/10.1016/j.neunet.2005.06.042.
    """

    kind: ClassVar[Kind] = "lstm"

    type: Literal["bilstm"] = "bilstm"

    causal: ClassVar[bool] = False

    @property
    def both_ways(self) -> bool:
        """Always."""
        return True
