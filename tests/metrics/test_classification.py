"""Scores of a split against counting by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.metrics.classification import ClassificationReport

NAMES = ("a", "b", "c", "d")
_pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=40)


def report(pairs: list[tuple[int, int]]) -> ClassificationReport:
    """Of (true, predicted) pairs."""
    true, predicted = np.array(pairs, np.int64).reshape(-1, 2).T
    return ClassificationReport.of(NAMES, true, predicted)


def ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


@given(_pairs)
def test_every_score_agrees_with_counting_by_hand(pairs: list[tuple[int, int]]) -> None:
    found = report(pairs)
    f1_of_seen = []
    for k, scores in enumerate(found.classes):
        right = sum(t == p == k for t, p in pairs)
        precision = ratio(right, sum(p == k for _, p in pairs))
        recall = ratio(right, sum(t == k for t, _ in pairs))
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        assert scores.name == NAMES[k]
        assert scores.support == sum(t == k for t, _ in pairs)
        assert (scores.precision, scores.recall, scores.f1) == pytest.approx((precision, recall, f1))
        if any(k in pair for pair in pairs):
            f1_of_seen.append(f1)
    assert found.macro_f1 == pytest.approx(sum(f1_of_seen) / len(f1_of_seen) if f1_of_seen else 0.0)
    assert found.accuracy == pytest.approx(ratio(sum(t == p for t, p in pairs), len(pairs)))


@given(_pairs)
def test_rows_are_true_classes_and_columns_predicted_ones(pairs: list[tuple[int, int]]) -> None:
    confusion = report(pairs).confusion
    assert confusion.shape == (4, 4)
    for t in range(4):
        for p in range(4):
            assert confusion[t, p] == pairs.count((t, p))


@given(_pairs, st.permutations(range(4)))
def test_the_order_of_classes_and_examples_changes_no_overall_score(
    pairs: list[tuple[int, int]], order: list[int]
) -> None:
    shuffled = report([(order[t], order[p]) for t, p in reversed(pairs)])
    assert shuffled.accuracy == report(pairs).accuracy
    assert shuffled.macro_f1 == pytest.approx(report(pairs).macro_f1)


def test_a_perfect_prediction_scores_one_even_where_a_class_is_absent() -> None:
    perfect = report([(0, 0), (1, 1), (2, 2)])
    assert perfect.accuracy == perfect.macro_f1 == 1.0


def test_a_class_that_is_only_predicted_counts_against_macro_f1() -> None:
    assert report([(0, 0), (0, 1)]).macro_f1 == pytest.approx((2 / 3 + 0) / 2)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32])
def test_small_integers_do_not_overflow(dtype: type[np.integer]) -> None:
    names = tuple(map(str, range(100)))
    numbers = np.arange(100).astype(dtype)
    assert ClassificationReport.of(names, numbers, numbers).accuracy == 1.0
