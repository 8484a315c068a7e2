"""UCI HAR: the windows of phone signals as they were published."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, NonNegativeInt, model_validator

from dlcli.component import such_as
from dlcli.datasets.files.archives import read_members
from dlcli.datasets.files.download import PublishedFile, obtain
from dlcli.datasets.files.matrices import read_matrix, read_whole_numbers
from dlcli.datasets.folder import find
from dlcli.datasets.hapt import ACTIVITIES, CHANNELS, TEST_SUBJECTS, TRAINING_SUBJECTS, Channel, Channels, Subjects
from dlcli.datasets.holdout import Holdout
from dlcli.datasets.spec import DatasetSpec, Facts, Outlook
from dlcli.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dlcli.datasets.data import Data, Split

# Neither the authors nor UCI name a checksum; this is what others who fetched the archive from UCI have recorded.
ARCHIVE = PublishedFile(
    "human+activity+recognition+using+smartphones.zip",
    61005872,
    "sha256:c00b803081a5c797cd5e4b83700a9810b38d53d9d84e01917e090e1fdbc81031",
)
MIRRORS = ("https://archive.ics.uci.edu/static/public/240/",)
FOLDER = "UCI HAR Dataset"
INNER = f"{FOLDER}.zip"
WINDOW = 128
CLASS_COUNTS = {"train": (1226, 1073, 986, 1286, 1374, 1407), "test": (496, 471, 420, 491, 532, 537)}


class UciHar(DatasetSpec):
    """Human activities from a phone worn at the waist: UCI HAR's windows of 30 volunteers, downloaded (61 MB).

    x: (N, 128, channels) float32, 2.56 s at 50 Hz, accelerations in g and angular velocities in rad/s; y: 6 classes;
    groups: the volunteer, 1..30. 7352 windows for training and 2947 for the test, of other volunteers, as published.
    Neighbouring windows share half their samples, so only whole volunteers should be held out. The archive as UCI
    serves it is read, or the one inside it, or the folder unpacked from that. The dataset `hapt` has the recordings.
    Raises MissingData where it is not here and cannot be downloaded, DataError where it is damaged, or volunteers
    stand on both sides of the published split.
    Source: Anguita, Ghio, Oneto, Parra and Reyes-Ortiz 2013 (ESANN).
    """

    facts: ClassVar[Facts | None] = Facts(
        train=sum(CLASS_COUNTS["train"]),
        test=sum(CLASS_COUNTS["test"]),
        example=f"{WINDOW} x {len(CHANNELS)}, float32",
        classes=ACTIVITIES,
        authors="Davide Anguita, Alessandro Ghio, Luca Oneto, Xavier Parra and Jorge L. Reyes-Ortiz",
        licence="CC BY 4.0",
        page="https://archive.ics.uci.edu/dataset/240, https://doi.org/10.24432/C54S4K",
        download_bytes=ARCHIVE.size_bytes or 0,
    )

    model_config = such_as({"type": "uci_har", "validation": {"fraction": 0.1}})

    type: Literal["uci_har"] = "uci_har"

    channels: Channels = CHANNELS
    """Signals to use, in this order: body (without gravity) or total acceleration in g, angular velocity in rad/s."""
    validation: Holdout | None = Field(default_factory=lambda: Holdout(fraction=0.2))
    """What is held out of the training split for validation; null: nothing. By default a fifth of the volunteers."""
    validation_subjects: Subjects | None = Field(default=None, examples=[(7, 23)])
    """The volunteers held out for validation, by number, in the place of `validation`."""
    split_seed: NonNegativeInt = 0
    """Determines what is held out. Apart from `seed`, so that runs of several seeds share their splits."""

    @model_validator(mode="before")
    @classmethod
    def _subjects_take_the_place_of_the_default(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("validation_subjects") is not None:
            return {"validation": None} | values
        return values

    @model_validator(mode="after")
    def _held_out_in_one_way(self) -> UciHar:
        if self.validation is not None and self.validation_subjects is not None:
            raise ValueError(
                f"`validation_subjects` (={list(self.validation_subjects)}) must stand alone: leave `validation` out, "
                "or set it to null"
            )
        return self

    def outlook(self) -> Outlook:
        """What is known of the published windows."""
        return Outlook(
            predicts="classes",
            classes=ACTIVITIES,
            shape=(WINDOW, len(self.channels)),
            validation=self.validation is not None or self.validation_subjects is not None,
            test=True,
            groups=True,
        )

    def load(self, folder: Path) -> Data:
        """The unpacked folder or an archive, in the data folder or one down; else the archive is downloaded."""
        from dlcli.datasets.data import Classes, Data
        from dlcli.datasets.splits import hold_out

        path = self.place(folder)
        if path is None:
            obtain(self.type, (ARCHIVE,), MIRRORS, folder, folder, f"{INNER}, or the folder {FOLDER}/ in that")
            path = folder / ARCHIVE.name
        splits = read_windows(path, self.channels)
        remarks = _check(path, splits)
        target = Classes(ACTIVITIES)
        if self.validation_subjects is None:
            train, validation = hold_out(splits["train"], target, self.validation, self.split_seed, "validation")
            return Data(train, validation, splits["test"], target, remarks=remarks)
        train, named = _by_subject(path, splits["train"], self.validation_subjects)
        return Data(train, named, splits["test"], target, remarks=remarks)

    @classmethod
    def place(cls, folder: Path) -> Path | None:
        """The unpacked folder, the archive or the one inside it."""
        return find(folder, (FOLDER, INNER, ARCHIVE.name))

    def write_stand_in(self, folder: Path) -> None:
        """An archive in an archive with 252 training and 54 test windows of waves, quicker from class to class."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for split, subjects, each in (("train", TRAINING_SUBJECTS, 2), ("test", TEST_SUBJECTS, 1)):
                for name, content in _stand_in_files(split, subjects, each).items():
                    archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        with zipfile.ZipFile(folder / ARCHIVE.name, "w") as outer:
            outer.writestr(zipfile.ZipInfo(INNER), packed.getvalue())


def read_windows(path: Path, channels: tuple[Channel, ...]) -> dict[str, Split]:
    """The training and the test split in an archive or an unpacked folder. Takes about two seconds for the full set."""
    import numpy as np

    from dlcli.datasets.data import Split

    names = {split: _names(split, channels) for split in CLASS_COUNTS}
    arrays: dict[str, NDArray[Any]] = {}
    for name, content in read_members(path, [name for each in names.values() for name in each], INNER):
        source = f"{path}: {name}"
        if "/y_" in name:
            arrays[name] = read_whole_numbers(content, 1, len(ACTIVITIES), source) - 1
        elif "/subject_" in name:
            arrays[name] = read_whole_numbers(content, 1, 30, source)
        else:
            arrays[name] = read_matrix(content, WINDOW, source)
    splits = {}
    for split, (labels, subjects, *signals) in names.items():
        for name in (subjects, *signals):
            if len(arrays[name]) != len(arrays[labels]):
                raise DataError(
                    f"{path}: {name} has {len(arrays[name])} rows, but {labels} has {len(arrays[labels])}; "
                    "expected as many"
                )
        x = np.stack([arrays.pop(name) for name in signals], axis=-1)
        splits[split] = Split(x, arrays[labels], arrays[subjects])
    return splits


def _names(split: str, channels: tuple[Channel, ...]) -> list[str]:
    """Labels, subjects and signals of a split."""
    signals = [f"{FOLDER}/{split}/Inertial Signals/{channel}_{split}.txt" for channel in channels]
    return [f"{FOLDER}/{split}/y_{split}.txt", f"{FOLDER}/{split}/subject_{split}.txt", *signals]


def _check(path: Path, splits: dict[str, Split]) -> tuple[str, ...]:
    """What users should know of a part of the set; DataError where the full set is not as published."""
    import numpy as np

    from dlcli.datasets.splits import refuse_shared_groups

    counts = {name: tuple(np.bincount(split.y, minlength=len(ACTIVITIES)).tolist()) for name, split in splits.items()}
    here = {name: sum(each) for name, each in counts.items()}
    full = {name: sum(each) for name, each in CLASS_COUNTS.items()}
    if here == full:
        for name, published in CLASS_COUNTS.items():
            if counts[name] != published:
                raise DataError(
                    f"{path}: the {name} split has {list(counts[name])} windows of the classes, expected "
                    f"{list(published)}; fetch it again"
                )
        refuse_shared_groups(splits)
        return ()
    part = (
        f"only a part of it: {here['train']} of {full['train']} training and {here['test']} of {full['test']} "
        "test windows"
    )
    train, test = (splits[name].groups for name in ("train", "test"))
    assert train is not None
    assert test is not None
    # Whoever cut the part may have numbered its volunteers anew; the published sides are right all the same.
    shared = np.intersect1d(train, test).tolist()
    if not shared:
        return (part,)
    return part, f"volunteers {shared} stand in training and test: scores may be better than for unknown people"


def _by_subject(path: Path, whole: Split, subjects: tuple[int, ...]) -> tuple[Split, Split]:
    import numpy as np

    assert whole.groups is not None
    out = np.isin(whole.groups, subjects)
    if not out.any() or out.all():
        raise DataError(
            f"`validation_subjects` (={list(subjects)}) leaves "
            f"{'nothing to train on' if out.all() else 'the validation split empty'}: {path} has the training "
            f"subjects {np.unique(whole.groups).tolist()}",
            at=("dataset", "validation_subjects"),
        )
    return whole.take(np.flatnonzero(~out)), whole.take(np.flatnonzero(out))


def _stand_in_files(split: str, subjects: tuple[int, ...], each: int) -> dict[str, str]:
    import numpy as np

    rng = np.random.default_rng(len(subjects))
    groups = np.repeat(subjects, each * len(ACTIVITIES))
    y = np.arange(len(groups)) % len(ACTIVITIES)
    time = np.arange(WINDOW) / WINDOW
    labels, persons, *signals = _names(split, CHANNELS)
    files = {labels: y + 1, persons: groups}
    texts = {name: "".join(f"{value}\n" for value in values.tolist()) for name, values in files.items()}
    for name in signals:
        start = rng.random((len(y), 1))
        wave = 0.3 * np.sin(2 * np.pi * (2 * (y[:, None] + 1) * time + start)) + rng.normal(0, 0.1, (len(y), WINDOW))
        texts[name] = "".join("".join(f"{value: .7e} " for value in row) + "\n" for row in wave.tolist())
    return texts
