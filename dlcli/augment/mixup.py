"""Examples mixed with others."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from pydantic import PositiveFloat

from dlcli.component import Component

if TYPE_CHECKING:
    import numpy as np
    import tensorflow as tf
    from numpy.typing import NDArray

_CELLS = 1024


class Mixup(Component):
    """Examples mixed with others of their epoch, and their labels in the same shares, drawn from Beta(alpha, alpha).

    For inputs of any shape, for classes and for numbers.

    Source: Zhang et al. 2018, https://arxiv.org/abs/1710.09412.
    """

    type: Literal["mixup"] = "mixup"
    alpha: PositiveFloat = 0.2
    """Shape of the distribution: near 0 most examples stay almost pure, 1 is uniform, far above 1 all are halves."""

    def shares(self, u: tf.Tensor) -> tf.Tensor:
        """u: (B,) float32, uniform in [0, 1) -> (B,) float32 in [0, 1], an example's own share.

        The distribution's quantile at u, interpolated in a table: at most 1/1024 away in probability.
        """
        import tensorflow as tf

        table = tf.constant(_quantiles(self.alpha), tf.float32)
        place = u * _CELLS
        cell = tf.minimum(tf.cast(place, tf.int32), _CELLS - 1)
        below, above = tf.gather(table, cell), tf.gather(table, cell + 1)
        return below + (above - below) * (place - tf.cast(cell, tf.float32))


@cache
def _quantiles(alpha: float) -> NDArray[np.float64]:
    """(1025,): the quantiles of Beta(alpha, alpha) at 0, 1/1024, ..., 1."""
    import numpy as np
    from scipy.special import betaincinv

    quantiles: NDArray[np.float64] = betaincinv(alpha, alpha, np.linspace(0, 1, _CELLS + 1))
    return quantiles
