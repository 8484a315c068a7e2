"""What every dataset's part of a spec can do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar

from pydantic import ValidationInfo

from dlcli.component import Component

if TYPE_CHECKING:
    from dlcli.datasets.data import Data

T = TypeVar("T")


def each_once(names: T, info: ValidationInfo) -> T:
    """A validator of fields that list names: no name stands in one twice."""
    if isinstance(names, tuple) and len(set(names)) < len(names):
        raise ValueError(f"`{info.field_name}` (={list(names)}) must name each once")
    return names


@dataclass(frozen=True)
class Facts:
    """What is known of a published dataset before any of it is read.

    train, test: examples of the published splits; what is held out for validation counts as training.
    example: the shape and type of one; download_bytes: 0 where it comes with dlcli.
    """

    train: int
    test: int
    example: str
    classes: tuple[str, ...]
    authors: str
    licence: str
    page: str
    download_bytes: int


@dataclass(frozen=True)
class Outlook:
    """What a spec alone tells of its data; None where only the data can tell.

    predicts: classes, numbers, any number of classes (labels), the next token, sequences of tokens, or classes of each
    step and segments of recordings (timelines); where a model gives them back, the inputs, which no dataset says of
    itself. classes: their names.
    tokens: whether examples are texts; per_step: whether each step of them is predicted.
    shape: of one example: (F,) a row of a table, (T, C) a signal, (H, W, C) an image, (T,) a text; None: any size.
    validation, test: whether there will be such a split. groups: whether it is known whom examples come from.
    files: the fields that name a user's own file or folder.
    one_course: whether examples are parts of one course of time, which overlap: it is divided in time's order alone.
    """

    predicts: Literal["classes", "reals", "labels", "tokens", "sequences", "timelines", "inputs"] | None = None
    classes: tuple[str, ...] | None = None
    shape: tuple[int | None, ...] | None = None
    validation: bool | None = None
    test: bool | None = None
    groups: bool | None = None
    files: tuple[str, ...] = ()
    tokens: bool = False
    per_step: bool = False
    one_course: bool = False


class DatasetSpec(Component):
    """A dataset: where its examples come from, what is to be predicted, and how it is split."""

    facts: ClassVar[Facts | None] = None
    """Of a published dataset; None for a user's own."""

    @classmethod
    def place(cls, folder: Path) -> Path | None:
        """Where the files of a published dataset lie, in the data folder or elsewhere; None if they are not here."""
        return None

    @classmethod
    def first_values(cls) -> dict[str, object]:
        """What `dlcli init` writes besides the type; of a user's own data also `path`, its usual place."""
        return {}

    def outlook(self) -> Outlook:
        """What is known without the data, by which combinations that cannot work are refused before it is loaded."""
        return Outlook()

    def load(self, folder: Path) -> Data:
        """The examples, from files in the data folder, one folder down in it, or downloaded into it.

        Raises MissingData where they are not here and cannot be had, DataError where they are not as they should be.
        """
        raise NotImplementedError

    def write_stand_in(self, folder: Path) -> None:
        """Writes small made-up files in the publisher's own format, for smoke runs without the data.

        A dataset that comes with dlcli needs none.
        """
        raise NotImplementedError
