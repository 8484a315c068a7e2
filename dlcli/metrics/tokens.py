"""How well the tokens of a text are foretold, over a whole split."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class TokenReport:
    """Nats per token, perplexity and accuracy, over all tokens and by their place in a window.

    counts, nats, right: (T,) of each place: how many tokens were foretold there, their cross-entropies together, and
    for how many the most probable token was the right one.
    """

    counts: NDArray[np.int64]
    nats: NDArray[np.float64]
    right: NDArray[np.int64]

    @property
    def scores(self) -> dict[str, float]:
        """The mean cross-entropy of a token in nats, e to the power of that, and the share foretold exactly."""
        tokens = max(1, int(self.counts.sum()))
        nats = float(self.nats.sum() / tokens)
        perplexity = math.exp(min(nats, 700.0))  # what is beyond is no float
        return {"nats_per_token": nats, "perplexity": perplexity, "accuracy": float(self.right.sum() / tokens)}

    @property
    def nats_by_place(self) -> NDArray[np.float64]:
        """Mean cross-entropy of the tokens foretold after 1, 2, ... tokens of a window, (T,); NaN where none were."""
        return np.where(self.counts > 0, self.nats / np.maximum(self.counts, 1), np.nan)

    def as_json(self) -> dict[str, Any]:
        """How many tokens were foretold, and how well after how many others."""
        by_place = [None if math.isnan(value) else value for value in self.nats_by_place.tolist()]
        return {"tokens": int(self.counts.sum()), "nats_by_place": by_place}
