"""Steps of a sequence that only fill it up: which they are, and how they are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import keras

_LOWEST = -1e9
"""Below whatever a layer gives, and finite, so that what is left out can still be multiplied by zero."""


def mask_of(x: keras.KerasTensor) -> keras.KerasTensor | None:
    """Which steps of x (B, T, ...) count, (B, T) bool; None where all do.

    Keras' layers hand a mask on with what they give (`Masking`, `Embedding` with `mask_zero`), under a name that is
    not public.
    """
    return getattr(x, "_keras_mask", None)


def pooled_over_time(
    x: keras.KerasTensor, mask: keras.KerasTensor | None, pooling: Literal["mean", "max"]
) -> keras.KerasTensor:
    """Each channel's mean or maximum over the steps that count.

    x: (B, T, C), mask: (B, T) -> (B, C); zeros of a sequence without a single step that counts. Keras' own maximum
    does not look at masks.
    """
    import keras

    layer = {"mean": keras.layers.GlobalAveragePooling1D, "max": keras.layers.GlobalMaxPooling1D}[pooling]
    if mask is None:
        return layer(name=pooling)(x)
    some = keras.ops.any(mask, axis=1, keepdims=True)
    if pooling == "max":
        of_steps = layer(name=pooling)(where_it_counts(x, mask, _LOWEST))
    else:
        of_steps = layer(name=pooling)(x, mask=keras.ops.logical_or(mask, keras.ops.logical_not(some)))
    return of_steps * keras.ops.cast(some, of_steps.dtype)


def where_it_counts(x: keras.KerasTensor, mask: keras.KerasTensor, otherwise: float = 0.0) -> keras.KerasTensor:
    """x: (B, T, C) -> the same shape, with `otherwise` at the steps that the mask (B, T) leaves out."""
    import keras

    return keras.ops.where(keras.ops.expand_dims(mask, -1), x, otherwise)


def max_pooled(
    x: keras.KerasTensor, mask: keras.KerasTensor, pool: int, name: str
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """The maximum of each `pool` steps, of those that count, and which of the results count.

    x: (B, T, C), mask: (B, T) -> (B, T / pool, C) and (B, T / pool), rounded up. Windows begin at the first step,
    however long the sequence is filled up.
    """
    import keras

    counts = keras.ops.expand_dims(keras.ops.cast(mask, "float32"), -1)
    counts = max_from_the_first(counts, pool, f"{name}_mask")
    x = max_from_the_first(where_it_counts(x, mask, _LOWEST), pool, name)
    mask = keras.ops.greater(keras.ops.squeeze(counts, -1), 0)
    return where_it_counts(x, mask), mask


def max_from_the_first(x: keras.KerasTensor, pool: int, name: str) -> keras.KerasTensor:
    """The maximum of each `pool` neighbours, where windows begin at the first, and the last may be shorter.

    x: (B, T, C) -> (B, T / pool, C), or (B, H, W, C) -> (B, H / pool, W / pool, C), rounded up.
    """
    import keras

    axes = len(x.shape) - 2
    layer = (keras.layers.MaxPooling1D, keras.layers.MaxPooling2D)[axes - 1]
    if pool > 2 and any(size is None or size % pool for size in x.shape[1:-1]):
        # Else Keras would fill up both ends; of two places one is missing at most, and that at the end.
        x = keras.ops.pad(x, [[0, 0], *[[0, pool - 1]] * axes, [0, 0]], constant_values=_LOWEST)
        return layer(pool, padding="valid", name=name)(x)
    return layer(pool, padding="same", name=name)(x)
