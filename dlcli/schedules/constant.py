"""The same learning rate throughout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcli.schedules.warmup import WarmUp, first_rate

if TYPE_CHECKING:
    import keras


class Constant(WarmUp):
    """The same learning rate throughout, after the warm-up if there is one."""

    type: Literal["constant"] = "constant"

    def build(
        self, learning_rate: float, steps_per_epoch: int, epochs: int
    ) -> float | keras.optimizers.schedules.LearningRateSchedule:
        """What a Keras optimizer takes as its learning rate."""
        import keras

        steps = self.warmup_steps(steps_per_epoch)
        if not steps:
            return learning_rate
        return keras.optimizers.schedules.PolynomialDecay(first_rate(learning_rate, steps), steps, learning_rate)
