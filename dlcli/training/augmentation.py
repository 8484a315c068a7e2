"""Distorts training examples: what is drawn for one depends on seed, epoch and example alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from dlcli.augment import Augmentation
from dlcli.augment.mixup import Mixup
from dlcli.augment.time_shift import TimeShift
from dlcli.augment.transform import Transform
from dlcli.datasets.data import Classes, Data, NextToken, StepClasses
from dlcli.datasets.statistics import channel_statistics
from dlcli.errors import UsageError
from dlcli.faults import made
from dlcli.layers.positions import Position, uniform

Drawn = Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]
"""Gives the examples (x, y) at some places (B,) of the order of an epoch (); the order is a ring."""
Augment = Callable[[Drawn, tf.Tensor, tf.Tensor, int], tuple[tf.Tensor, tf.Tensor]]
"""The examples (x, y) at some places of the order of an epoch that has so many, distorted."""


def nothing(drawn: Drawn, epoch: tf.Tensor, places: tf.Tensor, examples: int) -> tuple[tf.Tensor, tf.Tensor]:
    """The examples as they are."""
    return drawn(epoch, places)


def augmentation(parts: tuple[Augmentation, ...], data: Data, seed: int) -> Augment:
    """What distorts the examples of the training split, one part after another.

    A place in an epoch's order means the same example whatever the size of the batches and of the replicas' shares:
    each has its own row of random numbers, and a resumed run draws them again.
    Raises UsageError where a part does not fit the examples.
    """
    if not parts:
        return nothing
    _refuse_unfit(parts, data)
    offset, squared = channel_statistics(data.train.x)
    mean, deviation = np.array(offset, np.float32), np.sqrt(squared).astype(np.float32)
    shape = data.train.x.shape[1:]
    result: Augment = nothing
    for number, part in enumerate(parts):
        if isinstance(part, Mixup):
            classes = len(data.target.names) if isinstance(data.target, Classes) else None
            result = _mixed(result, part, classes, seed, number)
        else:
            transform = made(part, part.build(shape, mean, deviation), Transform, "a Transform")
            result = _distorted(result, transform.apply, transform.numbers, seed, number)
    return result


def _refuse_unfit(parts: tuple[Augmentation, ...], data: Data) -> None:
    for part in parts:
        if data.vocabulary is not None:
            raise UsageError(f"augment: {part.type} changes numbers; here examples are texts")
        if isinstance(part, Mixup | TimeShift) and isinstance(data.target, StepClasses | NextToken):
            does = "mixes" if isinstance(part, Mixup) else "moves"
            raise UsageError(f"augment: {part.type} {does} whole examples; here each step has a label of its own")


def _distorted(
    before: Augment, apply: Callable[[tf.Tensor, tf.Tensor], tf.Tensor], numbers: int, seed: int, number: int
) -> Augment:
    def augment(drawn: Drawn, epoch: tf.Tensor, places: tf.Tensor, examples: int) -> tuple[tf.Tensor, tf.Tensor]:
        x, y = before(drawn, epoch, places, examples)
        return apply(x, _numbers(seed, epoch, places, number, numbers)), y

    return augment


def _mixed(before: Augment, mixup: Mixup, classes: int | None, seed: int, number: int) -> Augment:
    """Mixes each example with the one half an epoch further on, and their labels in the same shares."""

    def augment(drawn: Drawn, epoch: tf.Tensor, places: tf.Tensor, examples: int) -> tuple[tf.Tensor, tf.Tensor]:
        x, y = before(drawn, epoch, places, examples)
        other_x, other_y = before(drawn, epoch, places + examples // 2, examples)
        if classes is not None and y.shape.rank == 1:
            y, other_y = tf.one_hot(y, classes), tf.one_hot(other_y, classes)
        share = mixup.shares(_numbers(seed, epoch, places, number, 1)[:, 0])
        own = tf.reshape(share, [-1] + [1] * (x.shape.rank - 1))
        of_y = tf.reshape(share, [-1] + [1] * (y.shape.rank - 1))
        return own * x + (1 - own) * other_x, of_y * y + (1 - of_y) * other_y

    return augment


def _numbers(seed: int, epoch: tf.Tensor, places: tf.Tensor, salt: int, count: int) -> tf.Tensor:
    """Uniform numbers (B, count) for each place; consecutive places are consecutive rows of one table per epoch."""
    position = Position(tf.constant(seed, tf.int64), epoch, places[0])
    return uniform(position, _SALT + salt, tf.shape(places)[0], count)


_SALT = 2**40
"""Beyond the salts of layers, which are 32 bits wide: no distortion draws what a layer draws."""
