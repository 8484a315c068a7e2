"""The metrics that a spec asks for, against counting by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.errors import UsageError
from dlcli.metrics.balanced_accuracy import BalancedAccuracy
from dlcli.metrics.spec import MetricSpec
from dlcli.metrics.top_k_accuracy import TopKAccuracy

_cases = st.lists(st.tuples(st.integers(0, 3), st.permutations(range(4))), min_size=1, max_size=30)


def split(cases: list[tuple[int, list[int]]]) -> tuple[np.ndarray, np.ndarray]:
    """Targets and probabilities; a case is a class, and for each class its rank, of which the highest is predicted."""
    targets = np.array([target for target, _ in cases])
    return targets, np.array([rank for _, rank in cases]) / 6


@given(_cases)
def test_balanced_accuracy_is_the_mean_of_the_classes_recall(cases: list[tuple[int, list[int]]]) -> None:
    recalls = []
    for k in {target for target, _ in cases}:
        of_class = [rank[k] == 3 for target, rank in cases if target == k]
        recalls.append(sum(of_class) / len(of_class))
    assert BalancedAccuracy().score(*split(cases)) == pytest.approx(sum(recalls) / len(recalls))


@given(_cases, st.integers(2, 3))
def test_top_k_accuracy_counts_the_k_most_probable(cases: list[tuple[int, list[int]]], k: int) -> None:
    right = [rank[target] >= 4 - k for target, rank in cases]
    assert TopKAccuracy(k=k).score(*split(cases)) == pytest.approx(sum(right) / len(right))


def test_of_equal_probabilities_the_first_classes_count() -> None:
    assert TopKAccuracy(k=2).score(np.arange(4), np.full((4, 4), 0.25)) == 0.5


def test_as_many_guesses_as_classes_would_always_be_right() -> None:
    with pytest.raises(UsageError, match=r"top_k_accuracy: `k` \(=4\) must be less than the number of classes \(4\)"):
        TopKAccuracy(k=4).score(np.arange(4), np.full((4, 4), 0.25))


def test_the_score_of_k_guesses_is_called_after_k() -> None:
    assert (TopKAccuracy(k=3).name, BalancedAccuracy().name) == ("top_3_accuracy", "balanced_accuracy")


def test_a_metric_without_a_score_is_none() -> None:
    with pytest.raises(NotImplementedError):
        MetricSpec(type="nothing").score(np.arange(2), np.ones((2, 2)))
