"""A user's own recordings, read from files and divided as wholes, before they are cut into windows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import NO_LABEL, Data, Split, Timelines
from dlcli.datasets.hints import did_you_mean
from dlcli.datasets.sensors.file_names import FileNames
from dlcli.datasets.sensors.intervals import Stretch
from dlcli.datasets.sensors.labelling import about_files, class_names, rates_of, stretches_of
from dlcli.datasets.sensors.sensor_files import SensorFile, read_folder
from dlcli.datasets.splits import divide, refuse_duplicates
from dlcli.datasets.timelines.cutting import Whole, to_judge, to_learn
from dlcli.errors import DataError

if TYPE_CHECKING:
    from dlcli.datasets.frames import Frames

_MAX_BYTES = 4 * 2**30
"""Of examples that are held in memory, at most."""


def load(spec: Frames, folder: Path) -> Data:
    """The recordings of a folder; raises DataError where they are not as they should be or cannot be divided."""
    recordings = spec.as_recordings()
    files = read_folder(folder, FileNames(spec.file_names), recordings.columns)
    rates = rates_of(recordings, files)
    if (rate := rates[0]) is None:
        said = f"{files[0].path} does not say how many frames there are in a second; set dataset.rate_hz"
        raise DataError(said, at=("dataset", "rate_hz"))
    stretches = stretches_of(recordings, folder, files, rates)
    names, sought = _names(spec, folder, stretches)
    wholes = [
        Whole(file.signals.astype(np.float32), _labels(len(file.signals), some, names), file.subject or file.name, i)
        for i, (file, some) in enumerate(zip(files, stretches, strict=True))
    ]
    target = Timelines(
        names, sought, rate, spec.smooth_seconds, spec.least_seconds, spec.excerpt_seconds,
        tuple(file.name for file in files),
    )  # fmt: skip
    train, validation, test = _divided(spec, target, wholes)
    steps = spec.steps or max(len(each.labels) for each in wholes)
    _refuse_too_many(spec, wholes, steps)
    data = Data(
        to_learn(train or (), steps, _stride(spec, steps)),
        None if validation is None else to_judge(validation, steps),
        None if test is None else to_judge(test, steps),
        target,
        padded=any(len(each.labels) < steps for each in wholes),
        remarks=tuple(_remarks(files)),
    )
    if spec.duplicates == "refuse":
        refuse_duplicates(data.splits)
    return data


def _stride(spec: Frames, steps: int) -> int:
    return spec.stride or max(1, steps // 2)


def _names(spec: Frames, folder: Path, stretches: Sequence[list[Stretch]]) -> tuple[tuple[str, ...], int]:
    """The classes, and how many of them, the first ones, are sought as segments."""
    found = {label for each in stretches for label, _, _ in each}
    names = class_names(spec.as_recordings(), folder, found)
    for i, name in enumerate(spec.background):
        if name not in names:
            raise DataError(
                f"{folder}: dataset.background has {name!r}{did_you_mean(name, names)}, which is no class; there are "
                f"{list(names)}",
                at=("dataset", "background", i),
            )
    wanted = tuple(name for name in names if name not in spec.background)
    if len(names) < 2 or not wanted:
        raise DataError(f"{folder}: frames have the labels {list(names)}; expected two classes or more, one to seek")
    return (*wanted, *spec.background), len(wanted)


def _labels(frames: int, stretches: Sequence[Stretch], names: Sequence[str]) -> NDArray[np.int32]:
    labels = np.full(frames, NO_LABEL, np.int32)
    for label, first, end in stretches:
        if label in names:
            labels[first:end] = names.index(label)
    return labels


def _divided(spec: Frames, target: Timelines, wholes: Sequence[Whole]) -> list[list[Whole] | None]:
    """The recordings of each split; no subject is in two of them."""
    groups = np.array([each.group for each in wholes])
    numbers = np.arange(len(wholes), dtype=np.int32)
    splits = divide(Split(numbers[:, None], numbers[:, None], groups), target, spec)
    return [None if split is None else [wholes[number] for number in split.y[:, 0]] for split in splits]


def _refuse_too_many(spec: Frames, wholes: Sequence[Whole], steps: int) -> None:
    windows = sum(1 + max(0, len(each.labels) - steps) // _stride(spec, steps) for each in wholes)
    if (size := windows * steps * wholes[0].signals.shape[1] * 4) > _MAX_BYTES:
        longest = max(wholes, key=lambda each: len(each.labels))
        raise DataError(
            f"examples of {steps} frames take {size / 2**30:.1f} GiB, more than {_MAX_BYTES / 2**30:g} GiB (the "
            f"longest recording has {len(longest.labels)}); set dataset.steps to something smaller, or dataset.stride "
            "to something larger"
        )


def _remarks(files: Sequence[SensorFile]) -> list[str]:
    lengths = [len(file.signals) for file in files]
    return [f"{len(files)} recordings of {min(lengths)} to {max(lengths)} frames", *about_files(files)]
