"""Labels given as intervals: which stretch of a recording shows what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.hints import did_you_mean
from dlcli.datasets.sensors.csv_table import CsvTable, read_csv
from dlcli.datasets.sensors.file_names import LABELS
from dlcli.errors import DataError

Stretch = tuple[str, int, int]
"""A label, the first sample it holds for, and the sample after the last."""


@dataclass(frozen=True)
class Interval:
    """What holds from `start` until before `end`, and where that is written."""

    label: str
    start: float
    end: float
    place: str


def read_intervals(folder: Path, recordings: Collection[str]) -> dict[str, list[Interval]]:
    """The intervals of each recording, by its name, from labels.csv and NAME.labels.csv.

    Raises DataError where a file is not as it should be or names a recording that is not there.
    """
    found: dict[str, list[Interval]] = {}
    if (folder / LABELS).is_file():
        table = read_csv(folder / LABELS)
        for line, given in zip(table.lines, table.texts("recording"), strict=True):
            if _bare(given) not in recordings:
                raise DataError(
                    f"{table.path}, line {line}: there is no recording {given!r}"
                    f"{did_you_mean(_bare(given), recordings)} among the files"
                )
        for given, interval in zip(table.texts("recording"), _rows(table), strict=True):
            found.setdefault(_bare(given), []).append(interval)
    for name in recordings:
        path = folder / f"{name}.{LABELS}"
        if path.is_file():
            if name in found:
                raise DataError(f"{name} has intervals in {path} and in {folder / LABELS}; remove those of one")
            found[name] = _rows(read_csv(path))
    return found


def _bare(name: str) -> str:
    return name.removesuffix(".csv").removesuffix(".npz")


def _rows(table: CsvTable) -> list[Interval]:
    starts, ends = table.numbers("start").tolist(), table.numbers("end").tolist()
    places = [f"{table.path}, line {line}" for line in table.lines]
    return [Interval(*each) for each in zip(table.texts("label"), starts, ends, places, strict=True)]


def to_stretches(intervals: Sequence[Interval], clock: NDArray[np.float64]) -> list[Stretch]:
    """The samples that each interval covers, in time order.

    clock: (T,) rising, the time of each sample on the clock that the intervals follow.
    Raises DataError where an interval ends before it starts, lies outside the recording or overlaps another.
    """
    period = (clock[-1] - clock[0]) / (len(clock) - 1)
    # A bound that was rounded on its way into the file still means its sample.
    slack = 0.001 * period
    before: Interval | None = None
    stretches = []
    for each in sorted(intervals, key=lambda each: each.start):
        shown = f"{each.place}: {each.label!r} from {each.start:.12g} to {each.end:.12g}"
        if not each.label:
            raise DataError(f"{shown}: the label is empty; name it or remove the interval")
        if not each.end > each.start:  # also where one of them is NaN
            raise DataError(f"{shown} must end after it starts")
        if each.start <= clock[0] - period or each.end > clock[-1] + period + slack:
            raise DataError(
                f"{shown} lies outside the recording, which goes from {clock[0]:.12g} to {clock[-1]:.12g}; "
                "mend it, or see `interval_unit`"
            )
        if before is not None and each.start < before.end - slack:
            raise DataError(
                f"{shown} overlaps {before.label!r} from {before.start:.12g} to {before.end:.12g} ({before.place})"
            )
        before = each
        first, end = np.searchsorted(clock, [each.start - slack, each.end - slack]).tolist()
        stretches.append((each.label, first, end))
    return stretches


def runs_of(labels: NDArray[np.str_]) -> list[Stretch]:
    """The stretches of equal labels, one label per sample; an empty one is none."""
    bounds = [0, *(np.flatnonzero(labels[1:] != labels[:-1]) + 1).tolist(), len(labels)]
    return [(str(labels[first]), first, end) for first, end in pairwise(bounds) if labels[first]]
