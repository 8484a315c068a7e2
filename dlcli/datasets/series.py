"""How a model is told windows of a series, and what it predicts of the values that follow them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Series:
    """Values, their logarithms, or differences of either from the window's last step, to which forecasts are added.

    log: whether logarithms are taken; all values are then above 0. difference: whether differences are.
    target: the channel that is predicted; None if it is not among them, so that there is no difference to take.
    """

    log: bool
    difference: bool
    target: int | None

    def windows(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Windows as they are told, (N, T, C) -> (N, T, C)."""
        told = self._scaled(x)
        return told - told[:, -1:] if self.difference else told

    def targets(self, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float64]:
        """What follows the windows x (N, T, C) as it is predicted, (N, H) -> (N, H)."""
        told = self._scaled(y)
        return told - self._scaled(self._last(x)) if self.difference else told

    def changes(self, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float64]:
        """By how much the values that follow the windows differ from what a model without weights predicts, (N, H).

        In their own units: from the last value, or where no differences are taken from 0.
        """
        values = y.astype(np.float64)
        return values - self._last(x) if self.difference else values

    def _last(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """The last known value of the target, (N, 1)."""
        assert self.target is not None
        last: NDArray[np.float32] = x[:, -1, self.target][:, None]
        return last

    def _scaled(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.log(values.astype(np.float64)) if self.log else values.astype(np.float64)
