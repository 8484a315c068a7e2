"""A user's files of sensor signals, one recording each: CSV with a header, or NumPy's .npz."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.files.array_file import ArrayFile
from dlcli.datasets.files.numerals import is_number, usable
from dlcli.datasets.hints import did_you_mean
from dlcli.datasets.sensors.columns import AUTO, Columns, TimeUnit, unit_in
from dlcli.datasets.sensors.csv_table import CsvTable, read_csv
from dlcli.datasets.sensors.file_names import FileNames
from dlcli.datasets.sensors.intervals import Interval
from dlcli.errors import DataError

TIME_NAMES = ("time", "time_s", "time_ms", "time_us", "time_ns", "timestamp")
LABEL_NAMES = ("label", "activity")
SUBJECT_NAMES = ("subject", "subject_id", "user", "user_id")
_NEVER_CHANNELS = (*TIME_NAMES, *LABEL_NAMES, *SUBJECT_NAMES)
_MEMBERS = ("signals", "rate_hz", "labels", "intervals", "subject", "channels")


@dataclass(frozen=True)
class SensorFile:
    """One file as it stands.

    name: its path in the folder, without suffix. signals: (T, C) finite. clock: (T,) its time column, in `unit`s.
    labels: (T,) text, empty where there is none. lines: (T,) lines in the file, for messages.
    left_out: columns that are neither channels nor anything else that is used.
    """

    path: Path
    name: str
    channels: tuple[str, ...]
    signals: NDArray[np.float64]
    clock: NDArray[np.float64] | None = None
    unit: TimeUnit = "s"
    rate_hz: float | None = None
    labels: NDArray[np.str_] | None = None
    intervals: tuple[Interval, ...] | None = None
    subject: str | None = None
    lines: NDArray[np.int64] | None = None
    left_out: tuple[str, ...] = ()

    def place(self, sample: int) -> str:
        """Where a sample stands, for a message."""
        return f"{self.path}, line {self.lines[sample]}" if self.lines is not None else f"{self.path}, sample {sample}"


def read_folder(place: Path, file_names: FileNames, columns: Columns) -> list[SensorFile]:
    """The recordings of a folder, by name, all with the same channels in the same order.

    Raises DataError where a file is not as it should be or does not go with the others.
    """
    files: list[SensorFile] = []
    for path, name, subject in file_names.files(place):
        file = read_sensor_file(path, name, columns)
        file = replace(file, subject=subject or file.subject)
        first = files[0] if files else file
        if set(file.channels) != set(first.channels):
            odd = sorted(set(file.channels) ^ set(first.channels))
            raise DataError(
                f"{path} and {first.path} have different channels; only one has {', '.join(odd)}. "
                "Name those that all files have in dataset.channels"
            )
        if (file.subject is None) != (first.subject is None):
            unnamed, named = (file, first) if file.subject is None else (first, file)
            raise DataError(f"{unnamed.path} does not say who was recorded, but {named.path} does; name all or none")
        order = [file.channels.index(channel) for channel in first.channels]
        files.append(replace(file, channels=first.channels, signals=file.signals[:, order]))
    return files


def read_sensor_file(path: Path, name: str, columns: Columns) -> SensorFile:
    """One recording. Raises DataError where the file is damaged or not as `columns` says; names the place."""
    file = _read_npz(path, name, columns) if path.suffix.lower() == ".npz" else _read_csv(path, name, columns)
    if len(file.signals) < 2:
        raise DataError(f"{path} holds {len(file.signals)} samples, expected at least 2")
    if not file.channels:
        raise DataError(f"{path} has no columns of sensor values beside {', '.join(file.left_out) or 'the others'}")
    return file


def _read_csv(path: Path, name: str, columns: Columns) -> SensorFile:
    table = read_csv(path)
    time = _chosen(table, columns.time, TIME_NAMES, "time_column")
    label = _chosen(table, columns.label, LABEL_NAMES, "label_column")
    subject = _chosen(table, columns.subject, SUBJECT_NAMES, "subject_column")
    channels = columns.channels or tuple(each for each in table.columns if _may_be_channel(table, each, columns))
    named = columns.channels is not None
    signals = [table.numbers(channel, *(("channels", i) if named else ())) for i, channel in enumerate(channels)]
    used = {time, label, subject, *channels}
    return SensorFile(
        path,
        name,
        channels,
        np.stack(signals, axis=1) if signals else np.empty((len(table.lines), 0)),
        clock=table.numbers(time) if time else None,
        unit=columns.time_unit or unit_in(time or ""),
        labels=np.array(table.texts(label), np.str_) if label else None,
        subject=_only(table, subject) if subject else None,
        lines=table.lines,
        left_out=tuple(each for each in table.columns if each not in used),
    )


def _chosen(table: CsvTable, wanted: str | None, usual: Sequence[str], field: str) -> str | None:
    if wanted != AUTO:
        if wanted is not None:
            table.texts(wanted, field)
        return wanted
    found = [name for name in table.columns if name.lower() in usual]
    if len(found) > 1:
        raise DataError(f"{table.path} has columns {', '.join(found)}: choose one by dataset.{field}")
    return found[0] if found else None


def _may_be_channel(table: CsvTable, name: str, columns: Columns) -> bool:
    taken = (columns.time, columns.label, columns.subject)
    if name in table.unnamed or name in taken or name.lower() in _NEVER_CHANNELS:
        return False
    return any(map(is_number, table.columns[name]))


def _only(table: CsvTable, name: str) -> str:
    cells = table.texts(name)
    for row, cell in enumerate(cells):
        if cell != cells[0] or not cell:
            raise DataError(
                f"{table.path}, line {table.lines[row]}: `{name}` is {cell!r}, expected "
                + (f"{cells[0]!r} as above; put each subject into a file of its own" if cell else "a name")
            )
    return cells[0] if cells else ""


def _read_npz(path: Path, name: str, columns: Columns) -> SensorFile:
    file = ArrayFile(path)
    signals = _numbers(path, "signals", file.array("signals"))
    members = {each: file.array(each) for each in _MEMBERS[1:] if each in file.names}
    if signals.ndim != 2:
        raise DataError(f"{path}: `signals` has shape {signals.shape}, expected (samples, channels)")
    named = tuple(map(str, members.get("channels", [f"channel_{1 + n}" for n in range(signals.shape[1])])))
    if len(named) != signals.shape[1]:
        raise DataError(f"{path}: `channels` names {len(named)}, but `signals` has {signals.shape[1]}")
    channels = columns.channels or named
    for i, channel in enumerate(channels):
        if channel not in named:
            said = f"{path} has no channel `{channel}`{did_you_mean(channel, named)}; it has: {list(named)}"
            raise DataError(said, at=("dataset", "channels", i))
    bad = np.argwhere(~usable(signals))
    if len(bad):
        sample, column = bad[0].tolist()
        raise DataError(
            f"{path}, sample {sample}: `{named[column]}` is {signals[sample, column]}, expected a finite number"
        )
    if columns.label is None and "intervals" not in members:
        members.pop("labels", None)
    labels, intervals = _npz_labels(path, members, len(signals))
    rate = _numbers(path, "rate_hz", members["rate_hz"]).reshape(-1) if "rate_hz" in members else None
    if rate is not None and (rate.size != 1 or not 0 < rate[0] < np.inf):
        raise DataError(f"{path}: `rate_hz` is {rate.tolist()}, expected one number above 0")
    return SensorFile(
        path,
        name,
        channels,
        signals[:, [named.index(channel) for channel in channels]],
        rate_hz=float(rate[0]) if rate is not None else None,
        labels=labels,
        intervals=intervals,
        subject=str(members["subject"]) if columns.subject and "subject" in members else None,
        left_out=tuple(each for each in (*file.names, *named) if each not in (*_MEMBERS, *channels)),
    )


def _numbers(path: Path, name: str, values: NDArray[np.generic]) -> NDArray[np.float64]:
    try:
        return np.asarray(values, np.float64)
    except ValueError as error:
        raise DataError(f"{path}: `{name}` holds text, expected numbers: {error}") from error


def _npz_labels(
    path: Path, members: dict[str, NDArray[np.generic]], samples: int
) -> tuple[NDArray[np.str_] | None, tuple[Interval, ...] | None]:
    labels = np.char.strip(members["labels"].astype(np.str_)) if "labels" in members else None
    rows = members.get("intervals")
    wanted = samples if rows is None else len(np.atleast_1d(rows))
    if (labels is not None or rows is not None) and (labels is None or labels.shape != (wanted,)):
        raise DataError(
            f"{path}: `labels` has shape {None if labels is None else labels.shape}, expected ({wanted},): "
            f"one for each {'sample' if rows is None else 'of the `intervals`'}"
        )
    if rows is None or labels is None:
        return labels, None
    if rows.ndim != 2 or rows.shape[1] != 2:
        raise DataError(f"{path}: `intervals` has shape {rows.shape}, expected (intervals, 2): first sample and end")
    pairs = _numbers(path, "intervals", rows).tolist()
    return None, tuple(
        Interval(str(label), start, end, f"{path}, interval {n}")
        for n, (label, (start, end)) in enumerate(zip(labels, pairs, strict=True))
    )
