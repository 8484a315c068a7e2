"""Raw phone recordings of 30 volunteers doing six activities (and moving between postures), cut into windows."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, get_args

from pydantic import AfterValidator, Field

from dlcli.datasets.spec import DatasetSpec, Facts, Outlook
from dlcli.errors import DataError
from dlcli.shipped import shipped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dlcli.datasets.data import Data, Split
    from dlcli.datasets.sensors.segments import Labelled

RATE_HZ = 50.0
COUNT_G = 1 / 720
"""Acceleration of one count, in g."""
COUNT_RAD_PER_S = 3.0543261909900767e-4
"""Angular velocity of one count, in rad/s: 17.5 millidegrees/s."""

Channel = Literal[
    "body_acc_x",
    "body_acc_y",
    "body_acc_z",
    "body_gyro_x",
    "body_gyro_y",
    "body_gyro_z",
    "total_acc_x",
    "total_acc_y",
    "total_acc_z",
]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
ACTIVITIES = ("walking", "walking_upstairs", "walking_downstairs", "sitting", "standing", "laying")
TRANSITIONS = ("stand_to_sit", "sit_to_stand", "sit_to_lie", "lie_to_sit", "stand_to_lie", "lie_to_stand")
TEST_SUBJECTS = (2, 4, 9, 10, 12, 13, 18, 20, 24)
TRAINING_SUBJECTS = tuple(subject for subject in range(1, 31) if subject not in TEST_SUBJECTS)


def _some_channels_each_once(channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
    if not channels:
        raise ValueError("`channels` (=[]) must name at least one channel")
    if len(set(channels)) < len(channels):
        raise ValueError(f"`channels` (={list(channels)}) must name each channel once")
    return channels


def _some_training_subjects(subjects: tuple[int, ...]) -> tuple[int, ...]:
    given = f"`validation_subjects` (={list(subjects)})"
    if not subjects:
        raise ValueError(f"{given} must name at least one subject")
    if len(set(subjects)) < len(subjects):
        raise ValueError(f"{given} must name each subject once")
    if strangers := sorted(set(subjects) - set(TRAINING_SUBJECTS)):
        raise ValueError(f"{given} must be training subjects {list(TRAINING_SUBJECTS)}; {strangers} are not")
    if len(subjects) == len(TRAINING_SUBJECTS):
        raise ValueError(f"{given} must leave at least one subject to train on")
    return subjects


Channels = Annotated[tuple[Channel, ...], AfterValidator(_some_channels_each_once)]
Subjects = Annotated[tuple[int, ...], AfterValidator(_some_training_subjects)]


class Hapt(DatasetSpec):
    """Human activities from a phone worn at the waist: 30 volunteers, 61 recordings at 50 Hz, shipped with dlcli.

    x: (N, window, channels) float32, accelerations in g and angular velocities in rad/s; y: 6 classes, or 12 with
    transitions; groups: the volunteer, 1..30. Test split by volunteer as published (9 of 30).
    Filters and window starts follow the publishers: the windows of walking and stairs equal UCI HAR's to the last
    printed digit, and with transitions there are as many as HAPT has (7767 and 3162). UCI HAR's windows of sitting,
    standing and laying are of the same signals, but many are cut at other samples than HAPT's labels say.
    Raises DataError where the data file is missing or damaged, or a class has no recording as long as the window.
    Source: Reyes-Ortiz et al. 2016, https://doi.org/10.1016/j.neucom.2015.07.085, and Anguita et al. 2013 (ESANN).
    The filters are in dlcli/datasets/sensors/windows.py.
    """

    facts: ClassVar[Facts | None] = Facts(
        train=7415,
        test=2996,
        example="128 x 9, float32",
        classes=ACTIVITIES,
        authors="Jorge L. Reyes-Ortiz, Davide Anguita, Luca Oneto and Xavier Parra",
        licence="CC BY 4.0 (data/hapt/LICENSE.md)",
        page="https://archive.ics.uci.edu/dataset/341, https://doi.org/10.24432/C54G7M",
        download_bytes=0,
    )
    """With the default window, overlap and channels, and without transitions."""

    type: Literal["hapt"] = "hapt"

    window: int = Field(default=128, ge=16)
    """Samples in a window, at 50 per second; at least 16. As published: 128 (2.56 s)."""

    overlap: float = Field(default=0.5, ge=0, lt=1)
    """Fraction of a window shared with the next one, from 0 to below 1. Memory grows with 1 / (1 - overlap)."""

    channels: Channels = CHANNELS
    """Signals to use, in this order: body (without gravity) or total acceleration in g, angular velocity in rad/s."""

    transitions: bool = False
    """Whether the six movements between postures are classes too (12 classes), or left out (6 classes)."""

    validation_subjects: Subjects = TRAINING_SUBJECTS[4::5]
    """Volunteers held out of training for validation. By default every fifth of the 21 training subjects."""

    def outlook(self) -> Outlook:
        """What is known of the shipped recordings."""
        return Outlook(
            predicts="classes",
            classes=ACTIVITIES + TRANSITIONS if self.transitions else ACTIVITIES,
            shape=(self.window, len(self.channels)),
            validation=True,
            test=True,
            groups=True,
        )

    def load(self, folder: Path) -> Data:
        """Filter the recordings, cut them into windows and split these by volunteer. Takes about a second.

        folder: not looked into; the recordings come with dlcli.
        """
        from dlcli.datasets.data import Classes, Data
        from dlcli.datasets.sensors.segments import refuse_window_too_long, windows_of

        names = ACTIVITIES + (TRANSITIONS if self.transitions else ())
        recordings = read_recordings(recordings_file())
        kept = {each.experiment: _of_classes(each.segments, len(names)) for each in recordings}
        refuse_window_too_long("hapt", kept.values(), names, self.window)

        def of(subjects: tuple[int, ...]) -> Split:
            chosen = (each for each in recordings if each.subject in subjects)
            labelled = (self._filtered(each, kept[each.experiment]) for each in chosen)
            return windows_of(labelled, self.window, self.overlap)

        training = tuple(subject for subject in TRAINING_SUBJECTS if subject not in self.validation_subjects)
        return Data(of(training), of(self.validation_subjects), of(TEST_SUBJECTS), Classes(names))

    @classmethod
    def place(cls, folder: Path) -> Path | None:
        """The file that comes with dlcli."""
        return recordings_file() if recordings_file().exists() else None

    def _filtered(self, recording: Recording, segments: NDArray[np.int32]) -> Labelled:
        from dlcli.datasets.sensors.segments import Labelled
        from dlcli.datasets.sensors.windows import inertial_channels

        columns = [CHANNELS.index(channel) for channel in self.channels]
        signals = inertial_channels(recording.acceleration, recording.angular_velocity, RATE_HZ)[:, columns]
        return Labelled(signals, segments, recording.subject)


def recordings_file() -> Path:
    """The file that comes with dlcli."""
    return shipped("data", "hapt", "hapt.npz")


@dataclass(frozen=True)
class Recording:
    """One volunteer's way through the protocol, sampled at 50 Hz.

    acceleration: (T, 3) in g; angular_velocity: (T, 3) in rad/s, both float64.
    segments: (S, 3) int32, rows of label (1..12), first sample and end (the sample after the last), in time order.
    """

    experiment: int
    subject: int
    acceleration: NDArray[np.float64]
    angular_velocity: NDArray[np.float64]
    segments: NDArray[np.int32]


def read_recordings(path: Path) -> list[Recording]:
    """The recordings in a file made by scripts/make_hapt.py, by experiment number.

    Raises DataError where the file is missing or damaged.
    """
    import numpy as np

    try:
        with path.open("rb") as content, np.load(content) as file:
            counts = decode_counts(file["planes"])
            table, segments = file["recordings"], file["segments"]
        parts = np.split(counts, np.cumsum(table[:, 2])[:-1])
        return [
            _recording(experiment, subject, part, segments[segments[:, 0] == experiment])
            for (experiment, subject, _), part in zip(table.tolist(), parts, strict=True)
        ]
    except (OSError, ValueError, LookupError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        state = "missing" if isinstance(error, FileNotFoundError) else "damaged or not readable"
        raise DataError(
            f"dataset hapt: {path} is {state}; reinstall dlcli, or in a clone run: python scripts/make_hapt.py"
        ) from error


def decode_counts(planes: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Counts of the sensor (T, C) from the low and high bytes (2, C, T) of their differences along time."""
    import numpy as np

    differences = (planes[0] | planes[1].astype(np.uint16) << 8).view(np.int16)
    return np.cumsum(differences, axis=1, dtype=np.int16).T


def _recording(experiment: int, subject: int, counts: NDArray[np.int16], rows: NDArray[np.int32]) -> Recording:
    import numpy as np

    # The publisher's labels.txt counts samples from 1 and names the last one; here, from 0 and the one after it.
    segments = rows[:, 2:] - np.array([0, 1, 0], np.int32)
    signals = counts.astype(np.float64)
    return Recording(experiment, subject, signals[:, :3] * COUNT_G, signals[:, 3:] * COUNT_RAD_PER_S, segments)


def _of_classes(segments: NDArray[np.int32], classes: int) -> NDArray[np.int32]:
    """The segments of the first so many labels, these counted from 0."""
    import numpy as np

    return segments[segments[:, 0] <= classes] - np.array([1, 0, 0], np.int32)
