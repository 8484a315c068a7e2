from __future__ import annotations

import math

import numpy as np
import pytest

from dlcli.metrics.tokens import TokenReport


def test_scores_are_over_all_tokens_and_by_place():
    report = TokenReport(np.array([4, 2, 0]), np.array([4.0, 5.0, 0.0]), np.array([1, 2, 0]))
    assert report.scores == {
        "nats_per_token": pytest.approx(1.5),
        "perplexity": pytest.approx(math.exp(1.5)),
        "accuracy": pytest.approx(0.5),
    }
    assert report.as_json() == {"tokens": 6, "nats_by_place": [1.0, 2.5, None]}


def test_a_perplexity_beyond_all_numbers_is_a_very_large_one():
    report = TokenReport(np.array([1]), np.array([1e6]), np.array([0]))
    assert math.isfinite(report.scores["perplexity"])
