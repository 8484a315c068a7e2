"""Long short-term memory."""

from __future__ import annotations

from typing import ClassVar, Literal

from dlcli.models.recurrent import Carrying, Kind, Recurrent


class LSTM(Carrying, Recurrent):
    """Stacked long short-term memory, with one prediction for the whole sequence or for each step.

    x: (B, T, C), or images (B, H, W, C) row by row, float32 -> (B, K) or (B, T, K) logits.
    Source: Hochreiter and Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735, with the forget gate of
    Gers et al. 2000, https://doi.org/10.1162/089976600300015015.
    """

    kind: ClassVar[Kind] = "lstm"

    type: Literal["lstm"] = "lstm"
