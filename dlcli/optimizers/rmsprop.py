"""RMSprop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import PositiveFloat

from dlcli.optimizers.gradient import Decay, GradientOptimizer

if TYPE_CHECKING:
    import keras


class RMSprop(GradientOptimizer):
    """Gradient steps divided by the root of a running mean of the squared gradient.

    With `centered`, the mean's square is taken off it first: the divisor is an estimate of the gradient's deviation.
    Source: Hinton et al. 2012, lecture 6e, https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf;
    centered: Graves 2013, section 4.2, https://arxiv.org/abs/1308.0850.
    """

    type: Literal["rmsprop"] = "rmsprop"
    rho: Decay = 0.9
    """Decay of the running mean of the squared gradient."""
    momentum: Decay = 0.0
    """Share of the last step that is added to the next."""
    centered: bool = False
    """Divide by the gradient's deviation instead of its root mean square."""
    epsilon: PositiveFloat = 1e-7
    """Added to what the root is taken of, the divisor's square, against division by zero."""

    def build(self, steps_per_epoch: int, epochs: int) -> keras.optimizers.Optimizer:
        """The Keras optimizer for a training of so many steps."""
        import keras

        shared = self.shared_arguments(steps_per_epoch, epochs)
        return keras.optimizers.RMSprop(
            **shared, rho=self.rho, momentum=self.momentum, epsilon=self.epsilon, centered=self.centered
        )
