"""Cuts whole recordings into windows: to learn from, overlapping; to be judged, so that each sample is in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import NO_LABEL, Split
from dlcli.errors import DataError


@dataclass(frozen=True)
class Whole:
    """One recording.

    signals: (T, C) float32; labels: (T,) int32 class numbers, -1 where a sample has none.
    group: whom it comes from. number: which recording it is, of all there are.
    """

    signals: NDArray[np.float32]
    labels: NDArray[np.int32]
    group: int | str
    number: int


def to_learn(recordings: Sequence[Whole], steps: int, stride: int) -> Split:
    """A window of `steps` samples every `stride`, and the last `steps`; those without a single label are left out.

    A recording that is shorter than a window is one, filled up at its end. Raises DataError where no label is left.
    """
    rows = []
    for recording in recordings:
        last = max(0, len(recording.labels) - steps)
        starts = sorted({*range(0, last + 1, stride), last})
        rows.append([(start, start) for start in starts if (recording.labels[start : start + steps] >= 0).any()])
    if not any(rows):
        raise DataError("no recording of the train split has a label; there is nothing to learn")
    return _cut(recordings, rows, steps)


def to_judge(recordings: Sequence[Whole], steps: int) -> Split:
    """Windows of `steps` samples, side by side, and the last `steps` of each recording.

    The last window shares its first samples with the one before it; they have no label in it, so that every sample is
    judged once. A recording that is shorter than a window is filled up at its end.
    """
    rows = []
    for recording in recordings:
        last = max(0, len(recording.labels) - steps)
        rows.append([(min(first, last), first) for first in range(0, len(recording.labels), steps)])
    return _cut(recordings, rows, steps)


def _cut(recordings: Sequence[Whole], rows: list[list[tuple[int, int]]], steps: int) -> Split:
    """rows: of each recording, the first sample of each window and the first of those that are judged in it.

    What a window has no sample for is NaN.
    """
    xs, ys, groups, places = [], [], [], []
    for recording, windows in zip(recordings, rows, strict=True):
        for start, judged in windows:
            end = min(start + steps, len(recording.labels))
            x = np.full((steps, recording.signals.shape[1]), np.nan, np.float32)
            x[: end - start] = recording.signals[start:end]
            y = np.full(steps, NO_LABEL, np.int32)
            y[judged - start : end - start] = recording.labels[judged:end]
            xs.append(x)
            ys.append(y)
            groups.append(recording.group)
            places.append((recording.number, start, judged, end))
    names = np.array([f"recording {number} from sample {start}" for number, start, *_ in places])
    return Split(np.stack(xs), np.stack(ys), np.array(groups), names, places=np.array(places, np.int32))
