"""Tables of a user's own: any text file with one example a row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, field_validator, model_validator

from dlcli.component import ReadOnly, such_as
from dlcli.datasets.derived import DerivedColumns
from dlcli.datasets.folder import resolve_all
from dlcli.datasets.holdout import HELD_OUT, Holdout, OwnSplits
from dlcli.datasets.spec import Outlook, each_once
from dlcli.datasets.table_file import ColumnName, TableFile
from dlcli.paths import PathText

if TYPE_CHECKING:
    from dlcli.datasets.data import Data
    from dlcli.datasets.files.delimited import TextTable


class Csv(TableFile, OwnSplits, DerivedColumns):
    """A table in a text file, one example a row, values separated by commas or another character.

    Either `path` or `url` must be given, or both. Columns are given by name, or by place: 0 is the first, -1 the last
    of the file. Further columns can be made of them (`extract`, `sums`, `buckets`) and are then given by their names.
    x: (N, F) float32, a column for each feature; columns whose values are all numbers are numbers as they are written,
    others categories, coded by their place in alphabetical order. y: class numbers, classes in alphabetical or numeric
    order, or (N, D) numbers. groups: the values of the column `group`.
    Raises MissingData where there is no such file; DataError, with file, line and column, where the file is not a table
    as the spec describes it.
    Source of the format: Shafranovich 2005, https://www.rfc-editor.org/rfc/rfc4180.
    """

    model_config = such_as(
        {"type": "csv", "path": "houses.csv", "target": "price", "categorical": ["zip_code"]}
        | {"drop": ["id"], "missing": "mean"},
        {"type": "csv", "path": "houses.csv", "target": "price"},
        {"type": "csv", "url": "https://example.org/houses.csv", "sha256": "0123456789abcdef" * 4, "target": "price"},
    )

    type: Literal["csv"] = "csv"

    test_path: PathText | None = Field(default=None, examples=["houses_test.csv"])
    """A file of the same columns that is the test split; `test` then holds out nothing."""
    target: ColumnName | Annotated[tuple[ColumnName, ...], Field(min_length=1)] = Field(examples=["price"])
    """The column that is predicted, or a list of several."""
    task: Literal["classes", "reals", "labels"] | None = None
    """Whether classes or numbers are predicted, or with several targets of zeros and ones which of them hold
    (`labels`: any number of classes for each row). If absent: classes where the target is text, or where it has at most
    20 different values, all whole numbers, with 5 examples of each on average; else numbers. The run's remarks say
    which.
    """
    classes: Annotated[tuple[str, ...], Field(min_length=2)] | None = Field(default=None, examples=[("cheap", "dear")])
    """The classes in their order; if absent, those that are in the data, sorted."""
    features: Annotated[tuple[ColumnName, ...], Field(min_length=1)] | None = Field(
        default=None, examples=[("rooms", "year")]
    )
    """The columns that are predicted from; if absent, all others."""
    drop: tuple[ColumnName, ...] = Field(default=(), examples=[("id",)])
    """Columns that are left out."""
    categorical: tuple[ColumnName, ...] = Field(default=(), examples=[("zip_code",)])
    """Columns of numbers that are names of categories, such as codes."""
    ordinal: ReadOnly[str, Annotated[tuple[str, ...], Field(min_length=2)]] = Field(
        default_factory=dict, validate_default=True, examples=[{"condition": ("poor", "fair", "good")}]
    )
    """Columns of categories that have an order, each with it, as in `size: [small, medium, large]`; 0, 1, 2 then."""
    group: ColumnName | None = Field(default=None, examples=["street"])
    """A column that says whom or what an example comes from; a group is never on two sides of a split."""
    missing_values: tuple[str, ...] = ("", "NA", "NaN", "nan", "?")
    """What stands where there is no value."""
    missing: Literal["refuse", "mean", "median", "drop_row"] = "refuse"
    """What becomes of a feature without a value: an error; the training mean or median (among categories, a category of
    its own); or the row is left out.
    """

    _each_once = field_validator("target", "classes", "features")(each_once)

    @model_validator(mode="after")
    def _fields_that_fit(self) -> Csv:
        if self.test_path is not None and self.test != Holdout(fraction=0.2):
            raise ValueError(f"`test` (={self.test}) must not be given with `test_path` (={self.test_path})")
        if self.features is not None and self.drop:
            raise ValueError(
                f"`drop` (={list(self.drop)}) must not be given with `features`, which leaves out all others"
            )
        if self.task in ("reals", "labels") and self.classes is not None:
            raise ValueError(f"`classes` (={list(self.classes)}) must not be given where `task` is {self.task}")
        if self.task == "labels" and len(self.targets) < 2:
            raise ValueError(
                f"`target` (={self.target}) must be a list of columns, one for each class, where `task` is labels"
            )
        if len(self.targets) > 1 and (self.task == "classes" or self.classes is not None):
            raise ValueError(f"`target` (={list(self.targets)}) must be one column where classes are predicted")
        return self

    @property
    def targets(self) -> tuple[ColumnName, ...]:
        """The columns that are predicted."""
        return self.target if isinstance(self.target, tuple) else (self.target,)

    @classmethod
    def first_values(cls) -> dict[str, object]:
        """What `dlcli init` writes besides the type."""
        return {"path": "table.csv", "target": "target", **HELD_OUT}

    def outlook(self) -> Outlook:
        """What is known without the file."""
        numbers = self.task == "reals" or (len(self.targets) > 1 and self.task is None)
        classes = self.task == "classes" or self.classes is not None
        return Outlook(
            predicts="reals" if numbers else "classes" if classes else "labels" if self.task == "labels" else None,
            classes=self.classes,
            shape=(None,),
            validation=self.validation is not None,
            test=self.test_path is not None or self.test is not None,
            groups=self.group is not None,
            files=tuple(
                field
                for field in ("path", "test_path")
                if getattr(self, field) is not None and (field != "path" or self.url is None)
            ),
        )

    def load(self, folder: Path) -> Data:
        """Read, convert and divide the table; a million rows of ten numbers take some ten seconds."""
        import numpy as np

        from dlcli.datasets.data import Data, Split
        from dlcli.datasets.labels import about_classes
        from dlcli.datasets.splits import divide
        from dlcli.datasets.tables.roles import (
            about,
            features_of,
            groups_of,
            roles_of,
            target_of,
            without_incomplete_rows,
        )

        table = self._read(folder)
        roles = roles_of(self, table)
        remarks = about(table)
        if self.missing == "drop_row":
            table = without_incomplete_rows(self, table, roles, remarks)
        y, target = target_of(self, table, roles, remarks)
        x, columns = features_of(self, table, roles, remarks)
        groups = None if roles.group is None else groups_of(self, table, roles.group)
        files = [path.name for path in table.paths]
        names = [f"{files[n]}, line {line}," for n, line in zip(table.files, table.lines, strict=True)]
        whole = Split(x, y, groups, np.array(names))
        remarks += about_classes(target, [whole])
        if self.test_path is None:
            train, validation, test = divide(whole, target, self)
        else:
            rest, given = (whole.take(np.flatnonzero(rows)) for rows in (table.files == 0, table.files == 1))
            train, validation, test = divide(rest, target, self, test=given)
        fill: Literal["mean", "median"] = "median" if self.missing == "median" else "mean"
        return Data(train, validation, test, target, columns, remarks=tuple(remarks), fill=fill)

    def write_stand_in(self, folder: Path) -> None:
        """Made-up rows under the file's base name, in the columns that the spec names."""
        from dlcli.datasets.tables.made_up import write_made_up

        names = [self.file_name]
        names += [] if self.test_path is None else [Path(self.test_path).name]
        for part, name in enumerate(names):
            write_made_up(self, folder / name, part)

    def _read(self, folder: Path) -> TextTable:
        from dlcli.datasets.tables.deriving import with_derived
        from dlcli.datasets.tables.reading import read

        if self.url is None and self.test_path is not None:
            paths = resolve_all([self.path or "", self.test_path], folder)  # one place that has both comes first
        else:
            paths = [self.located(folder), *(resolve_all([self.test_path], folder) if self.test_path else [])]
        return with_derived(self, read(self, paths), self.missing_values)
