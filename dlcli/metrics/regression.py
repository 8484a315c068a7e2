"""How well numbers are predicted, over a whole split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class RegressionReport:
    """RMSE, MAE and R2, overall and of each number.

    true, predicted: (N, D) in units of the target.
    """

    names: tuple[str, ...]
    true: NDArray[np.float64]
    predicted: NDArray[np.float64]

    @property
    def scores(self) -> dict[str, float]:
        """RMSE and MAE over all numbers; R2, the share of variance explained, is the mean of the D numbers' own."""
        rows = self.of_each
        errors = self.predicted - self.true
        return {
            "rmse": float(np.sqrt(np.square(errors).mean())),
            "mae": float(np.abs(errors).mean()),
            "r2": float(np.mean([row["r2"] for row in rows.values()])),
        }

    @property
    def of_each(self) -> dict[str, dict[str, float]]:
        """RMSE, MAE and R2 by the name of the number; R2 of a constant is 0."""
        rows = {}
        for d, name in enumerate(self.names):
            errors = self.predicted[:, d] - self.true[:, d]
            variance = self.true[:, d].var()
            rows[name] = {
                "rmse": float(np.sqrt(np.square(errors).mean())),
                "mae": float(np.abs(errors).mean()),
                "r2": float(1 - np.square(errors).mean() / variance) if variance else 0.0,
            }
        return rows

    def as_json(self) -> dict[str, Any]:
        """The scores of each number."""
        return {"numbers": self.of_each}
