"""A learning rate that is divided by the same number again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, PositiveFloat

from dlcli.schedules.warmup import WarmUp

if TYPE_CHECKING:
    import keras


class Exponential(WarmUp):
    """A learning rate that is multiplied by `factor` over every `decay_epochs`, counted from the end of the warm-up.

    Source: Goodfellow et al. 2016, section 8.3.1, https://www.deeplearningbook.org; Keras' ExponentialDecay.
    """

    type: Literal["exponential"] = "exponential"
    factor: Annotated[float, Field(gt=0, le=1)] = 0.5
    """What the learning rate is multiplied by, above 0 and at most 1."""
    decay_epochs: PositiveFloat = 10.0
    """Epochs in which it is multiplied once; fractions are fine."""
    staircase: bool = False
    """Multiply at once at the end of every `decay_epochs`, instead of a little at every step."""

    def build(
        self, learning_rate: float, steps_per_epoch: int, epochs: int
    ) -> keras.optimizers.schedules.LearningRateSchedule:
        """What a Keras optimizer takes as its learning rate."""
        import keras

        steps = max(1, round(self.decay_epochs * steps_per_epoch))
        decay = keras.optimizers.schedules.ExponentialDecay(learning_rate, steps, self.factor, self.staircase)
        return self.after_warm_up(decay, steps_per_epoch)
