"""Where a training stands."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from dlcli.training.watch import Watched

Row = dict[str, float]
"""One validation: epoch, step, loss, accuracy, ..., val_loss, val_accuracy, ..., learning_rate, time (s since 1970).

With `on_nan: skip` also skipped: the steps passed over since the validation before.
"""


@dataclass
class Progress:
    """Where a training stands, as it goes into a checkpoint (JSON)."""

    step: int = 0
    totals: list[float] = field(default_factory=list)
    """Since the last validation."""
    skipped: int = 0
    """Steps passed over because of numbers that were not finite."""
    skipped_told: int = 0
    """Those of them that a row has told of."""
    skipped_in_a_row: int = 0
    """Those of all just before this step."""
    kept_epoch: int = 0
    """The epoch whose model is kept, from 1."""
    keeping: Watched = field(default_factory=Watched)
    """The metric by which a model is kept, where it is by one."""
    stopping: Watched = field(default_factory=Watched)
    """The metric that early stopping watches."""
    plateau: Watched = field(default_factory=Watched)
    """The metric that a `plateau` schedule watches."""
    stopped: bool = False
    """Whether training ended before all epochs were over."""
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    """The states of Keras' callbacks, as `callbacks.states` has them."""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Progress:
        """From what a checkpoint holds."""
        watched = {name: Watched(**stored[name]) for name in ("keeping", "stopping", "plateau")}
        return cls(**(stored | watched))

    def as_json(self) -> dict[str, Any]:
        """For a checkpoint."""
        return asdict(self)
