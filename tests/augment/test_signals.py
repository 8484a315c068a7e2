"""Jitter, scale, rotated axes, shifts in time and silent channels, each against what it says of itself."""

from __future__ import annotations

import re

import numpy as np
import pytest

from dlcli.augment.channel_dropout import ChannelDropout
from dlcli.augment.jitter import Jitter
from dlcli.augment.rotate_axes import RotateAxes
from dlcli.augment.scale import Scale
from dlcli.augment.time_shift import TimeShift
from dlcli.errors import UsageError
from tests.augment.conftest import distort, examples


def kurtosis(noise: np.ndarray) -> float:
    return float((noise**4).mean() / (noise**2).mean() ** 2)


@pytest.mark.parametrize("channels", [2, 3])
def test_jitter_is_independent_normal_noise_in_units_of_each_channels_deviation(channels: int) -> None:
    x = examples(400, (25, channels))
    noise = distort(Jitter(deviations=0.1), x) - x
    deviation = x.reshape(-1, channels).std(axis=0)
    assert np.allclose(noise.std(axis=(0, 1)), 0.1 * deviation, rtol=0.03)
    unit = noise.astype(np.float64) / deviation / 0.1
    assert abs(unit.mean()) < 0.03
    assert kurtosis(unit) == pytest.approx(3, abs=0.2)
    flat = np.cov(unit.reshape(400, -1), rowvar=False)
    assert np.abs(flat - np.diag(np.diag(flat))).max() < 0.3


def test_scale_multiplies_each_channel_of_each_example_by_one_factor() -> None:
    x = examples(3000, (4, 3))
    factors = distort(Scale(fraction=0.2), x) / x
    assert np.allclose(factors, factors[:, :1], rtol=1e-3)
    factors = factors[:, 0]
    assert np.allclose(factors.mean(axis=0), 1, atol=0.02)
    assert np.allclose(factors.std(axis=0), 0.2, rtol=0.06)
    assert np.abs(np.corrcoef(factors, rowvar=False) - np.eye(3)).max() < 0.08


def test_rotated_axes_keep_lengths_and_angles_of_vectors_and_turn_all_sensors_alike() -> None:
    x = examples(50, (7, 6))
    x[:, :, 3:] = 2 * x[:, :, :3]
    turned = distort(RotateAxes(degrees=180), x)
    before, after = x.reshape(50, 14, 3), turned.reshape(50, 14, 3)
    assert np.allclose(after @ after.transpose(0, 2, 1), before @ before.transpose(0, 2, 1), rtol=1e-3, atol=1e-2)
    assert np.allclose(turned[:, :, 3:], 2 * turned[:, :, :3], rtol=1e-4, atol=1e-3)


def rotations(degrees: float, count: int) -> np.ndarray:
    """(count, 3, 3): the matrices, read off the three unit vectors."""
    basis = np.broadcast_to(np.eye(3, dtype=np.float32), (count, 3, 3))
    return distort(RotateAxes(degrees=degrees), basis).transpose(0, 2, 1)


def test_rotations_are_proper_and_no_farther_than_asked_by_angles_that_are_uniform() -> None:
    found = rotations(40, 2000)
    assert np.allclose(np.linalg.det(found), 1, atol=1e-5)
    angles = np.degrees(np.arccos(np.clip((np.trace(found, axis1=1, axis2=2) - 1) / 2, -1, 1)))
    assert angles.max() < 40.1
    assert np.quantile(angles, [0.25, 0.5, 0.75]) == pytest.approx([10, 20, 30], abs=2)


def test_axes_point_anywhere_alike() -> None:
    found = rotations(90, 4000)
    axes = np.stack([found[:, i, j] - found[:, j, i] for i, j in ((2, 1), (0, 2), (1, 0))], axis=1)
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    assert np.abs(axes.mean(axis=0)).max() < 0.04
    assert np.allclose(np.cov(axes, rowvar=False), np.eye(3) / 3, atol=0.03)


def test_a_quarter_turn_about_z_takes_x_to_y() -> None:
    x = np.array([[[1, 0, 5]]], np.float32)
    assert np.allclose(distort(RotateAxes(degrees=90), x, [1.0, 1.0, 0.0]), [[[0, 1, 5]]], atol=1e-5)


def test_channels_that_are_not_in_threes_are_refused() -> None:
    with pytest.raises(UsageError, match=r"rotate_axes .* examples here have 4 channels, no multiple of 3"):
        RotateAxes().build((128, 4), np.zeros(4), np.ones(4))


def test_shifts_in_time_repeat_the_edge_and_are_all_equally_likely() -> None:
    x = np.repeat(examples(1, (10, 2)), 7000, axis=0)
    shifted = distort(TimeShift(fraction=0.39), x)
    counts = []
    for shift in range(-3, 4):
        wanted = x[0][np.clip(np.arange(10) - shift, 0, 9)]
        counts.append((shifted == wanted).all(axis=(1, 2)).sum())
    assert sum(counts) == 7000
    assert np.allclose(counts, 1000, atol=5 * 1000**0.5)


def test_a_shift_of_less_than_one_step_is_refused() -> None:
    message = "time_shift's `fraction` (=0.1) of 9 steps is less than one step"
    with pytest.raises(UsageError, match=re.escape(message)):
        TimeShift().build((9, 3), np.zeros(3), np.ones(3))


def test_channels_fall_silent_by_themselves_at_their_rate() -> None:
    x = examples(3000, (5, 3))
    dropped = distort(ChannelDropout(rate=0.3), x)
    silent = (dropped == dropped[:, :1]).all(axis=1)
    assert np.allclose(silent.mean(axis=0), 0.3, atol=0.04)
    assert np.abs(np.corrcoef(silent, rowvar=False) - np.eye(3)).max() < 0.08
    mean = np.broadcast_to(x.mean(axis=(0, 1), dtype=np.float64)[None, None], x.shape)
    assert np.allclose(dropped, np.where(silent[:, None, :], mean, x), rtol=1e-5, atol=1e-5)
