"""Which scores a spec may expect."""

from __future__ import annotations

import pytest

from dlcli.spec.load import check
from dlcli.spec.reading import parse
from tests.spec.problems import REST, problem, problems, shown


def test_scores_of_metrics_may_be_expected_of_every_split() -> None:
    text = (
        "metrics: [balanced_accuracy, {type: top_k_accuracy, k: 2}]\n"
        "expect: {test_balanced_accuracy: 0.5, train_top_2_accuracy: 0.5, validation_loss: 1}"
    )
    assert len(check(parse(REST + text, "s.yaml")).expect) == 3


def test_a_score_of_a_metric_that_is_not_asked_for_is_refused() -> None:
    said = shown(REST + "metrics: [{type: top_k_accuracy, k: 2}]\nexpect: {test_top_5_accuracy: 0.5}")
    assert "unknown key 'test_top_5_accuracy' in expect" in said
    assert "did you mean `test_top_2_accuracy`?" in said


def test_wrong_keys_and_wrong_values_are_told_together() -> None:
    said = problems(REST + "expect: {test_acc: 0.5, test_loss: low, test_f1: 1}")
    assert len(said) == 3
    assert "unknown key 'test_acc'" in said[0]
    assert "`expect.test_loss`: expected a number, got 'low'" in said[1]
    assert "unknown key 'test_f1'" in said[2]


def test_where_the_metrics_are_wrong_expected_scores_are_not_judged() -> None:
    assert "unknown type 'balanced'" in problem(REST + "metrics: [balanced]\nexpect: {test_balanced: 0.5}")


@pytest.mark.parametrize("wrong", ["3", "[test_loss]"])
def test_expected_scores_are_keys_and_values(wrong: str) -> None:
    assert "`expect`: expected keys and values" in problem(f"{REST}expect: {wrong}")


def test_a_metric_is_asked_for_once() -> None:
    twice = "metrics: [{type: top_k_accuracy, k: 3}, {type: top_k_accuracy, k: 3}]"
    assert "`top_3_accuracy` is given twice" in problem(REST + twice)
