"""Adadelta."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import PositiveFloat

from dlcli.optimizers.gradient import Decay, GradientOptimizer

if TYPE_CHECKING:
    import keras


class Adadelta(GradientOptimizer):
    """Gradient steps scaled by the ratio of two running root mean squares: of the steps so far and of the gradients.

    The scale sets itself, so that the paper has no learning rate: here that is 1.
    Source: Zeiler 2012, https://arxiv.org/abs/1212.5701.
    """

    type: Literal["adadelta"] = "adadelta"
    learning_rate: PositiveFloat = 1.0
    """Step size; the size at its height where a schedule changes it."""
    rho: Decay = 0.95
    """Decay of both running means."""
    epsilon: PositiveFloat = 1e-7
    """Added to both mean squares; the first steps are of about its root's size."""

    def build(self, steps_per_epoch: int, epochs: int) -> keras.optimizers.Optimizer:
        """The Keras optimizer for a training of so many steps."""
        import keras

        shared = self.shared_arguments(steps_per_epoch, epochs)
        return keras.optimizers.Adadelta(**shared, rho=self.rho, epsilon=self.epsilon)
