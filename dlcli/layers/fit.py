"""Why a layer of Keras cannot read examples of a shape, in few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from dlcli.component import shape_text
from dlcli.layers.by_name import first_line

_READ = {2: "the shape (C)", 3: "the shape (T, C)", 4: "the shape (H, W, C)"}
"""What Keras' layers read, by the number of axes, that of the batch included."""


def why_unfit(layer: keras.layers.Layer, shape: Sequence[int | None], error: Exception) -> str:
    """Names what does not fit: the window of a convolution or pooling, or the number of axes; else Keras' words.

    shape: that of one example. error: what Keras said when it was to read that.
    """
    axes = _axes_read(layer)
    if axes is not None and axes != len(shape) + 1:
        return f"it reads examples of {_READ.get(axes, f'{axes - 1} axes')}"
    window = _window(layer)
    places = shape[:-1]
    if window is not None and any(size is not None and wide > size for wide, size in zip(window, places, strict=False)):
        kind = "kernel" if hasattr(layer, "kernel_size") else "pool"
        return f"its {kind} of {shape_text(window)} does not fit into {shape_text(places)}"
    return first_line(error)


def _axes_read(layer: keras.layers.Layer) -> int | None:
    spec: Any = layer.input_spec
    if spec is None or isinstance(spec, list | tuple):
        return None
    if spec.ndim is not None:
        return int(spec.ndim)
    # Of a convolution the least number of axes is the only one that makes sense; a dense layer reads any.
    return int(spec.min_ndim) if spec.min_ndim is not None and hasattr(layer, "kernel_size") else None


def _window(layer: keras.layers.Layer) -> tuple[int, ...] | None:
    """How many places a layer sees at once along each axis; None where it fills up the edges."""
    if getattr(layer, "padding", None) != "valid":
        return None
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    dilation = getattr(layer, "dilation_rate", None) or (1,) * len(window or ())
    return tuple((wide - 1) * step + 1 for wide, step in zip(window, dilation, strict=True)) if window else None
