"""Gated recurrent unit."""

from __future__ import annotations

from typing import ClassVar, Literal

from dlcli.models.recurrent import Carrying, EitherWay, Kind


class GRU(Carrying, EitherWay):
    """Stacked gated recurrent units, with one prediction for the whole sequence or for each step.

    x: (B, T, C), or images (B, H, W, C) row by row, float32 -> (B, K) or (B, T, K) logits.
    Source: Cho et al. 2014, https://arxiv.org/abs/1406.1078. Differs, as Keras does: the reset gate is applied after
    the recurrent product, which has a bias of its own.
    """

    kind: ClassVar[Kind] = "gru"

    type: Literal["gru"] = "gru"
