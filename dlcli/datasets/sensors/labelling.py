"""Which samples of a user's recordings show what, at the rate that the spec wants."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlcli.datasets.files.numerals import ordered
from dlcli.datasets.hints import did_you_mean
from dlcli.datasets.sensors.intervals import Interval, Stretch, read_intervals, runs_of, to_stretches
from dlcli.datasets.sensors.sampling import rate_of, resample, same_rate
from dlcli.datasets.sensors.segments import Labelled
from dlcli.datasets.sensors.sensor_files import SensorFile
from dlcli.datasets.sensors.windows import NOISE_HZ, inertial_channels
from dlcli.errors import DataError

if TYPE_CHECKING:
    from dlcli.datasets.recordings import Recordings


def rates_of(spec: Recordings, files: Sequence[SensorFile]) -> list[float | None]:
    """Samples per second in each file, None where unknown.

    Raises DataError where the spec needs one that is unknown, or files differ and are not to be resampled.
    """
    rates = [rate_of(file, spec.rate_hz) for file in files]
    first: tuple[float, SensorFile] | None = None
    for rate, file in zip(rates, files, strict=True):
        if rate is None:
            if spec.resample_hz or spec.filters:
                needing = "resample_hz" if spec.resample_hz else "filters"
                raise DataError(
                    f"{file.path} does not say its sampling rate, which `{needing}` needs: set dataset.rate_hz"
                )
            continue
        first = first or (rate, file)
        if not spec.resample_hz and not same_rate(rate, first[0]):
            raise DataError(
                f"{file.path} has {rate:.5g} samples per second, {first[1].path} has {first[0]:.5g}; "
                "set dataset.resample_hz to bring them to one rate"
            )
    return rates


def stretches_of(
    spec: Recordings, folder: Path, files: Sequence[SensorFile], rates: Sequence[float | None]
) -> list[list[Stretch]]:
    """The labelled stretches of each file, in samples as they stand in it.

    Raises DataError where a file is labelled in two ways, or its intervals do not fit it.
    """
    intervals = read_intervals(folder, {file.name for file in files})
    return [_stretches(spec, file, rate, intervals.get(file.name)) for file, rate in zip(files, rates, strict=True)]


def _stretches(spec: Recordings, file: SensorFile, rate: float | None, given: list[Interval] | None) -> list[Stretch]:
    ways = [file.labels is not None, file.intervals is not None, given is not None]
    if sum(ways) > 1:
        raise DataError(
            f"{file.path} has labels of its own and intervals in a file of labels; remove one"
            + (", or set dataset.label_column=null" if file.labels is not None else "")
        )
    if file.labels is not None:
        return runs_of(file.labels)
    clock = np.arange(len(file.signals), dtype=np.float64)
    if given is not None and spec.interval_unit == "time":
        if file.clock is not None:
            clock = file.clock
        elif rate is not None:
            clock /= rate
        else:
            raise DataError(
                f"{file.path} does not say its sampling rate, which times in its file of labels need: "
                "set dataset.rate_hz, or dataset.interval_unit=samples"
            )
    return to_stretches(given or file.intervals or (), clock)


def class_names(spec: Recordings, folder: Path, found: set[str]) -> tuple[str, ...]:
    """The labels to tell apart. Raises DataError where there is none, or the spec names one that is not there."""
    if not found:
        raise DataError(
            f"{folder}: no sample has a label; give them in a column `label`, or as intervals in "
            f"{folder / 'labels.csv'}"
        )
    for field, names in (("classes", spec.classes or ()), ("ignore", spec.ignore)):
        for i, name in enumerate(names):
            if name not in found:
                raise DataError(
                    f"{folder}: dataset.{field} has {name!r}{did_you_mean(name, found)}, which no sample is labelled "
                    f"with; labels: {list(ordered(found))}",
                    at=("dataset", field, i),
                )
    return spec.classes or ordered(found - set(spec.ignore))


def labelled(
    spec: Recordings, file: SensorFile, rate: float | None, stretches: list[Stretch], names: Sequence[str]
) -> Labelled:
    """A recording with the rate and channels that the spec wants, and its stretches of these classes."""
    signals = file.signals
    if rate is not None and spec.resample_hz is not None:
        signals, stretches = resample(signals, stretches, rate, spec.resample_hz)
        rate = spec.resample_hz
    if rate is not None and spec.filters is not None:
        if rate <= 2 * NOISE_HZ:
            raise DataError(f"{file.path} has {rate:g} samples per second, `filters` need more than 40")
        signals = inertial_channels(signals[:, :3], signals[:, 3:], rate)
    rows = [(names.index(label), first, end) for label, first, end in stretches if label in names]
    return Labelled(signals, np.array(rows, np.int32).reshape(-1, 3), file.subject or file.name)


def about(spec: Recordings, files: Sequence[SensorFile], recordings: Sequence[Labelled]) -> list[str]:
    """What users should know of what was read."""
    remarks = []
    longest = [max((each.segments[:, 2] - each.segments[:, 1]).tolist(), default=0) for each in recordings]
    short = [file.name for file, most in zip(files, longest, strict=True) if most < spec.window]
    if short:
        remarks.append(
            f"no labelled stretch is as long as a window ({spec.window} samples) in {len(short)} of {len(files)} "
            f"recordings: {', '.join(short)}"
        )
    return [*remarks, *about_files(files)]


def about_files(files: Sequence[SensorFile]) -> list[str]:
    """What users should know of files of recordings, whatever is made of them."""
    remarks = []
    left_out = dict.fromkeys(name for file in files for name in file.left_out)
    if left_out:
        remarks.append(f"columns that were not used: {', '.join(left_out)}")
    if all(file.subject is None for file in files):
        remarks.append(
            "no subjects are named, so that recordings of one person may stand on two sides of a split; "
            "name them by dataset.file_names or a column `subject`"
        )
    return remarks
