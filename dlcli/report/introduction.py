"""What a run says before it trains: its data, its model, and what is to be known of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcli.component import examples_of
from dlcli.datasets.data import Classes, Data, NextToken, StepClasses, TokenSequence

if TYPE_CHECKING:
    import keras

    from dlcli.training.prepare import Prepared

_SHOWN = 20
"""Classes or groups that a line may name."""
_RECORDED = 1000


def introduction(model: keras.Model, prepared: Prepared, devices: list[str], kernels: dict[str, str]) -> Iterator[str]:
    """The lines for the terminal."""
    data = prepared.data
    sizes = ", ".join(f"{len(split)} {name}" for name, split in data.splits.items())
    yield f"data      {sizes}; {examples_of(data.train.x.shape[1:])}, {prepared.task.describes}"
    if isinstance(data.target, Classes | StepClasses) and len(data.target.names) <= _SHOWN:
        names, labels = data.target.names, np.concatenate([split.y for split in data.splits.values()])
        counts = np.bincount(labels[labels >= 0], minlength=len(names)).tolist()
        yield f"classes   {', '.join(f'{name} {count}' for name, count in zip(names, counts, strict=True))}"
    held_out = {name: names for name, names in groups(data).items() if name != "train"}
    if held_out and sum(map(len, held_out.values())) <= _SHOWN:
        yield "groups    " + "; ".join(f"{name}: {', '.join(map(str, names))}" for name, names in held_out.items())
    for note in notes(data):
        yield f"note      {note}"
    where = ", ".join(device.rpartition("device:")[2] for device in devices)
    yield f"model     {model.name}, {model.count_params():,} parameters, on {where}"
    if prepared.initial is not None:
        yield f"weights   from {prepared.initial.run.path}"
    if slow := sorted({kernel for kernel in kernels.values() if kernel != "block"}):
        yield f"kernel    {', '.join(slow)}"


def notes(data: Data) -> list[str]:
    """What is to be known of the data wherever its scores are shown."""
    made_up = ["made-up stand-in examples, because the data is not here: scores say nothing"] if data.stand_in else []
    return [*made_up, *data.remarks]


def groups(data: Data) -> dict[str, list[Any]]:
    """Whom or what the examples of each split come from, where they come from somebody."""
    return {name: np.unique(split.groups).tolist() for name, split in data.splits.items() if split.groups is not None}


def record_of(data: Data) -> dict[str, Any]:
    """What a run's record says of its data, ready for JSON."""
    record: dict[str, Any] = {
        "dataset": data.fingerprint(), "stand_in": data.stand_in, "remarks": list(data.remarks),
        "target": ["next token"] if isinstance(data.target, NextToken) else list(data.target.names),
        "examples": {name: _counts(data, name) for name in data.splits},
    }  # fmt: skip
    who = groups(data)
    if who and sum(map(len, who.values())) <= _RECORDED:
        record["groups"] = who
    if data.columns is not None:
        # In the order of their codes, so that who feeds the saved model can look them up.
        record["columns"] = {column.name: list(column.categories or ()) or "numbers" for column in data.columns}
    if data.vocabulary is not None:
        record["vocabulary"] = list(data.vocabulary)
    if isinstance(data.target, TokenSequence):
        record["writes"] = {"source_steps": data.target.source_steps, "separator": data.target.separator}
    return record


def _counts(data: Data, split: str) -> int | dict[str, int]:
    """Examples of a split, class by class."""
    examples = data.splits[split]
    if not isinstance(data.target, Classes):
        return len(examples)
    counts = np.bincount(examples.y, minlength=len(data.target.names)).tolist()
    return dict(zip(data.target.names, counts, strict=True))
