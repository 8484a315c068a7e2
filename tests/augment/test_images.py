"""Flip, crop, cutout and elastic, each against what it says of itself."""

from __future__ import annotations

import re

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.augment.crop import Crop
from dlcli.augment.cutout import Cutout
from dlcli.augment.elastic import Elastic
from dlcli.augment.flip import Flip
from dlcli.errors import UsageError
from tests.augment.conftest import distort, examples


def test_a_flip_swaps_left_and_right_or_top_and_bottom_or_both() -> None:
    x = examples(1, (3, 4, 2))
    assert (distort(Flip(), x, 0.9) == x[:, :, ::-1]).all()
    assert (distort(Flip(horizontal=False, vertical=True), x, 0.9) == x[:, ::-1]).all()
    assert (distort(Flip(vertical=True), x, [0.9, 0.1]) == x[:, :, ::-1]).all()
    assert (distort(Flip(vertical=True), x, [0.9, 0.9]) == x[:, ::-1, ::-1]).all()


def test_half_of_all_images_are_flipped() -> None:
    x = np.repeat(examples(1, (2, 2, 1)), 4000, axis=0)
    flipped = (distort(Flip(), x) != x).any(axis=(1, 2, 3)).mean()
    assert abs(flipped - 0.5) < 4 * 0.5 / 4000**0.5


def test_a_flip_in_no_direction_is_refused() -> None:
    message = "one of `horizontal` (=false) and `vertical` (=false) must be true"
    with pytest.raises(ValidationError, match=re.escape(message)):
        Flip(horizontal=False)


@pytest.mark.parametrize("padding", ["mean", "reflect"])
def test_crops_are_those_of_a_padded_image_at_every_place_alike(padding: str) -> None:
    x = np.repeat(examples(1, (4, 5, 2)), 9000, axis=0)
    pads = ((2, 2), (2, 2), (0, 0))
    padded = np.pad(x[0], pads, mode="reflect")
    if padding == "mean":
        padded = np.broadcast_to(x[0].mean(axis=(0, 1), dtype=np.float64), padded.shape).astype(np.float32)
        padded[2:-2, 2:-2] = x[0]
    cropped = distort(Crop.model_validate({"padding_pixels": 2, "padding": padding}), x)
    counts = []
    for top in range(5):
        for left in range(5):
            wanted = padded[top : top + 4, left : left + 5]
            counts.append(np.isclose(cropped, wanted, atol=1e-5).all(axis=(1, 2, 3)).sum())
    assert sum(counts) == 9000
    assert np.allclose(counts, 9000 / 25, atol=5 * (9000 / 25) ** 0.5)


def test_padding_as_large_as_the_image_is_refused() -> None:
    assert distort(Crop(padding_pixels=3, padding="reflect"), examples(2, (4, 5, 1))).shape == (2, 4, 5, 1)
    message = "crop's `padding_pixels` (=4) must be below 4; images here have 4x5 pixels"
    with pytest.raises(UsageError, match=re.escape(message)):
        Crop().build((4, 5, 1), np.zeros(1), np.ones(1))


@pytest.mark.parametrize("size", [2, 3])
def test_a_hole_has_its_size_around_its_centre_and_is_filled_with_the_mean(size: int) -> None:
    x = examples(1, (8, 8, 2))
    hole = distort(Cutout(size_pixels=size), x, [0.5, 0.3])  # the centre is in row 4, column 2
    expected = x.copy()
    expected[:, 3 : 3 + size, 1 : 1 + size] = x.mean(axis=(0, 1, 2), dtype=np.float64)
    assert np.allclose(hole, expected, atol=1e-5)


def test_a_hole_may_lie_partly_outside() -> None:
    x = examples(1, (8, 8, 1))
    changed = (distort(Cutout(size_pixels=4), x, 0.0) != x)[0, :, :, 0]
    assert changed.sum() == 4
    assert changed[:2, :2].all()


def test_every_pixel_is_the_centre_equally_often() -> None:
    x = np.repeat(examples(1, (4, 5, 1)), 8000, axis=0)
    holes = (distort(Cutout(size_pixels=1), x) != x)[..., 0]
    assert (holes.sum(axis=(1, 2)) == 1).all()
    assert np.allclose(holes.sum(axis=0), 400, atol=5 * 20)


def test_a_hole_larger_than_the_image_is_refused() -> None:
    message = "cutout's `size_pixels` (=8) must be at most 6; images here have 6x9 pixels"
    with pytest.raises(UsageError, match=re.escape(message)):
        Cutout().build((6, 9, 1), np.zeros(1), np.ones(1))


def displacements(spec: Elastic, count: int, side: int) -> np.ndarray:
    """(count, side, side, 2): how far each pixel of the result is from its source, read off two ramps."""
    ramp = np.broadcast_to(np.arange(side, dtype=np.float32), (side, side))
    x = np.broadcast_to(np.stack([ramp.T, ramp], axis=-1), (count, side, side, 2))
    return distort(spec, x) - x


def test_an_elastic_field_has_the_width_it_is_said_to_have_and_is_smooth() -> None:
    field = displacements(Elastic(alpha_pixels=20, sigma_pixels=3), 200, 41)[:, 16:25, 16:25]
    assert abs(field.mean()) < 0.1
    assert field.std() == pytest.approx(0.163 * 20 / 3, rel=0.1)
    # Neighbours at distance d have the correlation exp(-d² / 4 sigma²) of a field smoothed with sigma.
    for distance in (1, 3, 6):
        alike = np.corrcoef(field[:, :-distance].ravel(), field[:, distance:].ravel())[0, 1]
        assert alike == pytest.approx(np.exp(-(distance**2) / 36), abs=0.06)
    assert abs(np.corrcoef(field[..., 0].ravel(), field[..., 1].ravel())[0, 1]) < 0.1


def test_elastic_fields_of_examples_have_nothing_in_common() -> None:
    field = displacements(Elastic(alpha_pixels=20, sigma_pixels=3), 200, 21)[:, 10, 10, 0]
    assert abs(np.corrcoef(field[:-1], field[1:])[0, 1]) < 0.25
