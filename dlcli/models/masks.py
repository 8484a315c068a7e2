"""Steps of a sequence that only fill it up: which they are, and how they are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import keras

_LOWEST = -1e9
"""Below whatever a layer gives, and finite, so that a sequence without a single step spoils nothing."""


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

    x: (B, T, C), mask: (B, T) -> (B, C). Keras' own maximum does not look at masks.
    """
    import keras

    if pooling == "mean":
        return keras.layers.GlobalAveragePooling1D(name="mean")(x, mask=mask)
    return keras.layers.GlobalMaxPooling1D(name="max")(x if mask is None else where_it_counts(x, mask, _LOWEST))


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
    x = where_it_counts(x, mask, _LOWEST)
    if x.shape[1] is not None and (missing := -x.shape[1] % pool):
        # Else Keras would fill up both ends.
        x = keras.ops.pad(x, [[0, 0], [0, missing], [0, 0]], constant_values=_LOWEST)
        counts = keras.ops.pad(counts, [[0, 0], [0, missing], [0, 0]])
    counts = keras.layers.MaxPooling1D(pool, padding="same", name=f"{name}_mask")(counts)
    mask = keras.ops.greater(keras.ops.squeeze(counts, -1), 0)
    return where_it_counts(keras.layers.MaxPooling1D(pool, padding="same", name=name)(x), mask), mask
