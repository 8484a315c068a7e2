"""A user's own recordings as frames: a row of features and a label for each, as many as a recording has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt, field_validator, model_validator

from dlcli.component import such_as
from dlcli.datasets.folder import resolve
from dlcli.datasets.holdout import HELD_OUT, OwnSplits
from dlcli.datasets.recordings import Recordings
from dlcli.datasets.sensors.columns import AUTO, TimeUnit
from dlcli.datasets.sensors.file_names import FileNames
from dlcli.datasets.spec import DatasetSpec, Outlook, each_once
from dlcli.datasets.timelines.fields import Sought
from dlcli.errors import DataError
from dlcli.paths import PathText

if TYPE_CHECKING:
    from dlcli.datasets.data import Data


class Frames(DatasetSpec, OwnSplits, Sought):
    """Your own recordings, frame by frame: a folder with one .npz or CSV file for each, labelled by frame or interval.

    Such as `dlcli data features` makes of videos' frames, or sensor files. Files, labels and subjects are written as
    for `recordings`: .npz files hold `signals` (T, F), `rate_hz`, and `labels` (T,) text; see docs/timelines.md.
    x: (N, steps, F) float32: whole recordings, or windows of them where `steps` is given. Shorter ones are filled up at
    their ends with NaN, which the model masks. y: (N, steps) int32, a class for each frame, -1 where there is none.
    groups: the subject's name, or the recording's where no subjects are named.
    Segments of the classes are sought, other than of those in `background`.
    Raises MissingData where there is no such folder, DataError where a file is not as it should be.
    """

    model_config = such_as({"type": "frames", "path": "features", "background": ["nothing"], "steps": 256})

    type: Literal["frames"] = "frames"

    path: PathText = Field(examples=["features"])
    """The folder; relative to the working directory, else to the data folder or one folder down in it."""
    file_names: str | None = Field(default=None, examples=["{subject}_{session}.npz"])
    """How files are called, as for `recordings`; `subject` says who was recorded. If absent: any .csv and .npz file."""
    channels: tuple[str, ...] | None = Field(default=None, min_length=1, examples=[("hip_x", "hip_y")])
    """Columns of features, in this order; if absent all that hold numbers, save time, label and subject."""
    label_column: str | None = AUTO
    """The column that names each frame's class, empty where it has none; `auto`: `label` or `activity`, if there."""
    subject_column: str | None = AUTO
    """The column that says who was recorded; `auto`: `subject`, `subject_id`, `user` or `user_id`, if there is one."""
    time_column: str | None = AUTO
    """The column of times; `auto`: `time`, `timestamp`, `time_s`, `time_ms`, ..., if there is one; null: not used."""
    time_unit: TimeUnit | None = None
    """The unit of times; if absent: by the column's name, as in `time_ms`, else seconds."""
    interval_unit: Literal["time", "samples"] = "time"
    """What `start` and `end` in files of labels count: `time`, or `samples` (frames) from 0."""
    rate_hz: PositiveFloat | None = Field(default=None, examples=[25])
    """Frames per second. Needed only where no file says it."""
    classes: tuple[str, ...] | None = Field(default=None, min_length=2, examples=[("pour", "stir", "nothing")])
    """Labels to tell apart, in this order, those of `background` last; frames of others have none. If absent: all,
    sorted."""
    ignore: tuple[str, ...] = Field(default=(), examples=[("unknown",)])
    """Labels that are taken for none."""
    background: tuple[str, ...] = Field(default=(), examples=[("nothing",)])
    """Classes of which no segments are sought."""
    steps: Annotated[int, Field(ge=2)] | None = Field(default=None, examples=[256])
    """Frames in a window; if absent, examples are whole recordings, all filled up to the length of the longest."""
    stride: PositiveInt | None = Field(default=None, examples=[128])
    """Frames from the start of a window to learn from to the start of the next; if absent, half of `steps`."""

    _each_once = field_validator("channels", "classes", "ignore", "background")(each_once)

    @field_validator("file_names")
    @classmethod
    def _a_template(cls, template: str | None) -> str | None:
        FileNames(template)
        return template

    @model_validator(mode="after")
    def _fields_agree(self) -> Frames:
        if self.stride is not None and self.steps is None:
            raise ValueError(f"`stride` (={self.stride}) is of windows, and `steps` gives them no length")
        if self.classes is not None:
            behind = self.classes[len(self.classes) - len(self.background) :]
            if self.background and set(behind) != set(self.background):
                raise ValueError(
                    f"`classes` (={list(self.classes)}) must end with those of `background` (={list(self.background)})"
                )
            if len(self.classes) == len(self.background):
                raise ValueError(f"`background` (={list(self.background)}) must leave a class to seek")
        if both := sorted({*(self.classes or ()), *self.background} & set(self.ignore)):
            raise ValueError(f"`ignore` (={list(self.ignore)}) must not name classes; {both} are some")
        self.as_recordings()
        return self

    @classmethod
    def first_values(cls) -> dict[str, object]:
        """What `dlcli init` writes besides the type."""
        return {"path": "features", **HELD_OUT}

    def outlook(self) -> Outlook:
        """What is known without the recordings."""
        return Outlook(
            predicts="timelines",
            classes=self.classes,
            shape=(self.steps, None if self.channels is None else len(self.channels)),
            validation=self.validation is not None,
            test=self.test is not None,
            groups=True,
            files=("path",),
            per_step=True,
        )

    def load(self, folder: Path) -> Data:
        """Read the recordings, divide them, by default by subject, and cut them into windows if so asked."""
        from dlcli.datasets.timelines.own import load

        place = resolve(self.path, folder)
        if not place.is_dir():
            said = f"{place} is a file; dataset.path must name the folder that holds the recordings"
            raise DataError(said, at=("dataset", "path"))
        return load(self, place)

    def write_stand_in(self, folder: Path) -> None:
        """Ten short made-up recordings of as many people, in files such as the spec describes."""
        from dlcli.datasets.sensors.made_up import CLASSES, write_recordings

        classes = self.classes or (*CLASSES, *self.background)
        write_recordings(self.as_recordings().model_copy(update={"classes": classes}), folder / Path(self.path).name)

    def as_recordings(self) -> Recordings:
        """The spec of the same files, as `recordings` reads them."""
        shared = set(Recordings.__pydantic_fields__) & set(Frames.__pydantic_fields__) - {"type"}
        return Recordings(window=16, **{name: getattr(self, name) for name in shared})
