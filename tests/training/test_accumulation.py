"""A batch worked through in parts: the same weights as at once, however it divides and on however many devices."""

from __future__ import annotations

import numpy as np
import pytest

from dlcli.strategies.mirrored import Mirrored
from dlcli.training.signals import StopRequest
from tests.training.conftest import furthest

# Clipped always, with dropout and L2; 150 examples leave a short last batch.
MODEL = "{type: mlp, units: [12, 8], dropout: 0.4, input_dropout: 0.1, l2: 0.001}"
OPTIMIZER = "{type: adam, learning_rate: 0.01, clip_norm: 0.05}"


def train(size, parts):
    return f"{{epochs: 4, batch_size: {size}, accumulation_steps: {parts}, label_smoothing: 0.1}}"


# 32 in 4 leaves a last batch of 22, in which the fourth part has no row on one device; 30 is no multiple of 4; of 7
# parts of 40 rows on two devices, the last have none but filling; 5 parts of 3 rows fill two more.
@pytest.mark.parametrize(
    ("size", "parts", "devices"), [(32, 4, 1), (30, 4, 1), pytest.param(40, 7, 2, marks=pytest.mark.slow), (3, 5, 1)]
)
def test_the_weights_are_the_same_as_of_whole_batches(experiment, make_loop, size, parts, devices):
    strategy = Mirrored(devices=("CPU:0", "CPU:1")).build() if devices == 2 else None
    whole = make_loop(experiment(MODEL, OPTIMIZER, train(size, 1)))
    divided = make_loop(experiment(MODEL, OPTIMIZER, train(size, parts)), strategy)
    for loop in (whole, divided):
        loop.run(StopRequest())
    assert furthest(whole.steps.model.get_weights(), divided.steps.model.get_weights()) < 1e-5
    for key in ("loss", "accuracy", "val_loss"):
        told, told_of_whole = ([row[key] for row in loop.listener.rows] for loop in (divided, whole))
        assert told == pytest.approx(told_of_whole, abs=2e-6)


def test_no_more_than_a_part_is_in_the_model_at_once(experiment, make_loop):
    loop = make_loop(experiment("linear", train=train(30, 4)))
    seen, call = [], loop.steps.model.call
    loop.steps.model.call = lambda x, *rest, **more: (seen.append(x.shape[0]), call(x, *rest, **more))[1]
    loop.run(StopRequest())
    assert seen[:4] == [8, 8, 8, 8]


def test_weights_that_are_looked_up_by_number_add_up_too(experiment, make_loop):
    # Their gradients are rows of a table, not whole arrays.
    layers = "[{Embedding: {input_dim: 30, output_dim: 2}}, Flatten]"
    models = [
        make_loop(
            experiment(f"{{type: sequential, layers: {layers}}}", OPTIMIZER, train(50, parts), more="normalize: none")
        )
        for parts in (1, 2)
    ]
    for loop in models:
        loop.run(StopRequest())
    assert furthest(*(loop.steps.model.get_weights() for loop in models)) < 1e-5


def test_a_part_that_is_all_filling_leaves_the_moments_of_batch_normalisation_alone(experiment, make_loop):
    # 3 rows in 8 parts are 3 parts of a row and 5 of none: the same moments, one after another, as of single rows.
    model, optimizer = "{type: mlp, units: [4], batch_norm: true}", "{type: sgd, learning_rate: 1.0e-30}"
    single, divided = (
        make_loop(experiment(model, optimizer, train(size, parts).replace("4,", "1,", 1), more="normalize: none"))
        for size, parts in ((1, 1), (3, 8))
    )
    for loop in (single, divided):
        loop.run(StopRequest())
    means = [loop.steps.model.get_layer("batch_norm_1").moving_mean.numpy() for loop in (single, divided)]
    assert np.abs(means[0]).max() > 0.5
    np.testing.assert_allclose(*means, rtol=1e-4)
