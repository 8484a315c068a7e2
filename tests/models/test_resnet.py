from __future__ import annotations

import re

import keras
import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.models.resnet import ResNet
from tests.models.networks import examples, network, parameters


@pytest.mark.parametrize("depth", [8, 14, 20])
@pytest.mark.parametrize(("shape", "width"), [((33, 2), 3), ((9, 7, 2), 9)])
def test_depth_counts_the_layers_on_the_way_and_the_parameters_follow_the_formula(depth, shape, width):
    f, n = 4, (depth - 2) // 6
    model = network(ResNet(depth=depth, filters=f), shape)
    named = [layer.name for layer in model.layers]
    assert sum(name.startswith("conv_") for name in named) + 1 == depth
    assert sum(name.startswith("add_") for name in named) == 3 * n
    # A convolution has a kernel and its batch norm two numbers a channel.
    stages = [2 * n * (width * c * c + 2 * c) for c in (f, 2 * f, 4 * f)]
    stages = [sum(stages)] + [(c * 2 * c - 2 * c * 2 * c) * width + c * 2 * c + 2 * 2 * c for c in (f, 2 * f)]
    assert parameters(model) == width * shape[-1] * f + 2 * f + sum(stages) + 4 * f * 3 + 3


def test_stages_halve_the_places_and_double_the_channels():
    model = network(ResNet(depth=14, filters=4), (9, 7, 2))
    shapes = [model.get_layer(f"add_{n}").output.shape[1:] for n in range(1, 7)]
    assert shapes == [(9, 7, 4)] * 2 + [(5, 4, 8)] * 2 + [(3, 2, 16)] * 2


def test_a_block_whose_convolutions_give_nothing_passes_its_input_on():
    model = network(ResNet(depth=8, filters=4), (6, 2))
    model.get_layer("batch_norm_3").gamma.assign(np.zeros(4))
    before, after = keras.Model(
        model.input, [model.get_layer("activation_1").output, model.get_layer("activation_3").output]
    )(examples((6, 2)))
    np.testing.assert_array_equal(before, after)


def test_what_the_head_reads_is_the_mean_over_places():
    model = network(ResNet(depth=8, filters=4), (6, 5, 2))
    last, pooled = keras.Model(model.input, [model.get_layer("activation_7").output, model.get_layer("head").input])(
        examples((6, 5, 2))
    )
    np.testing.assert_allclose(pooled, np.mean(last, axis=(1, 2)), atol=1e-6)


@pytest.mark.parametrize(
    ("depth", "nearest"),
    [(2, "the least is 8"), (-4, "the least is 8"), (7, "the least is 8"), (9, "the nearest are 8 and 14"),
     (18, "the nearest are 14 and 20"), (21, "the nearest are 20 and 26")],
)  # fmt: skip
def test_a_depth_that_is_not_6n_plus_2_is_refused_with_the_nearest(depth, nearest):
    with pytest.raises(ValidationError, match=re.escape(f"`depth` (={depth}) must be 6n + 2; {nearest}")):
        ResNet(depth=depth)
