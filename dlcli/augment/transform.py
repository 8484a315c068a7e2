"""What every distortion builds, and which examples it fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from dlcli.errors import UsageError

if TYPE_CHECKING:
    import tensorflow as tf


class Transform(NamedTuple):
    """A distortion as a pure function: row i of the result depends on row i of x and u alone.

    numbers: how many uniform numbers it needs for each example.
    apply: x: (B, ...) float32, before normalisation, and u: (B, numbers) float32 in [0, 1) -> x's shape, float32.
    """

    numbers: int
    apply: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def image_shape(kind: str, shape: tuple[int, ...]) -> tuple[int, int, int]:
    """H, W and C of an example; raises UsageError where it is no image."""
    if len(shape) != 3:
        raise UsageError(f"augment: {kind} distorts images (H, W, C); each example here has the shape {_text(shape)}")
    H, W, C = shape
    return H, W, C


def signal_shape(kind: str, shape: tuple[int, ...]) -> tuple[int, int]:
    """T and C of an example; raises UsageError where it is no signal."""
    if len(shape) != 2:
        raise UsageError(f"augment: {kind} distorts signals (T, C); each example here has the shape {_text(shape)}")
    T, C = shape
    return T, C


def _text(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "()"
