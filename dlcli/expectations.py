"""Whether an experiment reached the scores it is expected to reach."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dlcli.metrics.names import FALLING
from dlcli.metrics.spec import MetricSpec


@dataclass(frozen=True)
class Verdict:
    """One expected score against the one that was reached."""

    score: str
    expected: float
    reached: float
    falls: bool | None = None
    """Whether less is better; if None, it is of a loss and of errors, such as rmse."""

    @property
    def met(self) -> bool:
        """At least the expected score; for a loss or an error, at most."""
        return self.reached <= self.expected if self._falls else self.reached >= self.expected

    @property
    def _falls(self) -> bool:
        return self.score.endswith(FALLING) if self.falls is None else self.falls

    def __str__(self) -> str:
        bound = "at most" if self._falls else "at least"
        verdict = "met" if self.met else "MISSED"
        return f"{self.score} {bound} {self.expected:g}: {verdict} ({self.reached:.4f})"


def judge(
    expect: Mapping[str, float], scores: Mapping[str, float], metrics: Collection[MetricSpec] = ()
) -> list[Verdict]:
    """A verdict on each expected score that is among the scores reached, such as `test_accuracy`.

    metrics: those that the spec asks for; they say themselves whether less is better.
    """
    falls = {metric.name: metric.lower_is_better for metric in metrics}
    return [
        Verdict(name, wanted, scores[name], falls.get(name.partition("_")[2]))
        for name, wanted in expect.items()
        if name in scores
    ]
