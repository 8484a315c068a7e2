"""Nadam."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import PositiveFloat

from dlcli.optimizers.gradient import Decay, GradientOptimizer

if TYPE_CHECKING:
    import keras


class Nadam(GradientOptimizer):
    """Adam with Nesterov's momentum: the gradient of this step counts in this step's mean more than in Adam's.

    Source: Dozat 2016, https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ.
    """

    type: Literal["nadam"] = "nadam"
    beta_1: Decay = 0.9
    """Decay of the running mean of the gradient, at its height: it rises from half of this over some hundred steps."""
    beta_2: Decay = 0.999
    """Decay of the running mean of its square."""
    epsilon: PositiveFloat = 1e-7
    """Added to the denominator against division by zero."""

    def build(self, steps_per_epoch: int, epochs: int) -> keras.optimizers.Optimizer:
        """The Keras optimizer for a training of so many steps."""
        import keras

        shared = self.shared_arguments(steps_per_epoch, epochs)
        return keras.optimizers.Nadam(**shared, beta_1=self.beta_1, beta_2=self.beta_2, epsilon=self.epsilon)
