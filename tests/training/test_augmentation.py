"""What distorts an example depends on seed, epoch and example alone."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from dlcli.augment.jitter import Jitter
from dlcli.augment.mixup import Mixup
from dlcli.augment.scale import Scale
from dlcli.datasets.data import Classes, Data, Reals, Split
from dlcli.strategies.mirrored import Mirrored
from dlcli.training.augmentation import augmentation
from dlcli.training.batches import training_batches
from dlcli.training.orders import Shuffled
from dlcli.training.signals import StopRequest
from tests.training.conftest import furthest, weights

N = 30
AUGMENT = "augment: [{type: jitter, deviations: 0.3}, {type: mixup, alpha: 1.0}]"


def numbered(N: int = N) -> Data:
    """Examples that tell which they are: all of x and y is the example's number."""
    numbers = np.arange(N, dtype=np.float32)
    split = Split(numbers[:, None, None] * np.ones((1, 4, 3), np.float32) * 100, numbers[:, None])
    return Data(split, None, None, Reals(("number",)))


def epoch(data: Data, parts: tuple, batch_size: int, *, seed: int = 1, epoch: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """x and y of one epoch, in its order."""
    strategy = tf.distribute.OneDeviceStrategy("/CPU:0")
    steps = -(-len(data.train) // batch_size)
    batches = iter(
        training_batches(
            data.train, Shuffled(len(data.train), batch_size, seed), first_step=epoch * steps, strategy=strategy,
            augment=augmentation(parts, data, seed),
        )
    )  # fmt: skip
    taken = [next(batches) for _ in range(steps)]
    keep = [batch.weight.numpy() > 0 for batch in taken]
    return tuple(
        np.concatenate([getattr(batch, name).numpy()[rows] for batch, rows in zip(taken, keep, strict=True)])
        for name in ("x", "y")
    )


PARTS = [(Jitter(deviations=0.01),), (Scale(fraction=0.1), Jitter(deviations=0.02)), (Jitter(deviations=0.01), Mixup())]


@pytest.mark.parametrize("parts", PARTS, ids=len)
def test_the_size_of_the_batches_changes_nothing(parts) -> None:
    for one, other in zip(epoch(numbered(), parts, 30), epoch(numbered(), parts, 7), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("parts", PARTS, ids=len)
def test_every_epoch_and_every_seed_draws_anew(parts) -> None:
    def distortion(**which: int) -> np.ndarray:
        x, y = epoch(numbered(), parts, 10, **which)
        return (x[:, 0, 0] - 100 * y[:, 0])[np.argsort(y[:, 0])]

    first = distortion()
    np.testing.assert_array_equal(first, distortion())
    for other in (distortion(epoch=1), distortion(seed=2)):
        assert (first != other).mean() > 0.9


def test_two_parts_of_one_kind_draw_different_numbers() -> None:
    once, twice = (epoch(numbered(), (Jitter(deviations=0.01),) * n, 30)[0] for n in (1, 2))
    exact, _ = epoch(numbered(), (), 30)
    assert not np.allclose(twice - exact, 2 * (once - exact), atol=1e-2)


def test_mixed_examples_have_labels_in_the_same_shares() -> None:
    x, y = epoch(numbered(), (Mixup(alpha=1.0),), 8)
    np.testing.assert_allclose(x[:, 0, 0], 100 * y[:, 0], rtol=1e-4)
    assert len(np.unique(y.round(3))) > N // 2
    assert (y % 1 != 0).mean() > 0.5


def test_mixed_classes_become_shares_that_add_up_to_one() -> None:
    data = numbered()
    labels = (np.arange(N) % 3).astype(np.int32)
    classes = Data(Split(data.train.x, labels), None, None, Classes(("a", "b", "c")))
    _, y = epoch(classes, (Mixup(alpha=1.0),), 8)
    assert y.shape == (N, 3)
    np.testing.assert_allclose(y.sum(axis=1), 1, rtol=1e-6)


def test_a_resumed_run_repeats_the_distortions(experiment, make_loop) -> None:
    spec = experiment(train="{epochs: 3, batch_size: 32}", more=AUGMENT)
    whole = make_loop(spec)
    whole.run(StopRequest())
    first = make_loop(spec)
    stop = StopRequest()
    first.listener.on_step = lambda epoch, done: setattr(
        stop, "received", "SIGTERM" if (epoch, done) >= (1, 2) else None
    )
    with pytest.raises(Exception, match="stopped by SIGTERM"):
        first.run(stop)
    from dlcli.training.checkpoints import newest

    second = make_loop(spec)
    second.restore(newest(first.checkpoints.folder))
    second.run(StopRequest())
    assert furthest(weights(whole), weights(second)) == 0.0


def test_two_devices_distort_as_one(experiment, make_loop) -> None:
    spec = experiment(train="{epochs: 2, batch_size: 32}", more=AUGMENT)
    one, two = make_loop(spec), make_loop(spec, Mirrored(devices=("CPU:0", "CPU:1")).build())
    for loop in (one, two):
        loop.run(StopRequest())
    assert furthest(weights(one), weights(two)) < 1e-5
