"""Labels as intervals and as one for each sample: both say the same."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dlcli.datasets.sensors.intervals import Interval, runs_of, to_stretches


@given(st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.integers(1, 9)), min_size=1, max_size=12))
def test_runs_are_the_labels_and_intervals_give_the_same(runs: list[tuple[str, int]]) -> None:
    labels = np.repeat([label for label, _ in runs], [length for _, length in runs])
    stretches = runs_of(labels)
    again = np.full(len(labels), "")
    for label, first, end in stretches:
        assert (again[first:end] == "").all()
        again[first:end] = label
    np.testing.assert_array_equal(again, labels)
    assert all(one[2] < two[1] or one[0] != two[0] for one, two in pairwise(stretches))
    if len(labels) > 1:
        clock = 3.7 + np.arange(len(labels)) / 30
        rounded = [Interval(a, round(3.7 + b / 30, 5), round(3.7 + c / 30, 5), "") for a, b, c in stretches]
        assert to_stretches(rounded[::-1], clock) == stretches
