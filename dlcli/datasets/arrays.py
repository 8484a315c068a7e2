"""Arrays of a user's own, saved by NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, field_validator, model_validator

from dlcli.component import such_as
from dlcli.datasets.folder import resolve
from dlcli.datasets.holdout import SPLIT_NAMES, OwnSplits
from dlcli.datasets.spec import DatasetSpec, Outlook, each_once
from dlcli.errors import DataError
from dlcli.paths import PathText

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from dlcli.datasets.array_targets import Coding
    from dlcli.datasets.data import Data, Split
    from dlcli.datasets.files.array_file import ArrayFile

_Names = tuple[str, str, str | None]
"""Names of a split's x, y and groups."""


class Npz(DatasetSpec, OwnSplits):
    """Arrays in an .npz file, or in a folder of .npy files, whose x stays on disk and is read as it is needed.

    Divided arrays are named x_train, y_train and, if there are, x_validation (or x_val) and x_test with their y; what
    is not there is held out as `validation` and `test` say. Undivided ones are named x and y, or by the fields below.
    x: (N, ...) numbers; (N,) is taken for (N, 1). y: (N,) whole numbers or text, or one-hot rows (N, K), are classes;
    decimals, (N,) or (N, D), are numbers to be predicted, unless they are few different whole numbers; rows (N, K) of
    any zeros and ones say which of K classes an example has. groups,
    groups_train and so on, (N,): whom or what each example comes from.
    Raises MissingData where there is no such file; DataError, with the array's name, where the arrays do not fit.
    Source of the format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html; no pickles are read.
    """

    model_config = such_as(
        {"type": "npz", "path": "arrays.npz", "validation": {"fraction": 0.1}},
        {"type": "npz", "path": "arrays.npz", "x": "signals", "y": "labels", "groups": "subjects"},
    )

    type: Literal["npz"] = "npz"

    path: PathText = Field(examples=["arrays.npz"])
    """The file or folder, looked for from the working directory, then in the data folder and one folder down in it."""
    x: str | None = Field(default=None, examples=["signals"])
    """Name of the array of all examples, which are then divided as `test` and `validation` say."""
    y: str | None = Field(default=None, examples=["labels"])
    """Name of the array of what is to be predicted, with `x`."""
    groups: str | None = Field(default=None, examples=["subjects"])
    """Name of the array of groups, with `x`."""
    task: Literal["classes", "reals", "labels"] | None = None
    """Whether classes or numbers are predicted, or any number of classes for each example (`labels`). If absent:
    classes where y is text, whole numbers or one-hot rows, or where its decimals are at most 20 different whole numbers
    with 5 examples of each on average; labels where it is rows of zeros and ones; else numbers. The run's remarks say
    what of it was guessed.
    """
    classes: Annotated[tuple[str, ...], Field(min_length=2)] | None = Field(
        default=None, examples=[("still", "moving")]
    )
    """Names of the classes 0, 1 and so on, or of the columns of rows; of as many other whole numbers, from the least
    on; or the order of classes that are given as text.
    """

    _each_once = field_validator("classes")(each_once)

    @model_validator(mode="after")
    def _names_together(self) -> Npz:
        if (self.x is None) != (self.y is None) or (self.groups is not None and self.x is None):
            raise ValueError(f"`x` (={self.x}) and `y` (={self.y}) must be given together, and `groups` only with them")
        if self.task == "reals" and self.classes is not None:
            raise ValueError(f"`classes` (={list(self.classes)}) must not be given where `task` is reals")
        return self

    @classmethod
    def first_values(cls) -> dict[str, object]:
        """What `dlcli init` writes besides the type."""
        return {"path": "arrays.npz"}

    def outlook(self) -> Outlook:
        """What is known without the arrays, which may come divided unless `x` names the one of all examples."""
        return Outlook(
            predicts=self.task or ("classes" if self.classes is not None else None),
            classes=self.classes,
            validation=self.validation is not None or (None if self.x is None else False),
            test=self.test is not None or (None if self.x is None else False),
            groups=None if self.x is None else self.groups is not None,
            files=("path",),
        )

    def load(self, folder: Path) -> Data:
        """Open the arrays, check that they fit each other, and divide what is not divided."""
        from dlcli.datasets.array_targets import coding_of
        from dlcli.datasets.data import Data
        from dlcli.datasets.files.array_file import ArrayFile
        from dlcli.datasets.labels import about_classes
        from dlcli.datasets.splits import divide

        file = ArrayFile(resolve(self.path, folder))
        names = self._names(file)
        targets = {split: file.read(y) for split, (_, y, _) in names.items()}
        remarks: list[str] = []
        name = names["train"][1]
        coding = coding_of(self, targets["train"], file.at(name), name, remarks)
        splits = {split: self._split(file, names[split], targets[split], coding) for split in names}
        remarks += about_classes(coding.target, splits.values())
        train, validation, test = divide(
            splits["train"], coding.target, self, validation=splits.get("validation"), test=splits.get("test")
        )
        return Data(train, validation, test, coding.target, remarks=tuple(remarks))

    def write_stand_in(self, folder: Path) -> None:
        """Made-up examples of shape (8, 8) under the path's last part."""
        import numpy as np

        draw = np.random.default_rng(0)
        x = draw.normal(size=(240, 8, 8)).astype(np.float32)
        rank = np.argsort(np.argsort(x.mean(axis=(1, 2))))
        label = rank * len(self.classes or "01") // len(x)
        y = np.array(self.classes)[label] if self.classes is not None else label
        y = x.mean(axis=(1, 2)) if self.task == "reals" else y
        if self.task == "labels":
            y = (x[:, : len(self.classes or "012"), 0] > 0).astype(np.uint8)
        arrays = {"x_train": x[:120], "y_train": y[:120], "x_test": x[120:], "y_test": y[120:]}
        if self.x is not None and self.y is not None:
            arrays = {self.x: x, self.y: y} | ({self.groups: np.arange(240) % 12} if self.groups else {})
        path = folder / Path(self.path).name
        if path.suffix == ".npz":
            np.savez(path, allow_pickle=False, **arrays)
            return
        path.mkdir(exist_ok=True)
        for name, array in arrays.items():
            np.save(path / f"{name}.npy", array)

    def _names(self, file: ArrayFile) -> dict[str, _Names]:
        """Of each split that is there: the names of its x, y and groups."""
        if self.x is not None and self.y is not None:
            for field, name in {"x": self.x, "y": self.y, "groups": self.groups}.items():
                if name is not None:
                    file.refuse_absent(name, field)
            return {"train": (self.x, self.y, self.groups)}
        if "x_train" not in file.names:
            return {"train": ("x", "y", "groups" if "groups" in file.names else None)}
        found: dict[str, _Names] = {}
        for split, endings in SPLIT_NAMES.items():
            for ending in endings:
                if f"x_{ending}" in file.names and split not in found:
                    groups = f"groups_{ending}"
                    found[split] = (f"x_{ending}", f"y_{ending}", groups if groups in file.names else None)
        return found

    def _split(self, file: ArrayFile, names: _Names, y: NDArray[Any], coding: Coding) -> Split:
        import numpy as np

        from dlcli.datasets.data import Split
        from dlcli.datasets.rows import RowNames

        x_name, y_name, groups_name = names
        x = file.rows(x_name)
        groups = None if groups_name is None else file.read(groups_name)
        for name, array in ((y_name, y), (groups_name, groups)):
            if array is not None and len(array) != len(x):
                raise DataError(f"{file.at(str(name))} has {len(array)} rows, `{x_name}` {len(x)}; expected one each")
        if groups is not None and (groups.ndim != 1 or groups.dtype.kind not in "iuSU"):
            raise DataError(
                f"{file.at(str(groups_name))} has shape {groups.shape}, type {groups.dtype}; expected (N,) whole "
                "numbers or text, one for each example"
            )
        called = RowNames(f"{file.path.name}, {x_name}", np.arange(len(x)))
        return Split(x, coding.read(y, file.at(y_name)), groups, called)
