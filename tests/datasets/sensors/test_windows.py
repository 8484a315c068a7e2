"""The filters and the cutting, on signals whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.datasets.sensors.windows import (
    NOISE_HZ,
    NOISE_ORDER,
    cut_windows,
    inertial_channels,
    low_pass,
    median_of_three,
    step_between,
)
from dlcli.errors import DataError

RATE = 50.0


def sine(hz: float, seconds: float = 60.0) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(seconds * RATE) / RATE)[:, None]


def gain(filtered: np.ndarray, signal: np.ndarray) -> float:
    """Ratio of amplitudes, once the start is over."""
    settled = slice(len(signal) // 2, None)
    return float(filtered[settled].std() / signal[settled].std())


def test_median_removes_a_lone_outlier_and_nothing_else() -> None:
    ramp = np.arange(10.0)[:, None].repeat(2, axis=1)
    spiked = ramp.copy()
    spiked[4, 1] = 100
    expected = ramp.copy()
    expected[4:6, 1] = 5, 6  # each takes its larger neighbour
    np.testing.assert_array_equal(median_of_three(spiked), expected)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30))
def test_median_agrees_with_sorting(values: list[float]) -> None:
    signal = np.array(values)[:, None]
    inner = [sorted(values[i - 1 : i + 2])[1] for i in range(1, len(values) - 1)]
    expected = [values[0], *inner, values[-1]] if len(values) > 1 else values
    np.testing.assert_array_equal(median_of_three(signal)[:, 0], expected)


@pytest.mark.parametrize(
    ("hz", "low", "high"),
    [(0.03, 0.999, 1.001), (0.3, 0.70, 0.714), (3.0, 0.0, 0.0015)],
    ids=["pass", "corner", "stop"],
)
def test_low_pass_response(hz: float, low: float, high: float) -> None:
    signal = sine(hz, seconds=200)
    assert low <= gain(low_pass(signal, 0.3, 3, RATE), signal) <= high


def test_low_pass_keeps_a_constant_once_started() -> None:
    filtered = low_pass(np.ones((1000, 1)), 0.3, 3, RATE)
    assert abs(filtered[0, 0]) < 1e-3
    np.testing.assert_allclose(filtered[-100:], 1, atol=1e-4)


@pytest.mark.parametrize("cutoff", [25.0, 30.0, 0.0])
def test_low_pass_refuses_a_cutoff_outside_the_band(cutoff: float) -> None:
    with pytest.raises(
        DataError, match=rf"`cutoff_hz` \(={cutoff}\) must lie between 0 and half of `rate_hz` \(=50.0\)"
    ):
        low_pass(np.zeros((10, 1)), cutoff, 3, RATE)


def test_recordings_sampled_too_slowly_are_refused() -> None:
    with pytest.raises(DataError, match=r"`cutoff_hz` \(=20.0\) .* `rate_hz` \(=25.0\)"):
        inertial_channels(np.zeros((10, 3)), np.zeros((10, 3)), 25.0)


def channels(hz: float) -> tuple[np.ndarray, np.ndarray]:
    """A sine on every axis of both sensors, and its nine channels."""
    signal = sine(hz, seconds=120).repeat(3, axis=1)
    return signal, inertial_channels(signal, signal, RATE)


def test_movement_is_body_acceleration_and_tilting_is_gravity() -> None:
    fast, moved = channels(5.0)
    assert gain(moved[:, 0:3], fast) == pytest.approx(1, abs=0.06)  # the median of three takes a little
    assert gain(moved[:, 6:9] - moved[:, 0:3], fast) < 0.001
    slow, tilted = channels(0.1)
    assert gain(tilted[:, 6:9] - tilted[:, 0:3], slow) == pytest.approx(1, abs=0.002)
    assert gain(tilted[:, 6:9], slow) == pytest.approx(1, abs=0.002)


def test_angular_velocity_keeps_movement_and_loses_drift() -> None:
    fast, turned = channels(5.0)
    assert gain(turned[:, 3:6], fast) == pytest.approx(1, abs=0.06)
    slow, drifted = channels(0.005)
    assert gain(drifted[:, 3:6], slow) < 0.1


def test_noise_above_twenty_hertz_is_gone() -> None:
    assert gain(low_pass(sine(23.0), NOISE_HZ, NOISE_ORDER, RATE), sine(23.0)) < 0.001
    assert gain(low_pass(sine(17.0), NOISE_HZ, NOISE_ORDER, RATE), sine(17.0)) == pytest.approx(1, abs=0.001)


def test_a_later_sample_changes_nothing_earlier_but_its_neighbour() -> None:
    rng = np.random.default_rng(0)
    acceleration, turning = rng.normal(size=(2, 400, 3))
    before = inertial_channels(acceleration, turning, RATE)
    acceleration[300:] += 5
    turning[300:] -= 5
    after = inertial_channels(acceleration, turning, RATE)
    np.testing.assert_array_equal(after[:299], before[:299])  # the median of three looks one sample ahead
    assert (after[300:] != before[300:]).all()


@pytest.mark.parametrize(("overlap", "step"), [(0.0, 128), (0.5, 64), (0.75, 32), (0.999, 1)])
def test_step_between_windows(overlap: float, step: int) -> None:
    assert step_between(128, overlap) == step


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 60)), min_size=0, max_size=5),
    st.integers(1, 20),
    st.integers(1, 25),
)
def test_windows_lie_inside_their_segment(lengths: list[tuple[int, int]], window: int, step: int) -> None:
    ends = np.cumsum([length for _, length in lengths], dtype=np.int64)
    segments = np.array(
        [[label, end - length, end] for (label, length), end in zip(lengths, ends, strict=True)], np.int32
    )
    segments = segments.reshape(-1, 3)
    time = np.arange(400.0)[:, None]
    x, y = cut_windows(time, segments, window, step)
    expected = [
        (label, start) for label, first, end in segments.tolist() for start in range(first, end - window + 1, step)
    ]
    assert x.dtype == np.float32
    assert x.shape == (len(expected), window, 1)
    assert y.tolist() == [label for label, _ in expected]
    for each, (_, start) in zip(x, expected, strict=True):
        np.testing.assert_array_equal(each[:, 0], np.arange(start, start + window))
