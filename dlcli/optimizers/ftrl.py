"""FTRL-Proximal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import NonNegativeFloat, NonPositiveFloat, PositiveFloat

from dlcli.optimizers.gradient import GradientOptimizer

if TYPE_CHECKING:
    import keras


class Ftrl(GradientOptimizer):
    """Follow the regularised leader, for linear models with very many features: with L1, unneeded weights become 0.

    Where a gradient is small beside the root of `initial_accumulator_value`, the first step all but forgets where the
    weight began. That does not matter to a linear model, but hidden layers need beginnings that differ from unit to
    unit: for them take a small value, or another optimizer.
    Source: McMahan et al. 2013, https://doi.org/10.1145/2487575.2488200.
    """

    type: Literal["ftrl"] = "ftrl"
    learning_rate_power: NonPositiveFloat = -0.5
    """Power of the sum of squared gradients by which the rate falls; 0 for a rate that does not."""
    initial_accumulator_value: PositiveFloat = 0.1
    """What the sum of squares begins with; above 0, since a weight without gradient would be divided by it."""
    l1_regularization_strength: NonNegativeFloat = 0.0
    """Weight of the penalty on absolute values, which makes weights exactly 0."""
    l2_regularization_strength: NonNegativeFloat = 0.0
    """Weight of the penalty on squares, at the weight that the step arrives at."""
    l2_shrinkage_regularization_strength: NonNegativeFloat = 0.0
    """Weight of the penalty on squares, as a part of the gradient."""
    beta: NonNegativeFloat = 0.0
    """The paper's beta: added to the root of the sum of squares."""

    def build(self, steps_per_epoch: int, epochs: int) -> keras.optimizers.Optimizer:
        """The Keras optimizer for a training of so many steps."""
        import keras

        shared = self.shared_arguments(steps_per_epoch, epochs)
        return keras.optimizers.Ftrl(
            **shared,
            learning_rate_power=self.learning_rate_power,
            initial_accumulator_value=self.initial_accumulator_value,
            l1_regularization_strength=self.l1_regularization_strength,
            l2_regularization_strength=self.l2_regularization_strength,
            l2_shrinkage_regularization_strength=self.l2_shrinkage_regularization_strength,
            beta=self.beta,
        )
