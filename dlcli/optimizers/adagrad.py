"""Adagrad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import NonNegativeFloat, PositiveFloat

from dlcli.optimizers.gradient import GradientOptimizer

if TYPE_CHECKING:
    import keras


class Adagrad(GradientOptimizer):
    """Gradient steps divided by the root of the sum of all squared gradients so far, so that they only get shorter.

    Weights that seldom get a gradient, such as those of rare words, keep a high rate.
    Source: Duchi et al. 2011, https://jmlr.org/papers/v12/duchi11a.html.
    """

    type: Literal["adagrad"] = "adagrad"
    learning_rate: PositiveFloat = 1e-2
    """Step size; the size at its height where a schedule changes it."""
    initial_accumulator_value: NonNegativeFloat = 0.1
    """What the sum of squares begins with; the greater, the shorter the first steps."""
    epsilon: PositiveFloat = 1e-7
    """Added to the sum of squares against division by zero."""

    def build(self, steps_per_epoch: int, epochs: int) -> keras.optimizers.Optimizer:
        """The Keras optimizer for a training of so many steps."""
        import keras

        shared = self.shared_arguments(steps_per_epoch, epochs)
        return keras.optimizers.Adagrad(
            **shared, initial_accumulator_value=self.initial_accumulator_value, epsilon=self.epsilon
        )
