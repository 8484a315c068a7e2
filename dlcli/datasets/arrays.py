"""Arrays of a user's own, saved by NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, field_validator, model_validator

from dlcli.datasets.folder import resolve
from dlcli.datasets.spec import DatasetSpec, each_once
from dlcli.datasets.splits import SPLIT_NAMES, OwnSplits
from dlcli.errors import DataError

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from dlcli.datasets.data import Data, Split, Target
    from dlcli.datasets.files.array_file import ArrayFile

_Names = tuple[str, str, str | None]
"""Names of a split's x, y and groups."""


class Npz(DatasetSpec, OwnSplits):
    """Arrays in an .npz file, or in a folder of .npy files, whose x stays on disk and is read as it is needed.

    Divided arrays are named x_train, y_train and, if there are, x_validation (or x_val) and x_test with their y; what
    is not there is held out as `validation` and `test` say. Undivided ones are named x and y, or by the fields below.
    x: (N, ...) numbers; (N,) is taken for (N, 1). y: (N,) whole numbers or text are classes; decimals, (N,) or (N, D),
    are numbers to be predicted. groups, groups_train and so on, (N,): whom or what each example comes from.
    Raises MissingData where there is no such file; DataError, with the array's name, where the arrays do not fit.
    Source of the format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html; no pickles are read.
    """

    type: Literal["npz"] = "npz"

    path: str
    """The file or folder, looked for from the working directory, then in the data folder and one folder down in it."""
    x: str | None = None
    """Name of the array of all examples, which are then divided as `test` and `validation` say."""
    y: str | None = None
    """Name of the array of what is to be predicted, with `x`."""
    groups: str | None = None
    """Name of the array of groups, with `x`."""
    classes: Annotated[tuple[str, ...], Field(min_length=2)] | None = None
    """Names of the classes 0, 1 and so on, or the order of classes that are given as text."""

    _each_once = field_validator("classes")(each_once)

    @model_validator(mode="after")
    def _names_together(self) -> Npz:
        if (self.x is None) != (self.y is None) or (self.groups is not None and self.x is None):
            raise ValueError(f"`x` (={self.x}) and `y` (={self.y}) must be given together, and `groups` only with them")
        return self

    def load(self, folder: Path) -> Data:
        """Open the arrays, check that they fit each other, and divide what is not divided."""
        from dlcli.datasets.data import Data
        from dlcli.datasets.files.array_file import ArrayFile
        from dlcli.datasets.splits import divide

        file = ArrayFile(resolve(self.path, folder))
        names = self._names(file)
        targets = {split: file.read(y) for split, (_, y, _) in names.items()}
        target = self._target(file, targets["train"], names["train"][1])
        splits = {split: self._split(file, names[split], targets[split], target) for split in names}
        train, validation, test = divide(
            splits["train"], target, self, validation=splits.get("validation"), test=splits.get("test")
        )
        return Data(train, validation, test, target)

    def write_stand_in(self, folder: Path) -> None:
        """Made-up examples of shape (8, 8) under the path's last part."""
        import numpy as np

        draw = np.random.default_rng(0)
        x = draw.normal(size=(240, 8, 8)).astype(np.float32)
        rank = np.argsort(np.argsort(x.mean(axis=(1, 2))))
        label = rank * len(self.classes or "01") // len(x)
        y = np.array(self.classes)[label] if self.classes is not None else label
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

    def _target(self, file: ArrayFile, y: NDArray[Any], name: str) -> Target:
        import numpy as np

        from dlcli.datasets.data import Classes, Reals

        if y.dtype.kind == "f":
            if self.classes is not None:
                raise DataError(
                    f"{file.at(name)} holds {y.dtype} numbers, but dataset.classes names classes; expected whole "
                    "numbers or text"
                )
            return Reals(("y",) if y.ndim == 1 else tuple(f"y_{i}" for i in range(y.shape[1])))
        known = np.unique(y)
        if self.classes is not None:
            return Classes(self.classes)
        if y.dtype.kind == "i" and (known[0] not in (0, 1) or known[-1] - known[0] >= len(known)):
            gap = next(label for label, there in enumerate(known.tolist(), int(known[0] == 1)) if label != there)
            raise DataError(
                f"{file.at(name)} has labels from {known[0]} to {known[-1]} but none that is {gap}; expected all whole "
                "numbers from 0 or 1 on. Name the classes 0, 1 and so on in dataset.classes, give labels as text, or "
                "numbers that are to be predicted as floats"
            )
        return Classes(tuple(known.astype(str).tolist()))

    def _split(self, file: ArrayFile, names: _Names, y: NDArray[Any], target: Target) -> Split:
        from dlcli.datasets.data import Classes, Split

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
        if isinstance(target, Classes):
            return Split(x, self._labels(file, y, y_name, target.names), groups)
        if y.dtype.kind != "f" or y.size != len(y) * len(target.names):
            raise DataError(
                f"{file.at(y_name)} has shape {y.shape}, type {y.dtype}; expected {len(target.names)} numbers with "
                "decimals for each example, as in the training split"
            )
        return Split(x, y.reshape(len(y), -1), groups)

    def _labels(self, file: ArrayFile, y: NDArray[Any], name: str, classes: tuple[str, ...]) -> NDArray[np.int32]:
        """Class numbers (N,) of labels; whole numbers are class numbers already where the spec names the classes."""
        import numpy as np

        if y.dtype.kind == "f" or y.ndim != 1:
            raise DataError(
                f"{file.at(name)} has shape {y.shape}, type {y.dtype}; expected (N,) class numbers or text (of one-hot "
                "rows, their argmax)"
            )
        numbers = self.classes is not None and y.dtype.kind == "i"
        place = {i if numbers else label: i for i, label in enumerate(classes)}
        known, inverse = np.unique(y if numbers else y.astype(str), return_inverse=True)
        codes = np.array([place.get(label, -1) for label in known.tolist()], np.int32)[inverse]
        if (codes < 0).any():
            row = int((codes < 0).argmax())
            expected = f"0 to {len(classes) - 1}" if numbers else f"one of {', '.join(classes[:20])}"
            raise DataError(f"{file.at(name)}, row {row}: got label {y[row]}, expected {expected}")
        return codes
