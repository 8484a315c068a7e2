"""Whether an experiment reached the scores it is expected to reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dlcli.spec.experiment import Score


@dataclass(frozen=True)
class Verdict:
    """One expected score against the one that was reached."""

    score: str
    expected: float
    reached: float

    @property
    def met(self) -> bool:
        """At least the expected score; for a loss or an error, at most."""
        return self.reached <= self.expected if self._falls else self.reached >= self.expected

    @property
    def _falls(self) -> bool:
        return self.score.endswith(("loss", "rmse", "mae"))

    def __str__(self) -> str:
        bound = "at most" if self._falls else "at least"
        verdict = "met" if self.met else "MISSED"
        return f"{self.score} {bound} {self.expected:g}: {verdict} ({self.reached:.4f})"


def judge(expect: Mapping[Score, float], scores: Mapping[str, float]) -> list[Verdict]:
    """A verdict on each expected score that is among the scores reached, such as `test_accuracy`."""
    return [Verdict(name, wanted, scores[name]) for name, wanted in expect.items() if name in scores]
