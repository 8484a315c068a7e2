"""What is said of a step that would spoil the weights: where in the model, whose examples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dlcli.datasets.data import Column
from dlcli.strategies.mirrored import Mirrored
from dlcli.training.diagnosis import diagnose
from dlcli.training.orders import Shuffled


def with_value(loop, value, *examples):
    """The loop's training data with a value in some examples."""
    x = loop.data.train.x.copy()
    x[list(examples), 3, 1] = value
    data = replace(loop.data, train=replace(loop.data.train, x=x))
    return replace(loop.prepared, data=data)


@pytest.mark.parametrize("devices", [1, 2])
def test_inputs_are_named_with_their_examples_on_any_number_of_devices(experiment, make_loop, devices):
    strategy = Mirrored(devices=("CPU:0", "CPU:1")).build() if devices == 2 else None
    loop = make_loop(experiment("linear"), strategy)
    batch = Shuffled(150, 32, 3).examples_of(7)
    bad = [batch[5], batch[20]]
    found = diagnose(with_value(loop, np.inf, *bad), loop.steps, 7)
    assert found.text == (
        f"step 8 (epoch 2) was not taken: the batch has inputs that are not finite numbers, at example {bad[0]}, "
        f"example {bad[1]} of training"
    )
    assert found.record["at_fault"] == bad
    assert found.record["examples"] == batch


def test_examples_are_called_by_their_names(experiment, make_loop):
    loop = make_loop(experiment("linear"))
    example = Shuffled(150, 32, 3).examples_of(0)[4]
    prepared = with_value(loop, np.nan, example)
    names = np.array([f"ann.csv, line {row}" for row in range(150)])
    prepared = replace(prepared, data=replace(prepared.data, train=replace(prepared.data.train, names=names)))
    assert f", at ann.csv, line {example} of training" in diagnose(prepared, loop.steps, 0).text


def test_of_many_examples_the_first_are_named(experiment, make_loop):
    loop = make_loop(experiment("linear"))
    assert diagnose(with_value(loop, np.nan, *range(150)), loop.steps, 0).text.endswith(" and 27 others of training")


def test_the_first_layer_at_fault_is_named(experiment, make_loop):
    loop = make_loop(experiment("{type: mlp, units: [5, 4]}"))
    layer = loop.steps.model.get_layer("dense_2")
    layer.kernel.assign(np.full((5, 4), 3e38))
    said = diagnose(loop.prepared, loop.steps, 0).text
    assert "the outputs of layer `dense_2` are the first that are not finite numbers, at example " in said


def test_numbers_that_are_missing_in_a_table_are_no_fault(experiment, make_loop, data):
    draw = np.random.default_rng(0)
    x = draw.normal(size=(150, 3)).astype(np.float32)
    x[::3, 1] = np.nan
    splits = {name: replace(split, x=x[: len(split)]) for name, split in data.splits.items()}
    table = replace(data, **splits, columns=tuple(Column(name) for name in "abc"))
    loop = make_loop(experiment("{type: mlp, units: [5, 4]}"), data=table)
    loop.steps.model.get_layer("dense_2").kernel.assign(np.full((5, 4), 3e38))
    assert "the outputs of layer `dense_2` are the first" in diagnose(loop.prepared, loop.steps, 0).text


def test_weights_spoilt_before_are_told_as_such(experiment, make_loop):
    loop = make_loop(experiment("linear"))
    loop.steps.model.get_layer("head").bias.assign([0, np.inf, 0])
    found = diagnose(loop.prepared, loop.steps, 3)
    assert "the weights `head/bias` are no longer finite numbers since the step before it" in found.text
    assert found.record["at_fault"] == found.record["examples"]


def test_a_loss_that_is_not_finite_though_the_outputs_are(experiment, make_loop):
    loop = make_loop(experiment("linear"))
    losses = loop.steps.training_losses
    loop.steps.training_losses = lambda y, output: losses(y, output) / 0.0
    assert ": the loss is not a finite number, though all outputs of the model are, at example" in (
        diagnose(loop.prepared, loop.steps, 0).text
    )
