"""The field that every schedule has: a linear rise at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, NonNegativeFloat

from dlcli.component import Component

if TYPE_CHECKING:
    import keras


class WarmUp(Component):
    """A learning rate that rises linearly to its full size before the schedule proper begins.

    Source: Goyal et al. 2017, section 2.2, https://arxiv.org/abs/1706.02677.
    """

    warmup_epochs: NonNegativeFloat = Field(default=0.0, examples=[2])
    """Epochs over which the learning rate rises from near zero to its full size; fractions are fine."""

    def warmup_steps(self, steps_per_epoch: int) -> int:
        """The warm-up in optimizer steps."""
        return round(self.warmup_epochs * steps_per_epoch)

    def after_warm_up(
        self, schedule: keras.optimizers.schedules.LearningRateSchedule, steps_per_epoch: int
    ) -> keras.optimizers.schedules.LearningRateSchedule:
        """The warm-up to where `schedule` begins, and then `schedule`, its steps counted from there."""
        from dlcli.layers.rising_rate import RisingRate

        steps = self.warmup_steps(steps_per_epoch)
        return RisingRate(schedule, steps) if steps else schedule


def first_rate(learning_rate: float, warmup_steps: int) -> float:
    """Where the rise starts: above zero, so that the first step is not wasted."""
    return learning_rate / (warmup_steps + 1)
