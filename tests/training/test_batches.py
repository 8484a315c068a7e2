from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from dlcli.datasets.data import Split
from dlcli.datasets.rows import Rows
from dlcli.strategies.mirrored import Mirrored
from dlcli.training.batches import Batch, evaluation_batches, training_batches
from dlcli.training.orders import Order, Shuffled, Streams

ONE = tf.distribute.OneDeviceStrategy("/CPU:0")


def numbered(examples):
    return Split(np.arange(examples, dtype=np.float32)[:, None], np.arange(examples, dtype=np.int32))


def drawn(split, batch_size, steps, *, seed=0, first_step=0):
    batches = iter(training_batches(split, Shuffled(len(split), batch_size, seed), first_step=first_step, strategy=ONE))
    return [next(batches) for _ in range(steps)]


def real(batch):
    return batch.y.numpy()[batch.weight.numpy() > 0].tolist()


@pytest.mark.parametrize(("examples", "batch_size"), [(10, 4), (12, 4), (3, 8), (1, 1), (37, 36), (5, 10**12)])
def test_an_epoch_holds_every_example_once(examples, batch_size):
    split = numbered(examples)
    steps = Shuffled(examples, batch_size, 0).steps
    taken = drawn(split, batch_size, 3 * steps)
    for epoch in range(3):
        rows = [row for batch in taken[epoch * steps : (epoch + 1) * steps] for row in real(batch)]
        assert sorted(rows) == list(range(examples))
    for batch in taken:
        assert batch.x.shape[0] == min(batch_size, examples)
        assert float(batch.total_weight) == batch.weight.numpy().sum() == len(real(batch))


def test_orders_differ_between_epochs_and_seeds():
    split = numbered(50)
    first, second = (real(batch) for batch in drawn(split, 50, 2))
    other_seed = real(drawn(split, 50, 1, seed=1)[0])
    assert first != second
    assert first != other_seed
    assert first != sorted(first)


def test_entering_at_a_step_gives_what_would_have_come():
    split = numbered(23)
    whole = [real(batch) for batch in drawn(split, 5, 12)]
    late = drawn(split, 5, 5, first_step=7)
    assert [real(batch) for batch in late] == whole[7:]
    assert [int(batch.step) for batch in late] == [7, 8, 9, 10, 11]


def test_replicas_take_their_rows_of_the_same_global_batch():
    split = numbered(23)
    two = Mirrored(devices=("CPU:0", "CPU:1")).build()
    shares = iter(training_batches(split, Shuffled(23, 8, 0), first_step=0, strategy=two))
    for whole in drawn(split, 8, 3):
        left, right = (Batch(*parts) for parts in zip(*map(two.experimental_local_results, next(shares)), strict=True))
        assert real(left) + real(right) == real(whole)
        assert (int(left.first_row), int(right.first_row)) == (0, 4)
        assert float(left.total_weight) == float(right.total_weight) == float(whole.total_weight)


def test_evaluation_is_in_order_and_complete_and_begins_again():
    split = numbered(11)
    batches = iter(evaluation_batches(split, Order(11, 4), strategy=ONE))
    for _ in range(3):
        assert [real(next(batches)) for _ in range(3)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10]]


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_examples_that_stay_on_disk_make_the_same_batches(tmp_path, dtype):
    x = np.random.default_rng(0).integers(0, 255, (23, 4, 2)).astype(dtype)
    y = np.arange(23, dtype=np.int32)
    np.save(tmp_path / "x.npy", x)
    chosen = np.random.default_rng(1).permutation(23)
    on_disk = Split(Rows(np.load(tmp_path / "x.npy", mmap_mode="r"), chosen), y[chosen])
    in_memory = Split(x[chosen], y[chosen])
    for one, other in zip(drawn(on_disk, 5, 9), drawn(in_memory, 5, 9), strict=True):
        assert one.x.dtype == tf.float32
        assert one.x.shape == (5, 4, 2)
        np.testing.assert_array_equal(one.x, other.x)
        np.testing.assert_array_equal(one.y, other.y)


@pytest.mark.parametrize(("examples", "rows"), [(10, 4), (12, 4), (3, 8), (1, 1), (37, 36), (17, 16), (65, 6)])
def test_in_streams_each_row_continues_the_same_row_of_the_batch_before(examples, rows):
    split, order = numbered(examples), Streams(examples, rows)
    steps = order.steps
    batches = iter(training_batches(split, order, first_step=0, strategy=ONE))
    judged = iter(evaluation_batches(split, order, strategy=ONE))
    for epoch in range(2):
        taken = [next(batches) for _ in range(steps)]
        assert [real(batch) for batch in taken] == [real(next(judged)) for _ in range(steps)]
        parts = [
            [int(batch.y[row]) for batch in taken if batch.weight[row] > 0] for row in range(taken[0].weight.shape[0])
        ]
        assert [number for part in parts for number in part] == list(range(examples))
        assert {len(part) for part in parts} <= {steps, steps - 1}
        for step, batch in enumerate(taken):
            assert bool((batch.weight.numpy() > 0).all()) or step == steps - 1
            assert real(batch) == order.examples_of(epoch * steps + step)
            assert float(batch.total_weight) == len(real(batch))


def test_streams_are_entered_at_a_step_where_they_would_be():
    whole = iter(training_batches(numbered(23), Streams(23, 5), first_step=0, strategy=ONE))
    late = iter(training_batches(numbered(23), Streams(23, 5), first_step=7, strategy=ONE))
    assert [real(next(whole)) for _ in range(12)][7:] == [real(next(late)) for _ in range(5)]
