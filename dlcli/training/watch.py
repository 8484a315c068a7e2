"""Whether a metric still improves."""

from __future__ import annotations

from dataclasses import dataclass

from dlcli.metrics.names import FALLING


@dataclass
class Watched:
    """A metric's best value so far, and for how long it has not improved. Goes into a checkpoint as JSON."""

    best: float | None = None
    stale: int = 0
    """Validations since the best one."""

    def improves(self, metric: str, value: float) -> bool:
        """Takes note of a new value; returns whether it is the best so far: losses and errors fall, all else rises."""
        rises = metric.removeprefix("val_") not in FALLING
        is_best = self.best is None or (value > self.best if rises else value < self.best)
        self.best, self.stale = (value, 0) if is_best else (self.best, self.stale + 1)
        return is_best
