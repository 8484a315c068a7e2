from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from dlcli.errors import TrainingError
from dlcli.training.memory import memory_faults
from dlcli.training.prepare import prepare


@pytest.mark.parametrize(
    "error",
    [MemoryError(), np._core._exceptions._ArrayMemoryError((1,), np.dtype("f4")),
     tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")],
)  # fmt: skip
def test_what_was_too_much_is_named_with_what_to_change(experiment, data, error):
    prepared = prepare(experiment("linear", train="{batch_size: 48, accumulation_steps: 2}"), data=data)
    said = (
        r"^out of memory: train\.batch_size is 48, so that 24 examples of 12x3 are worked through at once on each of "
        r"1 device; with --set train\.accumulation_steps=4 it is half as many"
    )
    with pytest.raises(TrainingError, match=said), memory_faults(prepared):
        raise error


def test_of_single_examples_there_is_no_half(experiment, data):
    prepared = prepare(experiment("linear", train="{batch_size: 1}"), data=data)
    with pytest.raises(TrainingError, match="out of memory") as error, memory_faults(prepared):
        raise MemoryError
    assert "accumulation_steps" not in str(error.value)
    assert str(error.value).endswith("take a smaller model")


def test_more_than_there_are_is_not_told(experiment, data):
    prepared = prepare(experiment("linear", train="{batch_size: 100000}"), data=data)
    with pytest.raises(TrainingError, match="so that 150 examples of 12x3"), memory_faults(prepared):
        raise MemoryError


def test_other_errors_stay_as_they_are(experiment, data):
    prepared = prepare(experiment("linear"), data=data)
    with pytest.raises(KeyError), memory_faults(prepared):
        raise KeyError("x")
