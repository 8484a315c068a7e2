"""What a metric that a spec asks for can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from dlcli.component import Component

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class MetricSpec(Component):
    """A further score of whole splits, computed when training is over and by `dlcli eval`."""

    fits: ClassVar[Literal["classes", "numbers", "both"]] = "both"
    """Whether it judges classes, numbers or both."""
    lower_is_better: ClassVar[bool] = False
    """Whether `expect` is a ceiling instead of a floor."""

    type: str

    @property
    def name(self) -> str:
        """What the score is called, as in `expect: {test_<name>: 0.9}`."""
        return self.type

    def score(self, targets: NDArray[Any], predictions: NDArray[np.float64]) -> float:
        """The score of a split.

        Of classes: targets (N,) class numbers, predictions (N, K) probabilities. Of numbers: both (N, D), in their
        own units.
        """
        raise NotImplementedError
