"""Made-up recordings for smoke runs, in files such as a spec describes."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.sensors.columns import AUTO, SECONDS, unit_in
from dlcli.datasets.sensors.file_names import LABELS, FileNames

if TYPE_CHECKING:
    from dlcli.datasets.recordings import Recordings

_CHANNELS = ("ax", "ay", "az", "gx", "gy", "gz")
CLASSES = ("sitting", "standing", "walking")
"""Of recordings whose spec names none."""
_SUBJECTS = 10
_WINDOWS = 4


def write_recordings(spec: Recordings, folder: Path) -> None:
    """Ten recordings of as many people: each class sways at its own level and frequency, under noise."""
    draw = np.random.default_rng(0)
    rate = spec.rate_hz or spec.resample_hz or 50.0
    labels = [*(spec.classes or CLASSES), *spec.ignore]
    stretch = int(np.ceil(_WINDOWS * spec.window * rate / (spec.resample_hz or rate)))
    channels = spec.columns.channels or _CHANNELS
    names = FileNames(spec.file_names)
    rows: list[tuple[str, float, float, str]] = []
    for number in range(_SUBJECTS):
        subject = f"subject{number}"
        values = dict.fromkeys(names.parts, f"{number}") | {"subject": subject}
        name = names.filled(**values) + ("" if spec.file_names else ".csv")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        time = np.arange(len(labels) * stretch) / rate
        signals = _signals(draw, len(labels), stretch, len(channels))
        in_column = time if path.suffix == ".npz" else _times(spec, time)
        clock = np.arange(len(time)) if spec.interval_unit == "samples" else in_column
        bounds = [*clock[::stretch].tolist(), 2 * clock[-1] - clock[-2]]
        bare = name.removesuffix(path.suffix)
        rows += [(bare, *each) for each in zip(bounds[:-1], bounds[1:], labels, strict=True)]
        if path.suffix == ".npz":
            own = np.repeat(labels, stretch)
            np.savez(path, signals=signals, rate_hz=rate, channels=channels, subject=subject, labels=own)
        else:
            columns = dict(zip(channels, signals.T, strict=True)) | dict(_others(spec, time, labels, subject))
            _write(path, list(columns), list(zip(*columns.values(), strict=True)))
    if spec.label_column is None:
        _write(folder / LABELS, ["recording", "start", "end", "label"], rows)


def _signals(draw: np.random.Generator, classes: int, samples: int, channels: int) -> NDArray[np.float64]:
    cycles = np.arange(samples)[:, None] / 25 + draw.random(channels)
    each = [label + np.sin(2 * np.pi * (1 + label) * cycles) for label in range(classes)]
    return np.concatenate(each) + draw.normal(scale=0.3, size=(classes * samples, channels))


def _times(spec: Recordings, time: NDArray[np.float64]) -> NDArray[np.float64]:
    """As the time column has them."""
    return time / SECONDS[spec.time_unit or unit_in(spec.time_column)] if spec.time_column else time


def _others(
    spec: Recordings, time: NDArray[np.float64], labels: list[str], subject: str
) -> Iterator[tuple[str, NDArray[np.generic]]]:
    if spec.time_column is not None:
        yield "time" if spec.time_column == AUTO else spec.time_column, _times(spec, time)
    if spec.label_column is not None:
        name = "label" if spec.label_column == AUTO else spec.label_column
        yield name, np.repeat(labels, len(time) // len(labels))
    if spec.columns.subject is not None:
        yield "subject" if spec.columns.subject == AUTO else spec.columns.subject, np.repeat(subject, len(time))


def _write(path: Path, header: list[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
