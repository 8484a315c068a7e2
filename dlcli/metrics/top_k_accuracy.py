"""Accuracy of the few most probable classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from dlcli.errors import UsageError
from dlcli.metrics.spec import MetricSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class TopKAccuracy(MetricSpec):
    """Share of examples whose class is among the `k` most probable ones; of equal probabilities the first count.

    Source: Russakovsky et al. 2015, section 4.1, https://doi.org/10.1007/s11263-015-0816-y, as the top-5 error.
    """

    fits: ClassVar[Literal["classes"]] = "classes"

    type: Literal["top_k_accuracy"] = "top_k_accuracy"
    k: Annotated[int, Field(ge=2)] = 5
    """How many classes may be guessed."""

    @property
    def name(self) -> str:
        """Such as `top_5_accuracy`."""
        return f"top_{self.k}_accuracy"

    def score(self, targets: NDArray[Any], predictions: NDArray[np.float64]) -> float:
        """targets: (N,) class numbers, predictions: (N, K) probabilities."""
        import numpy as np

        K = predictions.shape[-1]
        if self.k >= K:
            raise UsageError(f"metrics: top_k_accuracy: `k` (={self.k}) must be less than the number of classes ({K})")
        best = np.argsort(-predictions, axis=-1, kind="stable")[:, : self.k]
        return float((best == targets[:, None]).any(axis=-1).mean())
