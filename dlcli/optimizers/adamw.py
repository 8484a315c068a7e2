"""AdamW."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import NonNegativeFloat, PositiveFloat

from dlcli.optimizers.decay import only_kernels_decay
from dlcli.optimizers.gradient import Decay, GradientOptimizer

if TYPE_CHECKING:
    import keras


class AdamW(GradientOptimizer):
    """Adam, with weights that shrink at every step by a share of their own that the gradient's scale does not touch.

    A weight loses learning rate * `weight_decay` of itself at each step, with the scheduled learning rate; biases and
    the scales and shifts of normalisation layers do not decay.
    Source: Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101.
    """

    type: Literal["adamw"] = "adamw"
    weight_decay: NonNegativeFloat = 0.004
    """Share that a weight loses at each step, in units of the learning rate."""
    beta_1: Decay = 0.9
    """Decay of the running mean of the gradient."""
    beta_2: Decay = 0.999
    """Decay of the running mean of its square."""
    epsilon: PositiveFloat = 1e-7
    """Added to the denominator against division by zero."""

    def build(self, steps_per_epoch: int, epochs: int) -> keras.optimizers.Optimizer:
        """The Keras optimizer for a training of so many steps."""
        import keras

        shared = self.shared_arguments(steps_per_epoch, epochs)
        optimizer = keras.optimizers.AdamW(
            **shared, weight_decay=self.weight_decay, beta_1=self.beta_1, beta_2=self.beta_2, epsilon=self.epsilon
        )
        return only_kernels_decay(optimizer)
