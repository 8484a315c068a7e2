"""Signals brought to another rate, and their labels with them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.datasets.sensors.intervals import runs_of
from dlcli.datasets.sensors.sampling import resample


@pytest.mark.parametrize(("rate", "to"), [(50, 20), (20, 50), (100, 50), (44.1, 30), (50, 50)])
def test_resampling_keeps_a_sine_and_the_times_of_labels(rate: float, to: float) -> None:
    samples = int(20 * rate)
    wave = np.sin(2 * np.pi * 1.5 * np.arange(samples) / rate)[:, None] + 3
    bounds = [int(5 * rate), int(12 * rate)]
    changed, [(label, first, end)] = resample(wave, [("a", *bounds)], rate, to)
    times = np.arange(len(changed)) / to
    inner = (times > 1) & (times < 18)
    np.testing.assert_allclose(changed[inner, 0], 3 + np.sin(2 * np.pi * 1.5 * times[inner]), atol=0.02)
    assert label == "a"
    np.testing.assert_allclose([first / to, end / to], np.array(bounds) / rate, atol=0.5 / rate + 1 / to)


@pytest.mark.parametrize("to", [20, 75])
def test_resampling_keeps_a_level_up_to_the_ends(to: float) -> None:
    changed, _ = resample(np.full((200, 1), 9.81), [], 50, to)
    np.testing.assert_allclose(changed, 9.81, rtol=1e-3)


def test_resampling_lets_nothing_fold_down() -> None:
    # 15 Hz does not fit into 20 samples a second; kept, it would look like 5 Hz.
    wave = np.sin(2 * np.pi * 15 * np.arange(1000) / 50)[:, None]
    changed, _ = resample(wave, [], 50, 20)
    assert np.abs(changed[50:-50]).max() < 0.02


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 30)), min_size=1, max_size=8), st.integers(5, 200))
def test_new_samples_have_the_label_of_the_nearest_old_one(runs: list[tuple[str, int]], to: int) -> None:
    labels = np.repeat(["", *(label for label, _ in runs)], [3, *(length for _, length in runs)])
    changed, stretches = resample(np.zeros((len(labels), 1)), runs_of(labels), 50, to)
    new = np.full(len(changed), "")
    for label, first, end in stretches:
        assert (new[first:end] == "").all()
        new[first:end] = label
    nearest = np.minimum(np.round(np.arange(len(new)) * 50 / to).astype(int), len(labels) - 1)
    np.testing.assert_array_equal(new, labels[nearest])
