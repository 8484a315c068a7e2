"""A user's own sensor recordings, one file each, with labels, cut into windows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, PositiveFloat, field_validator, model_validator

from dlcli.component import Component, such_as
from dlcli.datasets.folder import resolve
from dlcli.datasets.holdout import HELD_OUT, OwnSplits
from dlcli.datasets.sensors.columns import AUTO, Columns, TimeUnit
from dlcli.datasets.sensors.file_names import FileNames
from dlcli.datasets.spec import DatasetSpec, Outlook, each_once
from dlcli.errors import DataError
from dlcli.paths import PathText

if TYPE_CHECKING:
    from dlcli.datasets.data import Data

Triplet = tuple[str, str, str]


class InertialFilters(Component):
    """Takes noise, gravity and drift from the signals of one inertial sensor, as for UCI HAR and `hapt`.

    The filters start from rest: the first seconds of a recording are better left without a label.
    """

    acceleration: Triplet = Field(examples=[("acc_x", "acc_y", "acc_z")])
    """The columns of acceleration along x, y and z, gravity included, in any unit."""
    angular_velocity: Triplet = Field(examples=[("gyro_x", "gyro_y", "gyro_z")])
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

    model_config = such_as(
        {"type": "recordings", "path": "my_sensors", "file_names": "{subject}_{session}.csv", "rate_hz": 50}
    )

    type: Literal["recordings"] = "recordings"

    path: PathText = Field(examples=["my_sensors"])
    """The folder; relative to the working directory, else to the data folder or one folder down in it."""
    file_names: str | None = Field(default=None, examples=["{subject}_{session}.csv"])
    """How files are called, such as `{subject}_{session}.csv` or `{subject}/{session}.csv`: names in braces stand for
    what varies, as little of it as fits. `subject` says who was recorded. If absent: any .csv and .npz file.
    """
    channels: tuple[str, ...] | None = Field(default=None, min_length=1, examples=[("acc_x", "acc_y", "acc_z")])
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
    rate_hz: PositiveFloat | None = Field(default=None, examples=[50])
    """Samples per second in the files. Needed only where no file says it and a time or a filter depends on it."""
    resample_hz: PositiveFloat | None = Field(default=None, examples=[25])
    """Samples per second that all recordings are brought to, by a polyphase filter; if absent, they stay as they are.
    """
    filters: InertialFilters | None = None
    """Makes the nine channels of `hapt` from two triplets of columns; if absent, signals stay as they are."""
    window: int = Field(default=128, ge=2)
    """Samples in a window, after resampling."""
    overlap: float = Field(default=0.5, ge=0, lt=1)
    """Fraction of a window shared with the next one, from 0 to below 1."""
    classes: tuple[str, ...] | None = Field(default=None, min_length=2, examples=[("still", "moving")])
    """Labels to tell apart, in this order; others are left out. If absent: all, sorted."""
    ignore: tuple[str, ...] = Field(default=(), examples=[("unknown",)])
    """Labels to leave out."""

    @field_validator("file_names")
    @classmethod
    def _a_template(cls, template: str | None) -> str | None:
        FileNames(template)
        return template

    _each_once = field_validator("channels", "classes", "ignore")(each_once)

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

    @classmethod
    def first_values(cls) -> dict[str, object]:
        """What `dlcli init` writes besides the type."""
        return {"path": "my_sensors", "window": 128, "overlap": 0.5, **HELD_OUT}

    def outlook(self) -> Outlook:
        """What is known without the recordings."""
        channels = 9 if self.filters is not None else None if self.channels is None else len(self.channels)
        return Outlook(
            predicts="classes",
            classes=self.classes,
            shape=(self.window, channels),
            validation=self.validation is not None,
            test=self.test is not None,
            groups=True,
            files=("path",),
        )

    def load(self, folder: Path) -> Data:
        """Read the recordings, cut them into windows and split these, by default by subject."""
        from dlcli.datasets.data import Classes, Data
        from dlcli.datasets.labels import about_classes
        from dlcli.datasets.sensors.labelling import about, class_names, labelled, rates_of, stretches_of
        from dlcli.datasets.sensors.segments import refuse_window_too_long, windows_of
        from dlcli.datasets.sensors.sensor_files import read_folder
        from dlcli.datasets.splits import divide

        place = resolve(self.path, folder)
        if not place.is_dir():
            said = f"{place} is a file; dataset.path must name the folder that holds the recordings"
            raise DataError(said, at=("dataset", "path"))
        files = read_folder(place, FileNames(self.file_names), self.columns)
        rates = rates_of(self, files)
        stretches = stretches_of(self, place, files, rates)
        names = class_names(self, place, {label for each in stretches for label, _, _ in each})
        recordings = [labelled(self, *each, names) for each in zip(files, rates, stretches, strict=True)]
        hint = "; take a shorter one, or leave the class out by dataset.ignore"
        refuse_window_too_long("recordings", (each.segments for each in recordings), names, self.window, hint)
        target = Classes(names)
        splits = divide(windows_of(recordings, self.window, self.overlap), target, self)
        return Data(*splits, target, remarks=(*about(self, files, recordings), *about_classes(target, splits)))

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
