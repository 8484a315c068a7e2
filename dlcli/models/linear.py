"""One linear layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import NonNegativeFloat

from dlcli.component import Component, such_as

if TYPE_CHECKING:
    import keras


class Linear(Component):
    """One linear layer on all that an example holds: linear, logistic or softmax regression, as the task has it.

    x: (B, ...) float32 -> (B, K) logits.
    Source: Hoerl and Kennard 1970, https://doi.org/10.1080/00401706.1970.10488634, for `l2`; Tibshirani 1996,
    https://doi.org/10.1111/j.2517-6161.1996.tb02080.x, for `l1`.
    """

    model_config = such_as({"type": "linear", "l2": 1e-3})

    type: Literal["linear"] = "linear"
    l1: NonNegativeFloat = 0.0
    """Weight of the sum of absolute kernel entries in the training loss."""
    l2: NonNegativeFloat = 0.0
    """Weight of the sum of squared kernel entries in the training loss."""

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, ...) -> (B, outputs)."""
        from dlcli.models.feed_forward import flattened, head, penalty

        return head(flattened(x), outputs, regularizer=penalty(self.l2, self.l1))
