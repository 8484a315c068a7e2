"""Accuracy in which every class counts the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from dlcli.metrics.spec import MetricSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class BalancedAccuracy(MetricSpec):
    """Mean over the classes of the share of their examples whose class is predicted; absent classes are left out.

    Source: Brodersen et al. 2010, https://doi.org/10.1109/ICPR.2010.764.
    """

    fits: ClassVar[Literal["classes"]] = "classes"

    type: Literal["balanced_accuracy"] = "balanced_accuracy"

    def score(self, targets: NDArray[Any], predictions: NDArray[np.float64]) -> float:
        """targets: (N,) class numbers, predictions: (N, K) probabilities."""
        import numpy as np

        right = predictions.argmax(axis=-1) == targets
        return float(np.mean([right[targets == k].mean() for k in np.unique(targets)]))
