"""Warps with known results."""

from __future__ import annotations

import re

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.augment.affine import Affine
from tests.augment.conftest import distort, examples

ANGLE, SLANT, ZOOM, ACROSS, DOWN = range(5)


def at(number: int, value: float) -> np.ndarray:
    """Numbers that leave all but one amount at zero."""
    u = np.full(5, 0.5)
    u[number] = value
    return u


def test_a_shift_across_by_2_pixels_moves_the_picture_and_repeats_its_edge() -> None:
    x = examples(2, (6, 8, 3))
    moved = distort(Affine(shift_fraction=0.25), x, at(ACROSS, 1.0))
    assert np.allclose(moved[:, :, 2:], x[:, :, :-2], atol=1e-4)
    assert np.allclose(moved[:, :, :2], x[:, :, :1], atol=1e-4)
    assert np.allclose(distort(Affine(shift_fraction=0.25), x, at(ACROSS, 0.0))[:, :, :-2], x[:, :, 2:], atol=1e-4)


def test_a_shift_down_by_2_pixels_moves_the_picture_and_repeats_its_edge() -> None:
    x = examples(2, (8, 6, 3))
    moved = distort(Affine(shift_fraction=0.25), x, at(DOWN, 1.0))
    assert np.allclose(moved[:, 2:], x[:, :-2], atol=1e-4)
    assert np.allclose(moved[:, :2], x[:, :1], atol=1e-4)


def test_half_a_pixel_takes_the_mean_of_two() -> None:
    x = examples(1, (4, 5, 1))
    moved = distort(Affine(shift_fraction=0.1), x, at(ACROSS, 0.0))
    assert np.allclose(moved[:, :, :-1], (x[:, :, :-1] + x[:, :, 1:]) / 2, atol=1e-4)


@pytest.mark.parametrize("side", [7, 8])
def test_a_quarter_turn_is_numpys(side: int) -> None:
    x = examples(2, (side, side, 2))
    for u, turns in ((1.0, 1), (0.0, -1)):
        turned = distort(Affine(rotate_degrees=90), x, at(ANGLE, u))
        assert np.allclose(turned, np.rot90(x, turns, axes=(1, 2)), atol=1e-3)


def test_twice_the_size_shows_the_middle_with_pixels_in_between() -> None:
    x = examples(1, (9, 9, 1))
    large = distort(Affine(zoom_fraction=0.5), x, at(ZOOM, 0.0))  # half the size
    assert np.allclose(large[:, 2:7, 2:7], x[:, ::2, ::2], atol=1e-4)
    ramp = np.broadcast_to(np.arange(9, dtype=np.float32)[:, None], (1, 9, 9))[..., None]
    assert np.allclose(
        distort(Affine(zoom_fraction=0.5), ramp, at(ZOOM, 1.0))[0, :, 4, 0], 4 + (np.arange(9) - 4) / 1.5, atol=1e-4
    )


def test_a_slant_of_45_degrees_moves_each_row_by_its_distance_from_the_middle() -> None:
    x = examples(1, (3, 9, 1))
    slanted = distort(Affine(shear_degrees=45), x, at(SLANT, 1.0))
    assert np.allclose(slanted[:, 1], x[:, 1], atol=1e-4)
    assert np.allclose(slanted[:, 2, 1:], x[:, 2, :-1], atol=1e-4)
    assert np.allclose(slanted[:, 0, :-1], x[:, 0, 1:], atol=1e-4)


def test_an_empty_ground_stays_empty() -> None:
    x = np.zeros((32, 12, 12, 1), np.float32)
    x[:, 4:8, 4:8] = 1
    distorted = distort(Affine(shift_fraction=0.1, rotate_degrees=45, zoom_fraction=0.1), x)
    assert np.allclose(distorted[:, [0, -1]], 0)
    assert np.allclose(distorted[:, :, [0, -1]], 0)
    assert np.allclose(distorted.sum(axis=(1, 2, 3)), 16, rtol=0.3)


def test_doing_nothing_is_refused() -> None:
    message = (
        "one of `shift_fraction` (=0.0), `rotate_degrees` (=0.0), `shear_degrees` (=0.0), `zoom_fraction` (=0.0) "
        "must be above 0"
    )
    with pytest.raises(ValidationError, match=re.escape(message)):
        Affine()
