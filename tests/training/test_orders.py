"""What a step holds depends on seed and step alone, and an epoch holds all there is."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import numpy as np
import pytest
import tensorflow as tf

from dlcli.datasets.data import Split
from dlcli.strategies.mirrored import Mirrored
from dlcli.training.batches import training_batches
from dlcli.training.orders import Buckets, Order, Shuffled, Streams, lengths_of

ONE = tf.distribute.OneDeviceStrategy("/CPU:0")


def lengths(examples: int, longest: int) -> np.ndarray:
    return np.random.default_rng(examples).integers(1, longest + 1, examples)


def texts(of: np.ndarray) -> Split:
    """Texts of these lengths, of tokens that are the example's number from 1 on, and its number as y."""
    numbers = np.arange(1, len(of) + 1, dtype=np.int32)
    return Split(np.where(np.arange(of.max()) < of[:, None], numbers[:, None], 0), numbers - 1)


@pytest.mark.parametrize(("examples", "rows"), [(10, 4), (3, 8), (1, 1), (37, 36)])
def test_examples_of_steps_are_those_of_the_epoch(examples, rows):
    for order in (Order(examples, rows), Shuffled(examples, rows, 1), Streams(examples, rows)):
        for epoch in range(2):
            taken = [order.examples_of(epoch * order.steps + step) for step in range(order.steps)]
            assert sorted(chain.from_iterable(taken)) == list(range(examples))


def test_an_order_is_a_ring():
    order = Shuffled(10, 4, 1)
    assert order.examples_of(2, further=2) == order.examples_of(0)[:2]


@pytest.mark.parametrize(
    ("examples", "longest", "rows", "count"), [(50, 9, 8, 3), (7, 4, 20, 2), (40, 1, 6, 4), (90, 30, 1, 5)]
)
def test_in_buckets_every_example_comes_once_in_an_epoch_whole_and_in_no_longer_batch_than_its_buckets(
    examples, longest, rows, count
):
    of = lengths(examples, longest)
    split, order = texts(of), Buckets(of, rows, 3, count)
    assert len(order.widths) <= count
    assert order.widths[-1] == of.max()
    batches = iter(training_batches(split, order, first_step=0, strategy=ONE))
    for epoch in range(2):
        seen: list[int] = []
        for step in range(order.steps):
            batch = next(batches)
            real = batch.weight.numpy() > 0
            numbers = batch.y.numpy()[real]
            assert numbers.tolist() == order.examples_of(epoch * order.steps + step)
            assert float(batch.total_weight) == real.sum() <= rows
            width = batch.x.shape[1]
            assert width in order.widths
            shorter = order.widths[order.widths < width]
            assert (of[numbers] <= width).all()
            assert (of[numbers] > (shorter[-1] if len(shorter) else 0)).all()
            assert [lengths_of(batch.x.numpy()[real]).tolist()] == [of[numbers].tolist()]
            seen += numbers.tolist()
        assert sorted(seen) == list(range(examples))


def test_buckets_have_about_as_many_examples_each():
    of = lengths(1000, 40)
    order = Buckets(of, 10, 0, 4)
    assert len(order.widths) == 4
    in_each = Counter(np.searchsorted(order.widths, of).tolist())
    assert max(in_each.values()) - min(in_each.values()) < 1000 * 2 / 40 * 2


def test_batches_of_buckets_and_what_is_in_them_differ_between_epochs_and_seeds():
    of = lengths(60, 12)

    def epochs(seed):
        order = Buckets(of, 8, seed, 3)
        steps = [order.examples_of(step) for step in range(2 * order.steps)]
        return steps[: order.steps], steps[order.steps :]

    (first, second), (other, _) = epochs(1), epochs(2)
    widths = [[of[batch].max() for batch in epoch] for epoch in (first, second, other)]
    assert widths[0] != widths[1]
    assert widths[0] != widths[2]
    assert sorted(map(sorted, first)) != sorted(map(sorted, second))
    assert sorted(map(sorted, first)) != sorted(map(sorted, other))
    assert epochs(1) == (first, second)


def test_buckets_are_entered_at_a_step_where_they_would_be_and_shared_by_devices():
    of = lengths(45, 10)
    split, order = texts(of), Buckets(of, 8, 5, 3)
    whole = iter(training_batches(split, order, first_step=0, strategy=ONE))
    wholes = [next(whole) for _ in range(9)]
    late = iter(training_batches(split, order, first_step=7, strategy=ONE))
    for batch in wholes[7:]:
        np.testing.assert_array_equal(next(late).x, batch.x)
    two = Mirrored(devices=("CPU:0", "CPU:1")).build()
    shares = iter(training_batches(split, order, first_step=0, strategy=two))
    for batch in wholes:
        parts = next(shares)
        for name in ("x", "y"):
            both = [two.experimental_local_results(parts)[i] for i in range(2)]
            rows = np.concatenate([getattr(part, name).numpy()[part.weight.numpy() > 0] for part in both])
            np.testing.assert_array_equal(rows, getattr(batch, name).numpy()[batch.weight.numpy() > 0])


def test_a_text_without_a_token_has_no_length():
    assert lengths_of(np.array([[0, 0, 0], [5, 0, 7], [1, 2, 0]])).tolist() == [0, 3, 2]
    assert Buckets(np.array([0, 0, 3]), 2, 0, 2).widths.tolist() == [1, 3]
