from __future__ import annotations

import numpy as np
import pytest

from dlcli.models.lenet5 import LeNet5
from tests.models.networks import examples, kinds, network, parameters


def formula(side: int, channels: int, outputs: int) -> int:
    """Convolutions of 5 x 5 to 6, 16 and 120 channels, 84 units, and the head, each with its biases."""
    places = ((side - 4) // 2 - 4) // 2 - 4
    convolutions = 6 * (25 * channels + 1) + 16 * (25 * 6 + 1) + 120 * (25 * 16 + 1)
    return convolutions + 84 * (120 * places**2 + 1) + outputs * (84 + 1)


def test_it_has_the_61706_parameters_of_courses_on_digits_of_32_and_of_28() -> None:
    assert formula(32, 1, 10) == 61_706
    for side in (32, 28):
        assert parameters(network(LeNet5(), (side, side, 1), outputs=10)) == 61_706


@pytest.mark.parametrize(("shape", "side"), [((32, 32, 3), 32), ((5, 9, 2), 32), ((40, 40, 3), 40)])
def test_parameters_follow_the_formula(shape: tuple[int, ...], side: int) -> None:
    assert parameters(network(LeNet5(), shape)) == formula(side, shape[-1], 3)


def test_a_smaller_image_is_framed_evenly_and_a_large_one_is_not() -> None:
    frame = network(LeNet5(), (28, 31, 1)).get_layer("frame")
    x = examples((28, 31, 1))
    np.testing.assert_array_equal(frame(x), np.pad(x, ((0, 0), (2, 2), (0, 1), (0, 0))))
    assert "ZeroPadding2D" not in kinds(network(LeNet5(), (32, 32, 1)))


def test_pooling_takes_the_mean_or_the_largest() -> None:
    assert kinds(network(LeNet5(), (32, 32, 1))).count("AveragePooling2D") == 2
    assert kinds(network(LeNet5(pool="max"), (32, 32, 1))).count("MaxPooling2D") == 2
