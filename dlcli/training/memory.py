"""What is said where a batch does not fit into memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf

from dlcli.errors import TrainingError
from dlcli.training.prepare import Prepared


@contextmanager
def memory_faults(prepared: Prepared) -> Iterator[None]:
    """Makes of an exhausted memory a TrainingError that names the batch and says what to change."""
    try:
        yield
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        raise TrainingError(_said(prepared)) from error


def _said(prepared: Prepared) -> str:
    train = prepared.experiment.train
    shape = "x".join(map(str, prepared.data.train.x.shape[1:]))
    replicas = prepared.strategy.num_replicas_in_sync
    share = -(-min(train.batch_size, len(prepared.data.train)) // (replicas * train.accumulation_steps))
    halved = (
        f"with --set train.accumulation_steps={train.accumulation_steps * 2} it is half as many and the result is the "
        "same (but for batch normalisation), else take a smaller train.batch_size or model"
    )
    return (
        f"out of memory: train.batch_size is {train.batch_size}, so that {share} examples of {shape} are worked "
        f"through at once on each of {replicas} {'device' if replicas == 1 else 'devices'}; "
        f"{halved if share > 1 else 'take a smaller model'}"
    )
