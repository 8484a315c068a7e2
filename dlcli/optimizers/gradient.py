"""What all optimizers have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import PositiveFloat

from dlcli.component import Component
from dlcli.schedules import Schedule
from dlcli.schedules.constant import Constant

if TYPE_CHECKING:
    import keras


class GradientOptimizer(Component):
    """An optimizer that follows the gradient with a scheduled learning rate."""

    learning_rate: PositiveFloat = 1e-3
    """Step size; the size at its height where a schedule changes it."""
    schedule: Schedule = Constant()
    """How the learning rate changes over the training."""
    clip_norm: PositiveFloat | None = None
    """Longest gradient allowed, as the norm over all weights and the whole batch; longer ones are scaled down."""

    def rate(self, steps_per_epoch: int, epochs: int) -> float | keras.optimizers.schedules.LearningRateSchedule:
        """The learning rate as Keras optimizers take it."""
        return self.schedule.build(self.learning_rate, steps_per_epoch, epochs)
