"""Titanic: who survived of its passengers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from dlcli.datasets.files.download import PublishedFile, obtain
from dlcli.datasets.holdout import OwnSplits
from dlcli.datasets.spec import DatasetSpec, Facts, Outlook, each_once

if TYPE_CHECKING:
    from dlcli.datasets.data import Data
    from dlcli.datasets.table import Csv

FILE = PublishedFile(
    "train.csv", 60302, "sha256:4a437fde05fe5264e1701a7387ac6fb75393772ba38bb2c9c566405af5af4bd7", at="titanic.csv"
)
MIRRORS = ("https://raw.githubusercontent.com/datasciencedojo/datasets/master/",)
_FOLDER = "titanic"
_CLASSES = ("died", "survived")
_PASSENGERS = 891
_EXTRACT = {"Title": ("Name", ", (Mr|Mrs|Miss|Master)[.]"), "Deck": ("Cabin", "^([A-G])")}
_SUMS = {"Family": ("SibSp", "Parch")}
_CATEGORICAL = ("Pclass", "Sex", "Embarked")
_BUCKETS = {"Age": (6.0, 13.0, 18.0, 35.0, 60.0), "Family": (1.0, 4.0)}
Feature = Literal[
    "Pclass", "Sex", "Title", "Age", "Age_bucket", "SibSp", "Parch", "Family", "Family_bucket", "Fare", "Deck",
    "Embarked",
]  # fmt: skip


class Titanic(DatasetSpec, OwnSplits):
    """Passengers of the Titanic and who of them survived: train.csv of Kaggle's competition (downloaded, 60 kB).

    x: (N, F) float32, a column for each of `features`; y: 2 classes. Besides columns of the file there are those that
    courses make of them: `Title` out of the name, `Deck` out of the cabin, `Family` (siblings, spouses, parents and
    children aboard), `Age_bucket` and `Family_bucket`. A fifth is the test split by default, as the competition's own
    has no labels; `folds: 10` with `test: null` is the usual way to score.
    Raises MissingData where the file is not here and cannot be downloaded, DataError where it is damaged.
    Source: https://www.kaggle.com/competitions/titanic.
    """

    facts: ClassVar[Facts | None] = Facts(
        train=_PASSENGERS,
        test=0,
        example="a row of 8 columns; up to 12, as `features` says",
        classes=_CLASSES,
        authors="Kaggle, after Encyclopedia Titanica",
        licence="none is named",
        page="https://www.kaggle.com/competitions/titanic",
        download_bytes=FILE.size_bytes or 0,
    )

    type: Literal["titanic"] = "titanic"
    features: Annotated[tuple[Feature, ...], Field(min_length=1)] = (
        "Pclass", "Sex", "Title", "Age", "Family", "Fare", "Deck", "Embarked",
    )  # fmt: skip
    """The columns that are predicted from; `Pclass` counts as categories."""
    missing: Literal["mean", "median", "drop_row"] = "median"
    """What becomes of an age that is not known (a fifth of them): the training mean or median, or the row is left out.
    An unknown port is a category of its own.
    """
    duplicates: Literal["refuse", "allow"] = "allow"
    """Whether passengers of whom the same is known may stand on both sides of a split, as some do; `refuse` stops."""

    _each_once = field_validator("features")(each_once)

    def outlook(self) -> Outlook:
        """What is known without the file."""
        return Outlook(
            predicts="classes",
            classes=_CLASSES,
            shape=(None,),
            validation=self.validation is not None,
            test=self.test is not None,
            groups=False,
        )

    def load(self, folder: Path) -> Data:
        """`train.csv` from `titanic/` in the data folder, or downloaded into it."""
        from dlcli.datasets.data import Classes

        path = self.place(folder)
        if path is None:
            path = folder / _FOLDER / FILE.name
            obtain(self.type, (FILE,), MIRRORS, path.parent, folder, f"{_FOLDER}/{FILE.at}")
        data = replace(self._table(path).load(folder), target=Classes(_CLASSES))
        passengers = sum(map(len, data.splits.values()))
        part = f"only a part of it: {passengers} of {_PASSENGERS} passengers"
        return data if passengers == _PASSENGERS or self.missing == "drop_row" else data.remarked(part)

    @classmethod
    def place(cls, folder: Path) -> Path | None:
        """The file, whose own name says little, in a folder that is named after it."""
        names = (FILE.name, FILE.at or FILE.name)
        return next((path for name in names if (path := folder / _FOLDER / name).exists()), None)

    def write_stand_in(self, folder: Path) -> None:
        """Made-up rows of the columns that are used."""
        (folder / _FOLDER).mkdir(parents=True, exist_ok=True)
        self._table(folder / _FOLDER / FILE.name).write_stand_in(folder / _FOLDER)

    def _table(self, path: Path) -> Csv:
        from dlcli.datasets.table import Csv

        return Csv(
            path=str(path),
            target="Survived",
            classes=("0", "1"),
            extract=_EXTRACT,
            sums=_SUMS,
            buckets=_BUCKETS,
            features=self.features,
            categorical=tuple(name for name in _CATEGORICAL if name in self.features),
            missing=self.missing,
            test=self.test,
            validation=self.validation,
            split_seed=self.split_seed,
            duplicates=self.duplicates,
        )
