"""What the training split alone tells of the numbers of examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.rows import Rows, blocks

Normalize = Literal["standard", "range", "none"]


def channel_statistics(x: NDArray[Any] | Rows, normalize: Normalize = "standard") -> tuple[list[float], list[float]]:
    """What is taken off each channel (the last axis) and the square of what it is divided by.

    Mean and variance, or the least value and the squared range. NaN is left out. A constant channel is divided by 1.
    """
    if normalize == "range":
        offset = np.nanmin([np.nanmin(flat, axis=0) for flat in _flat(x)], axis=0)
        squared = (np.nanmax([np.nanmax(flat, axis=0) for flat in _flat(x)], axis=0) - offset) ** 2
    else:
        count = sum(np.isfinite(flat).sum(axis=0) for flat in _flat(x))
        offset = sum(np.nansum(flat, axis=0) for flat in _flat(x)) / count
        squared = sum(np.nansum((flat - offset) ** 2, axis=0) for flat in _flat(x)) / count
    return offset.tolist(), np.where(squared > 0, squared, 1.0).tolist()


def _flat(x: NDArray[Any] | Rows) -> Iterator[NDArray[np.float64]]:
    for block in blocks(x):
        yield block.reshape(-1, x.shape[-1]).astype(np.float64)
