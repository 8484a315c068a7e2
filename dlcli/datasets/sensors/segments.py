"""Recordings with labelled segments, whatever they were read from, and the windows cut from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import Split
from dlcli.datasets.sensors.windows import cut_windows, step_between
from dlcli.errors import DataError


@dataclass(frozen=True)
class Labelled:
    """One recording.

    signals: (T, C); segments: (S, 3) int32, rows of class (from 0), first sample and end (the sample after the last).
    group: whom or what it comes from; recordings of one group never part.
    """

    signals: NDArray[np.float64]
    segments: NDArray[np.int32]
    group: int | str


def windows_of(recordings: Iterable[Labelled], window: int, overlap: float) -> Split:
    """The windows of all recordings, in their order, each inside one segment and with its class and group.

    Raises ValueError where there is no recording.
    """
    step = step_between(window, overlap)
    xs, ys, groups = [], [], []
    for recording in recordings:
        x, y = cut_windows(recording.signals, recording.segments, window, step)
        xs.append(x)
        ys.append(y)
        groups.append(np.full(len(x), recording.group, np.int32 if isinstance(recording.group, int) else None))
    return Split(np.concatenate(xs), np.concatenate(ys), np.concatenate(groups))


def refuse_window_too_long(
    dataset: str, segments: Iterable[NDArray[np.int32]], names: tuple[str, ...], window: int, hint: str = ""
) -> None:
    """Raises DataError where a class has no segment as long as the window; names the shortest such class."""
    longest = [0] * len(names)
    for rows in segments:
        for label, first, end in rows.tolist():
            longest[label] = max(longest[label], end - first)
    label = longest.index(min(longest))
    if longest[label] < window:
        raise DataError(
            f"dataset {dataset}: `window` (={window}) must not exceed {longest[label]} samples, "
            f"the longest recorded segment of {names[label]}{hint}"
        )
