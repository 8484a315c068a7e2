"""A learning rate that is divided when validation stalls."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from dlcli.component import Component


class Plateau(Component):
    """A learning rate that is divided whenever a validation metric has not improved for some time.

    Source: Krizhevsky et al. 2012, section 5, https://doi.org/10.1145/3065386, who did it by hand.
    """

    type: Literal["plateau"] = "plateau"
    divide_by: Annotated[float, Field(gt=1)] = 10.0
    """What the learning rate is divided by."""
    patience: PositiveInt = 5
    """Validations without improvement before it is divided."""
    metric: Literal[
        "val_accuracy", "val_loss", "val_rmse", "val_mse", "val_mae", "val_macro_f1", "val_nats_per_token"
    ] = "val_loss"
    """What is watched: accuracy is to rise, the others are to fall."""
    smallest: NonNegativeFloat = 0.0
    """Where it ends: no division goes below."""

    def build(self, learning_rate: float, steps_per_epoch: int, epochs: int) -> float:
        """The rate to begin with; the training loop changes it by `next_rate`."""
        return learning_rate

    def next_rate(self, rate: float) -> float:
        """The rate after a stall."""
        return max(rate / self.divide_by, min(self.smallest, rate))
