"""A learning rate that changes at given times."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from pydantic import Field, PositiveFloat, model_validator

from dlcli.schedules.warmup import WarmUp

if TYPE_CHECKING:
    import keras


class Piecewise(WarmUp):
    """A learning rate with a factor for each part of the training, such as a tenth after each of some milestones.

    Epochs are counted from the beginning of the training; a warm-up is a part of them and rises to what follows it.
    Source: He et al. 2016, section 3.4, https://arxiv.org/abs/1512.03385.
    """

    type: Literal["piecewise"] = "piecewise"
    boundaries_epochs: tuple[PositiveFloat, ...] = Field(examples=[(20, 40)])
    """Epochs after which the learning rate changes, in rising order; fractions are fine."""
    factors: tuple[PositiveFloat, ...] = Field(examples=[(1, 0.1, 0.01)])
    """What the full learning rate is multiplied by in each part; one more than there are boundaries."""

    @model_validator(mode="after")
    def _parts_follow_each_other(self) -> Piecewise:
        boundaries, factors = list(self.boundaries_epochs), list(self.factors)
        given = f"`boundaries_epochs` (={boundaries})"
        if not boundaries:
            raise ValueError(f"{given} must hold at least one epoch; `type: constant` has none")
        if any(later <= earlier for earlier, later in pairwise(boundaries)):
            raise ValueError(f"{given} must be strictly rising")
        if boundaries[0] < self.warmup_epochs:
            raise ValueError(f"{given} must not begin before `warmup_epochs` (={self.warmup_epochs}) are over")
        if len(factors) != len(boundaries) + 1:
            raise ValueError(
                f"`factors` (={factors}) must be {len(boundaries) + 1}, one more than `boundaries_epochs` "
                f"(={boundaries}), not {len(factors)}"
            )
        return self

    def build(
        self, learning_rate: float, steps_per_epoch: int, epochs: int
    ) -> keras.optimizers.schedules.LearningRateSchedule:
        """What a Keras optimizer takes as its learning rate."""
        import keras

        warmup = self.warmup_steps(steps_per_epoch)
        # Keras' boundaries are the last steps of the parts, ours the first steps after them.
        last_steps = [round(boundary * steps_per_epoch) - warmup - 1 for boundary in self.boundaries_epochs]
        rates = [learning_rate * factor for factor in self.factors]
        parts = keras.optimizers.schedules.PiecewiseConstantDecay(last_steps, rates)
        return self.after_warm_up(parts, steps_per_epoch)
