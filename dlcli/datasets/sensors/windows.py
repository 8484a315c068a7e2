"""Signal processing of inertial recordings: filters against noise, gravity and drift, and cutting into windows.

Plain functions on arrays. T is the number of samples of a recording, C of its channels, N of windows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlcli.errors import DataError

NOISE_HZ, NOISE_ORDER = 20.0, 10
GRAVITY_HZ, GRAVITY_ORDER = 0.3, 3
DRIFT_HZ, DRIFT_ORDER = 0.1, 2


def median_of_three(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each sample replaced by the median of itself and its two neighbours, channel by channel.

    signal: (T, C), T >= 1 -> (T, C). A lone outlier disappears. The first and last samples stay as they are.
    """
    result = signal.copy()
    before, here, after = signal[:-2], signal[1:-1], signal[2:]
    low, high = np.minimum(before, here), np.maximum(before, here)
    result[1:-1] = np.maximum(low, np.minimum(high, after))
    return result


def low_pass(signal: NDArray[np.float64], cutoff_hz: float, order: int, rate_hz: float) -> NDArray[np.float64]:
    """Causal Butterworth low-pass along time, starting from rest.

    signal: (T, C) -> (T, C), in the signal's unit. Amplitude at `cutoff_hz` is 0.71. Starting from rest, the output
    climbs from zero to the level of the signal in roughly `1 / cutoff_hz` seconds.
    Raises DataError where `cutoff_hz` is not between 0 and half the sampling rate.
    """
    from scipy import signal as sp

    if not 0 < cutoff_hz < rate_hz / 2:
        raise DataError(f"`cutoff_hz` (={cutoff_hz}) must lie between 0 and half of `rate_hz` (={rate_hz})")
    sections = sp.butter(order, cutoff_hz, fs=rate_hz, output="sos")
    filtered: NDArray[np.float64] = sp.sosfilt(sections, signal, axis=0)
    return filtered


def inertial_channels(
    acceleration: NDArray[np.float64], angular_velocity: NDArray[np.float64], rate_hz: float
) -> NDArray[np.float64]:
    """The nine channels of UCI HAR from one raw recording: body acceleration, angular velocity, total acceleration.

    acceleration: (T, 3) g; angular_velocity: (T, 3) rad/s -> (T, 9), axes x y z within each. Total acceleration and
    angular velocity pass a median of 3 and a 20 Hz low-pass. What a 0.3 Hz low-pass leaves of the total acceleration
    is gravity; body acceleration is the rest. From the angular velocity its own 0.1 Hz low-pass is taken off.
    All filters run forward in time and start from rest: give them several seconds before the first sample of interest.
    Raises DataError where the sampling rate is too low for the 20 Hz filter.
    Source: Anguita et al. 2013, ESANN, section 3, and features_info.txt of UCI HAR. Differs: they name order 3 for the
    20 Hz filter and do not speak of the 0.1 Hz filter; but it is with order 10, and order 2 at 0.1 Hz, that the raw
    recordings turn into their published windows to the last printed digit (see tests/datasets/test_hapt.py).
    """
    total = low_pass(median_of_three(acceleration), NOISE_HZ, NOISE_ORDER, rate_hz)
    gravity = low_pass(total, GRAVITY_HZ, GRAVITY_ORDER, rate_hz)
    turning = low_pass(median_of_three(angular_velocity), NOISE_HZ, NOISE_ORDER, rate_hz)
    drift = low_pass(turning, DRIFT_HZ, DRIFT_ORDER, rate_hz)
    return np.concatenate([total - gravity, turning - drift, total], axis=1)


def step_between(window: int, overlap: float) -> int:
    """Samples from the start of one window to the start of the next: the part not shared, rounded, at least 1."""
    return max(1, round(window * (1 - overlap)))


def cut_windows(
    signal: NDArray[np.float64], segments: NDArray[np.int32], window: int, step: int
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Windows of `window` samples, the first at the start of each segment, then every `step` samples inside it.

    signal: (T, C); segments: (S, 3) rows of label, first sample, end (the sample after the last)
    -> windows (N, window, C) float32 in the order of the segments, and their labels (N,).
    What remains at the end of a segment and is shorter than a window is left out.
    """
    starts = [np.arange(first, end - window + 1, step) for _, first, end in segments]
    labels = np.repeat(segments[:, 0], [len(each) for each in starts])
    rows = np.concatenate([np.empty(0, np.int64), *starts])[:, None] + np.arange(window)
    return signal.astype(np.float32)[rows], labels
