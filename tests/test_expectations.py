"""Whether expected scores count as reached."""

from __future__ import annotations

from typing import ClassVar, Literal

import pytest

from dlcli.expectations import Verdict, judge
from dlcli.metrics.spec import MetricSpec


@pytest.mark.parametrize(
    ("score", "expected", "reached", "met"),
    [
        ("test_accuracy", 0.9, 0.91, True),
        ("test_accuracy", 0.9, 0.9, True),
        ("test_accuracy", 0.9, 0.89, False),
        ("test_loss", 0.3, 0.29, True),
        ("test_loss", 0.3, 0.3, True),
        ("test_loss", 0.3, 0.31, False),
        ("test_accuracy", 0.9, float("nan"), False),
        ("test_loss", 0.3, float("nan"), False),
    ],
)
def test_a_score_is_a_floor_and_a_loss_a_ceiling(score: str, expected: float, reached: float, met: bool) -> None:
    assert Verdict(score, expected, reached).met is met


def test_a_verdict_says_what_was_reached_and_what_was_expected() -> None:
    assert str(Verdict("test_accuracy", 0.9, 0.87654)) == "test_accuracy at least 0.9: MISSED (0.8765)"
    assert str(Verdict("test_loss", 0.5, 0.25)) == "test_loss at most 0.5: met (0.2500)"


def test_only_scores_that_were_reached_are_judged_in_the_order_expected() -> None:
    wanted = {"test_loss": 1.0, "test_macro_f1": 0.5, "test_accuracy": 0.9}
    verdicts = judge(wanted, {"test_accuracy": 1.0, "test_loss": 2.0})
    assert [verdict.score for verdict in verdicts] == ["test_loss", "test_accuracy"]


def test_a_metric_says_itself_whether_less_is_better() -> None:
    class Misses(MetricSpec):
        lower_is_better: ClassVar[bool] = True
        type: Literal["misses"] = "misses"

    class GradeOfMae(MetricSpec):
        type: Literal["grade_of_mae"] = "grade_of_mae"

    wanted = {"test_misses": 0.2, "validation_grade_of_mae": 0.5, "test_mae": 3.0}
    reached = {"test_misses": 0.1, "validation_grade_of_mae": 0.7, "test_mae": 2.0}
    verdicts = judge(wanted, reached, [Misses(), GradeOfMae()])
    assert [verdict.met for verdict in verdicts] == [True, True, True]
    assert str(verdicts[0]) == "test_misses at most 0.2: met (0.1000)"
    assert str(verdicts[1]) == "validation_grade_of_mae at least 0.5: met (0.7000)"
