"""Lion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat

from dlcli.optimizers.decay import only_kernels_decay
from dlcli.optimizers.gradient import Decay, GradientOptimizer

if TYPE_CHECKING:
    import keras


class Lion(GradientOptimizer):
    """Steps of one size for all weights: the sign of a mix of the gradient and its running mean.

    The steps are larger than Adam's, so the learning rate is to be three to ten times smaller than Adam's, and the
    weight decay as many times larger. Biases and the scales and shifts of normalisation layers do not decay.
    Source: Chen et al. 2023, https://arxiv.org/abs/2302.06675.
    """

    type: Literal["lion"] = "lion"
    learning_rate: PositiveFloat = 1e-4
    """Step size; the size at its height where a schedule changes it."""
    weight_decay: NonNegativeFloat = 0.0
    """Share that a weight loses at each step, in units of the learning rate."""
    beta_1: Annotated[float, Field(gt=0, lt=1)] = 0.9
    """Share of the running mean in the mix that gives the step."""
    beta_2: Decay = 0.99
    """Decay of the running mean of the gradient."""

    def build(self, steps_per_epoch: int, epochs: int) -> keras.optimizers.Optimizer:
        """The Keras optimizer for a training of so many steps."""
        import keras

        shared = self.shared_arguments(steps_per_epoch, epochs)
        optimizer = keras.optimizers.Lion(
            **shared, weight_decay=self.weight_decay, beta_1=self.beta_1, beta_2=self.beta_2
        )
        return only_kernels_decay(optimizer)
