"""From uniform numbers to the distributions that distortions are drawn from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf


def symmetric(u: tf.Tensor, limit: float) -> tf.Tensor:
    """Uniform in [-limit, limit); 0 for u = 0.5."""
    return limit * (2 * u - 1)


def whole(u: tf.Tensor, count: int) -> tf.Tensor:
    """Uniform among 0, 1, ..., count - 1, int32; the middle one for u = 0.5."""
    import tensorflow as tf

    return tf.cast(u * count, tf.int32)


def normal(u: tf.Tensor) -> tf.Tensor:
    """u: (B, N) uniform, N even -> (B, N) standard normal; zeros for u = 0.

    Source: Box and Muller 1958, https://doi.org/10.1214/aoms/1177706645.
    """
    import tensorflow as tf

    first, second = tf.split(u, 2, axis=1)
    radius, angle = tf.sqrt(-2 * tf.math.log1p(-first)), 2 * math.pi * second
    return tf.concat([radius * tf.cos(angle), radius * tf.sin(angle)], axis=1)


def numbers_for_normal(count: int) -> int:
    """The uniform numbers that `normal` needs to give at least `count`: the next even number."""
    return count + count % 2
