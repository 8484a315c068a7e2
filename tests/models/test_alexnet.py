from __future__ import annotations

import pytest

from dlcli.errors import UsageError
from dlcli.models.alexnet import AlexNet
from tests.models.networks import network, parameters

SMALL = AlexNet(filters=(2, 3, 4, 5, 6), dense_units=(7, 8))


def formula(spec: AlexNet, kernel: int, places: int, channels: int, outputs: int) -> int:
    """Convolutions and dense layers, each with its biases. places: of what the last pooling gives."""
    total = 0
    for width, filters in zip((kernel, 5, 3, 3, 3), spec.filters, strict=True):
        total += filters * (width**2 * channels + 1)
        channels = filters
    inputs = places * channels
    for units in (*spec.dense_units, outputs):
        total += units * (inputs + 1)
        inputs = units
    return total


def test_it_has_the_parameters_of_one_tower_as_published_for_227_x_227() -> None:
    assert formula(AlexNet(), 11, 36, 3, 1000) == 62_378_344
    model = network(SMALL, (227, 227, 3))
    assert model.get_layer("conv_1").output.shape == (None, 55, 55, 2)
    assert model.get_layer("pool_3").output.shape == (None, 6, 6, 6)
    assert parameters(model) == formula(SMALL, 11, 36, 3, 3)


@pytest.mark.parametrize(
    ("shape", "kernel", "stride", "places"),
    [((19, 19, 1), 5, 1, 1), ((28, 28, 1), 5, 1, 4), ((32, 40, 3), 5, 1, 6), ((96, 96, 3), 7, 2, 16),
     ((150, 150, 3), 9, 3, 25), ((192, 300, 3), 11, 4, 32)],
)  # fmt: skip
def test_the_first_convolution_is_scaled_to_the_input(
    shape: tuple[int, ...], kernel: int, stride: int, places: int
) -> None:
    model = network(SMALL, shape)
    first = model.get_layer("conv_1")
    assert (first.kernel_size, first.strides) == ((kernel, kernel), (stride, stride))
    assert parameters(model) == formula(SMALL, kernel, places, shape[-1], 3)


@pytest.mark.parametrize("shape", [(18, 40, 3), (40, 18, 3)])
def test_too_small_an_image_is_refused_with_both_sizes(shape: tuple[int, ...]) -> None:
    told = "x".join(map(str, shape))
    with pytest.raises(
        UsageError, match=rf"^model: alexnet reads images of at least 19x19 pixels; here they are {told}$"
    ):
        network(SMALL, shape)
