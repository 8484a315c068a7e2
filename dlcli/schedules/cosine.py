"""A learning rate that falls along half a cosine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from dlcli.schedules.warmup import WarmUp, first_rate

if TYPE_CHECKING:
    import keras


class Cosine(WarmUp):
    """A learning rate that falls along half a cosine from the end of the warm-up to the last step.

    Source: Loshchilov and Hutter 2017, section 3, https://arxiv.org/abs/1608.03983, without restarts.
    """

    type: Literal["cosine"] = "cosine"
    final_fraction: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Where the learning rate ends, as a fraction of its full size."""

    def build(
        self, learning_rate: float, steps_per_epoch: int, epochs: int
    ) -> keras.optimizers.schedules.LearningRateSchedule:
        """What a Keras optimizer takes as its learning rate."""
        import keras

        steps = self.warmup_steps(steps_per_epoch)
        return keras.optimizers.schedules.CosineDecay(
            first_rate(learning_rate, steps) if steps else learning_rate,
            decay_steps=max(1, epochs * steps_per_epoch - steps),
            alpha=self.final_fraction,
            warmup_target=learning_rate if steps else None,
            warmup_steps=steps,
        )
