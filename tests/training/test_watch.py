"""Whether a metric still improves."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from dlcli.training.watch import Watched


@pytest.mark.parametrize(
    ("metric", "values", "improved"),
    [
        ("val_accuracy", [0.5, 0.4, 0.6, 0.6], [True, False, True, False]),
        ("val_loss", [0.5, 0.6, 0.4, 0.4], [True, False, True, False]),
        ("val_rmse", [2.0, 3.0, 1.0, 1.5], [True, False, True, False]),
        ("val_mae", [2.0, 3.0, 1.0, 1.5], [True, False, True, False]),
    ],
)
def test_accuracy_is_to_rise_all_else_to_fall_and_equal_is_no_better(
    metric: str, values: list[float], improved: list[bool]
) -> None:
    watched = Watched()
    assert [watched.improves(metric, value) for value in values] == improved
    assert (watched.best, watched.stale) == (values[2], 1)


def test_it_counts_what_came_since_the_best_also_after_a_checkpoint() -> None:
    watched = Watched()
    for value in (3.0, 2.0, 2.5, 2.4):
        watched.improves("val_loss", value)
    assert watched.stale == 2
    again = Watched(**json.loads(json.dumps(asdict(watched))))
    assert not again.improves("val_loss", 2.0)
    assert again.stale == 3
