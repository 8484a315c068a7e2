"""Examples to distort, and one distortion of each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.devices import several_devices

several_devices()

import tensorflow as tf  # noqa: E402 (after TensorFlow was set up)

Array = NDArray[np.float32]
IMAGE, SIGNAL = (9, 12, 3), (20, 6)


def examples(count: int, shape: tuple[int, ...], seed: int = 0) -> Array:
    """Random examples whose channels have means and deviations of their own."""
    draw = np.random.default_rng(seed).normal(size=(count, *shape))
    channels = np.arange(shape[-1])
    return (10 * channels + (1 + channels) * draw).astype(np.float32)


def distortion(spec: Any, x: Array) -> tuple[int, Callable[[Array, Any], Array]]:
    """Of examples x, whose statistics are those of training: the numbers it needs for each, and how it is applied."""
    flat = x.reshape(-1, x.shape[-1]).astype(np.float64)
    transform = spec.build(x.shape[1:], flat.mean(axis=0), flat.std(axis=0))

    def apply(x: Array, u: Any) -> Array:
        distorted: Array = transform.apply(tf.constant(x), tf.constant(u, tf.float32)).numpy()
        return distorted

    return transform.numbers, apply


def distort(spec: Any, x: Array, u: Any = None, seed: int = 1) -> Array:
    """x distorted with the numbers u, one row for all examples if u has one, or with random ones."""
    numbers, apply = distortion(spec, x)
    if u is None:
        u = np.random.default_rng(seed).random((len(x), numbers))
    return apply(x, np.broadcast_to(u, (len(x), numbers)))
