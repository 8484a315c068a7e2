"""A user's own sensor recordings, one file each, with labels, cut into windows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, PositiveFloat, ValidationInfo, field_validator, model_validator

from dlcli.component import Component
from dlcli.datasets.folder import find
from dlcli.datasets.sensors.file_names import FileNames
from dlcli.datasets.sensors.sensor_files import AUTO, Columns, SensorFile, TimeUnit
from dlcli.datasets.spec import DatasetSpec
from dlcli.datasets.splits import OwnSplits
from dlcli.errors import DataError, MissingData

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlcli.datasets.data import Data
    from dlcli.datasets.sensors.intervals import Interval, Stretch
    from dlcli.datasets.sensors.segments import Labelled

Triplet = tuple[str, str, str]


class InertialFilters(Component):
    """Takes noise, gravity and drift from the signals of one inertial sensor, as for UCI HAR and `hapt`.

    The filters start from rest: the first seconds of a recording are better left without a label.
    """

    acceleration: Triplet
    """The columns of acceleration along x, y and z, gravity included, in any unit."""
    angular_velocity: Triplet
    """The columns of angular velocity about x, y and z, in any unit."""


class Recordings(DatasetSpec, OwnSplits):
    """Your own sensor recordings: a folder with one CSV or .npz file for each, labelled by sample or by interval.

    x: (N, window, C) float32, in the units of the files; with `filters` C = 9, ordered as the channels of `hapt`.
    y: (N,) int32; groups: the subject's name, or the recording's where no subjects are named.
    CSV: a header; columns of sensor values; perhaps a time, a label and a subject column. NPZ: `signals` (T, C);
    perhaps `rate_hz`, `channels` (C,), `subject`, and `labels` (T,) or `intervals` (S, 2) with `labels` (S,).
    Intervals may stand in `labels.csv` (recording, start, end, label), or in NAME.labels.csv (start, end, label)
    beside NAME.csv; they hold from `start` until before `end`. Windows lie inside one interval, or one run of equal
    labels. The page docs/own_recordings.md shows all of it.
    Raises MissingData where there is no such folder, DataError where a file is not as it should be.
    """

    type: Literal["recordings"] = "recordings"

    path: str
    """The folder; relative to the working directory, else to the data folder or one folder down in it."""
    file_names: str | None = None
    """How files are called, such as `{subject}_{session}.csv` or `{subject}/{session}.csv`: names in braces stand for
    what varies, as little of it as fits. `subject` says who was recorded. If absent: any .csv and .npz file.
    """
    channels: tuple[str, ...] | None = Field(default=None, min_length=1)
    """Columns of sensor values, in this order; if absent all that hold numbers, save time, label and subject."""
    label_column: str | None = AUTO
    """The column that names each sample's class, empty where it has none; `auto`: `label` or `activity`, if there."""
    subject_column: str | None = AUTO
    """The column that says who was recorded; `auto`: `subject`, `subject_id`, `user` or `user_id`, if there is one."""
    time_column: str | None = AUTO
    """The column of times; `auto`: `time`, `timestamp`, `time_s`, `time_ms`, ..., if there is one; null: not used."""
    time_unit: TimeUnit | None = None
    """The unit of times; if absent: by the column's name, as in `time_ms`, else seconds."""
    interval_unit: Literal["time", "samples"] = "time"
    """What `start` and `end` count: `time` as the time column does (without one: seconds from the first sample), or
    `samples` from 0. In .npz files always samples.
    """
    rate_hz: PositiveFloat | None = None
    """Samples per second in the files. Needed only where no file says it and a time or a filter depends on it."""
    resample_hz: PositiveFloat | None = None
    """Samples per second that all recordings are brought to, by a polyphase filter; if absent, they stay as they are.
    """
    filters: InertialFilters | None = None
    """Makes the nine channels of `hapt` from two triplets of columns; if absent, signals stay as they are."""
    window: int = Field(default=128, ge=2)
    """Samples in a window, after resampling."""
    overlap: float = Field(default=0.5, ge=0, lt=1)
    """Fraction of a window shared with the next one, from 0 to below 1."""
    classes: tuple[str, ...] | None = Field(default=None, min_length=2)
    """Labels to tell apart, in this order; others are left out. If absent: all, sorted."""
    ignore: tuple[str, ...] = ()
    """Labels to leave out."""

    @field_validator("file_names")
    @classmethod
    def _a_template(cls, template: str | None) -> str | None:
        FileNames(template)
        return template

    @field_validator("channels", "classes", "ignore")
    @classmethod
    def _each_once(cls, names: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        if names and len(set(names)) < len(names):
            raise ValueError(f"`{info.field_name}` (={list(names)}) must name each once")
        return names

    @model_validator(mode="after")
    def _fields_agree(self) -> Recordings:
        if self.filters and self.channels:
            raise ValueError(f"`channels` (={list(self.channels)}) must be absent where `filters` names the columns")
        if self.classes and (both := set(self.classes) & set(self.ignore)):
            raise ValueError(f"`ignore` (={list(self.ignore)}) must not name classes; {sorted(both)} are in `classes`")
        if self.subject_column not in (AUTO, None) and "subject" in FileNames(self.file_names).parts:
            raise ValueError(f"`subject_column` (={self.subject_column}) must be absent: `file_names` has the subject")
        for name, held_out in (("test", self.test), ("validation", self.validation)):
            if self.overlap and held_out and held_out.by not in (None, "group"):
                raise ValueError(
                    f"`{name}.by` (={held_out.by}) must be group, or `overlap` 0: windows that overlap share samples"
                )
        return self

    def load(self, folder: Path) -> Data:
        """Read the recordings, cut them into windows and split these, by default by subject."""
        from dlcli.datasets.data import Classes, Data
        from dlcli.datasets.sensors.segments import refuse_window_too_long, windows_of
        from dlcli.datasets.sensors.sensor_files import read_folder
        from dlcli.datasets.splits import divide

        place = _resolve(self.path, folder)
        files = read_folder(place, FileNames(self.file_names), self.columns)
        sampled = self._sampled(place, files)
        found = {label for _, stretches in sampled.values() for label, _, _ in stretches}
        names = self._class_names(found, place)
        recordings = [self._labelled(file, *sampled[file.name], names) for file in files]
        hint = "; take a shorter one, or leave the class out by dataset.ignore"
        refuse_window_too_long("recordings", (each.segments for each in recordings), names, self.window, hint)
        target = Classes(names)
        splits = divide(windows_of(recordings, self.window, self.overlap), target, self)
        return Data(*splits, target, remarks=tuple(self._remarks(files, recordings)))

    def write_stand_in(self, folder: Path) -> None:
        """Ten short made-up recordings of as many people, in files such as the spec describes."""
        from dlcli.datasets.sensors.made_up import write_recordings

        write_recordings(self, folder / Path(self.path).name)

    @property
    def columns(self) -> Columns:
        """Where in a file what is to be found."""
        filtered = (*self.filters.acceleration, *self.filters.angular_velocity) if self.filters else None
        subject = None if "subject" in FileNames(self.file_names).parts else self.subject_column
        return Columns(filtered or self.channels, self.time_column, self.time_unit, self.label_column, subject)

    def _sampled(self, place: Path, files: Sequence[SensorFile]) -> dict[str, tuple[float | None, list[Stretch]]]:
        """The rate of each file, and its labelled stretches in samples as they stand in it."""
        from dlcli.datasets.sensors.intervals import read_intervals
        from dlcli.datasets.sensors.sampling import rate_of, same_rate

        intervals = read_intervals(place, {file.name for file in files})
        sampled: dict[str, tuple[float | None, list[Stretch]]] = {}
        first: tuple[float, SensorFile] | None = None
        for file in files:
            rate = rate_of(file, self.rate_hz)
            if rate is None and (self.resample_hz or self.filters):
                needing = "resample_hz" if self.resample_hz else "filters"
                raise DataError(
                    f"{file.path} does not say its sampling rate, which `{needing}` needs: set dataset.rate_hz"
                )
            if rate is not None and first is not None and not self.resample_hz and not same_rate(rate, first[0]):
                raise DataError(
                    f"{file.path} has {rate:.5g} samples per second, {first[1].path} has {first[0]:.5g}; "
                    "set dataset.resample_hz to bring them to one rate"
                )
            if rate is not None and first is None:
                first = rate, file
            sampled[file.name] = rate, self._stretches(file, intervals.get(file.name), rate)
        return sampled

    def _stretches(self, file: SensorFile, given: list[Interval] | None, rate: float | None) -> list[Stretch]:
        import numpy as np

        from dlcli.datasets.sensors.intervals import runs_of, to_stretches

        ways = [file.labels is not None, file.intervals is not None, given is not None]
        if sum(ways) > 1:
            raise DataError(
                f"{file.path} has labels of its own and intervals in a file of labels; remove one"
                + (", or set dataset.label_column=null" if file.labels is not None else "")
            )
        if file.labels is not None:
            return runs_of(file.labels)
        clock = np.arange(len(file.signals), dtype=np.float64)
        if given is not None and self.interval_unit == "time":
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

    def _class_names(self, found: set[str], place: Path) -> tuple[str, ...]:
        from dlcli.datasets.sensors.csv_table import did_you_mean

        if not found:
            raise DataError(
                f"{place}: no sample has a label; give them in a column `label`, or as intervals in "
                f"{place / 'labels.csv'}"
            )
        for field, names in (("classes", self.classes or ()), ("ignore", self.ignore)):
            for name in names:
                if name not in found:
                    hint = did_you_mean(name, found)
                    raise DataError(
                        f"{place}: dataset.{field} has {name!r}{hint}, which no sample is labelled with; "
                        f"labels: {_sorted(found)}"
                    )
        return self.classes or tuple(_sorted(found - set(self.ignore)))

    def _labelled(
        self, file: SensorFile, rate: float | None, stretches: list[Stretch], names: tuple[str, ...]
    ) -> Labelled:
        import numpy as np

        from dlcli.datasets.sensors.sampling import resample
        from dlcli.datasets.sensors.segments import Labelled
        from dlcli.datasets.sensors.windows import NOISE_HZ, inertial_channels

        signals = file.signals
        if rate is not None and self.resample_hz is not None:
            signals, stretches = resample(signals, stretches, rate, self.resample_hz)
            rate = self.resample_hz
        if rate is not None and self.filters is not None:
            if rate <= 2 * NOISE_HZ:
                raise DataError(f"{file.path} has {rate:g} samples per second, `filters` need more than 40")
            signals = inertial_channels(signals[:, :3], signals[:, 3:], rate)
        rows = [(names.index(label), first, end) for label, first, end in stretches if label in names]
        return Labelled(signals, np.array(rows, np.int32).reshape(-1, 3), file.subject or file.name)

    def _remarks(self, files: Sequence[SensorFile], recordings: Sequence[Labelled]) -> list[str]:
        remarks = []
        longest = [max((each.segments[:, 2] - each.segments[:, 1]).tolist(), default=0) for each in recordings]
        short = [file.name for file, most in zip(files, longest, strict=True) if most < self.window]
        if short:
            remarks.append(
                f"no labelled stretch is as long as a window ({self.window} samples) in {len(short)} of {len(files)} "
                f"recordings: {', '.join(short)}"
            )
        left_out = dict.fromkeys(name for file in files for name in file.left_out)
        if left_out:
            remarks.append(f"columns that were not used: {', '.join(left_out)}")
        if all(file.subject is None for file in files):
            remarks.append(
                "no subjects are named, so that recordings of one person may stand on two sides of a split; "
                "name them by dataset.file_names or a column `subject`"
            )
        return remarks


def _resolve(path: str, folder: Path) -> Path:
    """The folder of the recordings: as it stands, or in the data folder or one folder down."""
    place = Path(path).expanduser()
    found = place if place.exists() else find(folder, [path, place.name])
    if found is None:
        raise MissingData(
            f"the folder {path} is not here: looked for {place.absolute()}, and for {place.name} in {folder}"
        )
    if not found.is_dir():
        raise DataError(f"{found} is a file; dataset.path must name the folder that holds the recordings")
    return found


def _sorted(labels: set[str]) -> list[str]:
    """Sorted as text, or by number where all are whole numbers."""
    return sorted(labels, key=int) if all(label.isdecimal() for label in labels) else sorted(labels)
