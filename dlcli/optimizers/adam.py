"""Adam."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import PositiveFloat

from dlcli.optimizers.gradient import Decay, GradientOptimizer

if TYPE_CHECKING:
    import keras


class Adam(GradientOptimizer):
    """Gradient steps scaled by running estimates of the gradient's first and second moments.

    Source: Kingma and Ba 2015, https://arxiv.org/abs/1412.6980.
    """

    type: Literal["adam"] = "adam"
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
        return keras.optimizers.Adam(**shared, beta_1=self.beta_1, beta_2=self.beta_2, epsilon=self.epsilon)
