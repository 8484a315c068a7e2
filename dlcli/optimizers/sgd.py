"""Stochastic gradient descent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import PositiveFloat

from dlcli.optimizers.gradient import Decay, GradientOptimizer

if TYPE_CHECKING:
    import keras


class SGD(GradientOptimizer):
    """Stochastic gradient descent, plain or with momentum.

    Source: Sutskever et al. 2013, https://proceedings.mlr.press/v28/sutskever13.html, for both kinds of momentum.
    """

    type: Literal["sgd"] = "sgd"
    learning_rate: PositiveFloat = 1e-2
    """Step size; the size at its height where a schedule changes it."""
    momentum: Decay = 0.0
    """Share of the last step that is added to the next."""
    nesterov: bool = False
    """Take the gradient after the momentum's step instead of before it."""

    def build(self, steps_per_epoch: int, epochs: int) -> keras.optimizers.Optimizer:
        """The Keras optimizer for a training of so many steps."""
        import keras

        shared = self.shared_arguments(steps_per_epoch, epochs)
        return keras.optimizers.SGD(**shared, momentum=self.momentum, nesterov=self.nesterov)
