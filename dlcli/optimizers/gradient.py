"""What all optimizers have in common."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, PositiveFloat

from dlcli.component import Component
from dlcli.faults import made
from dlcli.schedules import Schedule
from dlcli.schedules.constant import Constant

Decay = Annotated[float, Field(ge=0, lt=1)]
"""What remains of a running mean after a step."""


class GradientOptimizer(Component):
    """An optimizer that follows the gradient with a scheduled learning rate."""

    learning_rate: PositiveFloat = 1e-3
    """Step size; the size at its height where a schedule changes it."""
    schedule: Schedule = Field(default_factory=Constant, examples=["cosine"])
    """How the learning rate changes over the training."""
    clip_norm: PositiveFloat | None = Field(default=None, examples=[1.0])
    """Longest gradient allowed, as the norm over all weights and the whole batch; longer ones are scaled down."""

    ema: Annotated[float, Field(gt=0, lt=1)] | None = Field(default=None, examples=[0.99])
    """Decay per step of a running mean of the weights; with it, the mean is validated, kept and evaluated."""

    def shared_arguments(self, steps_per_epoch: int, epochs: int) -> dict[str, Any]:
        """The arguments of a Keras optimizer that all optimizers share, for a training of so many steps."""
        import keras

        rate = made(
            self.schedule,
            self.schedule.build(self.learning_rate, steps_per_epoch, epochs),
            (int, float, keras.optimizers.schedules.LearningRateSchedule),
            "a number or a schedule of Keras",
        )
        arguments: dict[str, Any] = {"learning_rate": rate}
        return arguments if self.ema is None else arguments | {"use_ema": True, "ema_momentum": self.ema}
