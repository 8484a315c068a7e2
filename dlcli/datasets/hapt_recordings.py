"""Whole phone recordings of 30 volunteers, in which it is told at each sample what they do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, PositiveInt

from dlcli.datasets.hapt import (
    ACTIVITIES,
    CHANNELS,
    RATE_HZ,
    TEST_SUBJECTS,
    TRAINING_SUBJECTS,
    Channels,
    Hapt,
    Recording,
    Subjects,
    read_recordings,
    recordings_file,
)
from dlcli.datasets.spec import DatasetSpec, Facts, Outlook
from dlcli.datasets.timelines.fields import Sought

if TYPE_CHECKING:
    from dlcli.datasets.data import Data
    from dlcli.datasets.timelines.cutting import Whole

OTHER = "other"
SHORTEST = 9898
"""Samples of the shortest recording."""


class HaptRecordings(DatasetSpec, Sought):
    """The recordings of `hapt` as wholes: what a volunteer does at each sample, and the segments of each activity.

    x: (N, steps, channels) float32, accelerations in g and angular velocities in rad/s; y: (N, steps) int32, one of six
    activities or `other` (the six movements between postures) for each sample, -1 where nobody has told, between
    activities: such samples weigh nothing. groups: the volunteer, 1..30.
    Training learns from windows that overlap. Validation and test are judged as whole recordings: windows lie side by
    side, the last one reaches back, and each sample is judged once. Test split by volunteer as published (9 of 30).
    Segments (start, end, activity, score) are made of the probabilities and compared with the labelled ones, as in
    untrimmed activity recognition: `segments_<split>.csv` in the run.
    Raises DataError where the data file is missing or damaged.
    Source: Reyes-Ortiz et al. 2016, https://doi.org/10.1016/j.neucom.2015.07.085; filters as those of `hapt`.
    """

    facts: ClassVar[Facts | None] = Facts(
        train=1328,
        test=327,
        example="1024 x 9, float32",
        classes=(*ACTIVITIES, OTHER),
        authors="Jorge L. Reyes-Ortiz, Davide Anguita, Luca Oneto and Xavier Parra",
        licence="CC BY 4.0 (data/hapt/LICENSE.md)",
        page="https://archive.ics.uci.edu/dataset/341, https://doi.org/10.24432/C54G7M",
        download_bytes=0,
    )
    """Windows of the default steps, stride, channels and volunteers for validation; of 61 recordings in all."""

    type: Literal["hapt_recordings"] = "hapt_recordings"

    steps: Annotated[int, Field(ge=16, le=SHORTEST)] = 1024
    """Samples in a window, at 50 per second; from 16 to the length of the shortest recording."""
    stride: PositiveInt = 512
    """Samples from the start of a window to learn from to the start of the next."""
    channels: Channels = CHANNELS
    """Signals to use, in this order: body (without gravity) or total acceleration in g, angular velocity in rad/s."""
    validation_subjects: Subjects = TRAINING_SUBJECTS[4::5]
    """Volunteers held out of training for validation. By default every fifth of the 21 training subjects."""

    def outlook(self) -> Outlook:
        """What is known of the shipped recordings."""
        return Outlook(
            predicts="timelines",
            classes=(*ACTIVITIES, OTHER),
            shape=(self.steps, len(self.channels)),
            validation=True,
            test=True,
            groups=True,
            per_step=True,
        )

    def load(self, folder: Path) -> Data:
        """Filter the recordings, and cut them into windows, split by volunteer. Takes about a second.

        folder: not looked into; the recordings come with dlcli.
        """
        from dlcli.datasets.data import Data, Timelines
        from dlcli.datasets.timelines.cutting import to_judge, to_learn

        recordings = read_recordings(recordings_file())

        def of(subjects: tuple[int, ...]) -> list[Whole]:
            return [self._whole(each) for each in recordings if each.subject in subjects]

        training = tuple(subject for subject in TRAINING_SUBJECTS if subject not in self.validation_subjects)
        return Data(
            to_learn(of(training), self.steps, self.stride),
            to_judge(of(self.validation_subjects), self.steps),
            to_judge(of(TEST_SUBJECTS), self.steps),
            Timelines(
                (*ACTIVITIES, OTHER), len(ACTIVITIES), RATE_HZ, self.smooth_seconds, self.least_seconds,
                self.excerpt_seconds,
            ),
        )  # fmt: skip

    @classmethod
    def place(cls, folder: Path) -> Path | None:
        """The file that comes with dlcli."""
        return Hapt.place(folder)

    def _whole(self, recording: Recording) -> Whole:
        import numpy as np

        from dlcli.datasets.data import NO_LABEL
        from dlcli.datasets.sensors.windows import inertial_channels
        from dlcli.datasets.timelines.cutting import Whole

        columns = [CHANNELS.index(channel) for channel in self.channels]
        signals = inertial_channels(recording.acceleration, recording.angular_velocity, RATE_HZ)[:, columns]
        labels = np.full(len(signals), NO_LABEL, np.int32)
        for label, first, end in recording.segments.tolist():
            labels[first:end] = min(label - 1, len(ACTIVITIES))  # labels from 7 on are movements between postures
        return Whole(signals.astype(np.float32), labels, recording.subject, recording.experiment)
