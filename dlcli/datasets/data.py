"""What a dataset hands to training: arrays, what is to be predicted, and a fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.rows import RowNames, Rows, blocks
from dlcli.datasets.series import Series


@dataclass(frozen=True)
class Classes:
    """One of K classes is predicted for each example."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Reals:
    """D real numbers are predicted for each example."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class MultiLabel:
    """Any number of K classes is predicted for each example."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class StepClasses:
    """One of K classes is predicted for each labelled step of each example."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Timelines(StepClasses):
    """One of K classes is predicted for each labelled step of windows of recordings, and segments of them are sought.

    sought: how many of the classes, the first ones, are sought as segments; others are what else there is.
    rate_hz: steps in a second. smooth_seconds, least_seconds: how segments are made of probabilities;
    excerpt_seconds: the length of the excerpts in which it is scored what occurs. These say nothing of the data, so
    that they are in no fingerprint. recordings: their names, by number; empty where numbers are all they have.
    """

    sought: int
    rate_hz: float
    smooth_seconds: float = field(repr=False)
    least_seconds: float = field(repr=False)
    excerpt_seconds: float = field(repr=False)
    recordings: tuple[str, ...] = field(default=(), repr=False)

    def name_of(self, recording: int) -> str:
        """What a recording is called: its own name if it has one, else its number."""
        return self.recordings[recording] if self.recordings else str(recording)


@dataclass(frozen=True)
class NextToken:
    """The token that follows each step of each example is predicted.

    names: all tokens there are, entry i being token i; those of the dataset's vocabulary.
    """

    names: tuple[str, ...]


@dataclass(frozen=True)
class TokenSequence:
    """A sequence of tokens is written for each example, one after another, until the one that ends it.

    names: the tokens that may be written, entry i being token i: padding, what is unknown, the beginning, the end, and
    those of the training split.
    source_steps: how many of the steps of x (N, T) are the source. Behind them stands what is before each token that is
    to be written: the beginning, and the target without its last token.
    separator: what stands between tokens where people are to read them.
    """

    names: tuple[str, ...]
    source_steps: int
    separator: str = ""


@dataclass(frozen=True)
class Inputs:
    """Each example itself is to be given back, through what a model squeezes it into.

    loss: by what likeness it is learnt.
    """

    names: ClassVar[tuple[str, ...]] = ("inputs",)
    loss: Literal["mse", "cross_entropy"] = "mse"


Target = Classes | Reals | MultiLabel | StepClasses | NextToken | TokenSequence | Inputs
NO_LABEL = -1
"""In the place of a step's class or following token where it has none, such as at steps that only fill up."""
PADDING, UNKNOWN = 0, 1
"""The first two tokens of every vocabulary: what fills short texts up, and whatever training has not seen."""
BEGIN, END = 2, 3
"""In the vocabulary of what is written: what stands before its first token, and what comes after its last."""


@dataclass(frozen=True)
class Column:
    """A column of a table: numbers, or the codes of categories.

    A number that is missing is NaN in x. A category's code is its place in `categories`.
    """

    name: str
    categories: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Split:
    """Examples on one side of a split.

    x: (N, ...) numbers as a user of the trained model would give them, not normalised; batches of it become float32.
    Of texts (N, T) whole numbers, the tokens; short ones are filled up at their ends.
    y: (N,) int32 class numbers, (N, D) float32 values, (N, K) float32 of 0 and 1 for any number of classes, or (N, T)
    int32, a class number or the following token for each step, -1 where there is none; tokens that are to be written,
    with the one that ends them and -1 after that. Where examples are to be given back (Inputs), x itself.
    groups: (N,) whom or what each example comes from (a person, a recording), as numbers or names; None where
    examples stand alone.
    names: (N,) what to call each example in a message, such as its file or line; None for its number in the split.
    places: (N, 4) int32, of windows of recordings: the recording, the number of its sample that the window begins with,
    that of the first sample that is judged in this window, and of the one after the last; None where examples are no
    such windows.
    naive: what simple rules predict of each example, (N, D) each, by what they are called; empty where there is none.
    moments: (N,) the row of a series from which on each example forecasts; None where examples follow no series.
    """

    x: NDArray[Any] | Rows
    y: NDArray[Any]
    groups: NDArray[Any] | None = None
    names: NDArray[np.str_] | RowNames | None = None
    naive: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    moments: NDArray[np.int64] | None = None
    places: NDArray[np.int32] | None = None

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: NDArray[np.integer]) -> Split:
        """The examples of these rows, in this order."""
        x = self.x.take(rows) if isinstance(self.x, Rows) else self.x[rows]
        groups = None if self.groups is None else self.groups[rows]
        names = None if self.names is None else self.names.take(rows)
        naive = {name: forecasts[rows] for name, forecasts in self.naive.items()}
        moments = None if self.moments is None else self.moments[rows]
        places = None if self.places is None else self.places[rows]
        return Split(x, self.y[rows], groups, names, naive, moments, places)

    def name_of(self, row: int) -> str:
        """What to call an example in a message."""
        return f"example {row}" if self.names is None else str(self.names[row])


@dataclass(frozen=True)
class Data:
    """A dataset, split. The test split is read once, at the end; choices are made on validation.

    validation, test: None where the spec asks for none.
    columns: what each column of x is, where the examples are rows of a table.
    vocabulary: what each token of x is, where the examples are texts: padding first, then what is unknown. Where texts
    are written of them, that of the source alone.
    fill: what takes the place of a number that is missing from a table, of the training split's numbers.
    series: how windows of a series and what follows them are told to the model, where it is told anything but values.
    times: what each row of a series is called in time, such as its date; None where nothing says so.
    padded: whether short examples (T, C) are filled up at their ends, by steps that are NaN throughout.
    stand_in: whether these are made-up examples in the place of data that is not here.
    remarks: what users should know of this data, such as that it is only a part.
    """

    train: Split
    validation: Split | None
    test: Split | None
    target: Target
    columns: tuple[Column, ...] | None = None
    vocabulary: tuple[str, ...] | None = None
    fill: Literal["mean", "median"] = "mean"
    series: Series | None = None
    times: tuple[str, ...] | None = None
    padded: bool = False
    stand_in: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def splits(self) -> dict[str, Split]:
        """The splits there are, by the name users give them."""
        named = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: split for name, split in named.items() if split is not None}

    def remarked(self, remark: str) -> Data:
        """The same data with a remark before the others."""
        return replace(self, remarks=(remark, *self.remarks))

    def fingerprint(self) -> str:
        """Hexadecimal digest over every array and the class names: equal exactly when the data is."""
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        digest = hashlib.sha256(repr(self.target).encode())
        if self.columns is not None:
            digest.update(repr(self.columns).encode())
        if self.vocabulary is not None:
            digest.update(repr(self.vocabulary).encode())
        for name, split in self.splits.items():
            for array in (split.x, split.y, split.groups, split.places):
                if array is not None:
                    digest.update(f"{name}{array.dtype.str}{array.shape}".encode())
                    for block in blocks(array):
                        digest.update(np.ascontiguousarray(block).data)
        return digest.hexdigest()[:16]

    def smaller(self, examples: int) -> Data:
        """At most `examples` of each split, evenly spaced, so that every class and group has a chance to stay."""
        validation = None if self.validation is None else _thin(self.validation, examples)
        test = None if self.test is None else _thin(self.test, examples)
        return replace(self, train=_thin(self.train, examples), validation=validation, test=test)


def pooled(data: Data) -> Split:
    """All examples of all splits."""
    splits = list(data.splits.values())

    def joined(arrays: list[NDArray[Any] | None]) -> NDArray[Any] | None:
        there = [array for array in arrays if array is not None]
        return np.concatenate(there) if len(there) == len(splits) else None

    return Split(
        np.concatenate([split.x[np.arange(len(split))] for split in splits]),
        np.concatenate([split.y for split in splits]),
        joined([split.groups for split in splits]),
        joined([_names_of(split) for split in splits]),
        places=joined([split.places for split in splits]),
    )


def with_known_tokens(data: Data) -> Data:
    """The same data, with tokens that its training split does not have unknown in the others.

    For folds, each of which has another training split: the vocabulary is that of all of them.
    """
    # What is written has a vocabulary of its own.
    ends = [data.target.source_steps] if isinstance(data.target, TokenSequence) else []
    known = [np.unique(part) for part in np.split(data.train.x[:], ends, axis=1)]

    def of(split: Split | None) -> Split | None:
        if split is None:
            return None
        parts = zip(np.split(split.x[:], ends, axis=1), known, strict=True)
        x = np.concatenate([np.where(np.isin(part, there), part, UNKNOWN) for part, there in parts], axis=1)
        return replace(split, x=x.astype(np.int32))

    return replace(data, validation=of(data.validation), test=of(data.test))


def _names_of(split: Split) -> NDArray[np.str_] | None:
    return None if split.names is None else np.array([split.name_of(row) for row in range(len(split))])


def _thin(split: Split, examples: int) -> Split:
    if len(split) <= examples:
        return split
    return split.take(np.linspace(0, len(split) - 1, examples).round().astype(np.int64))
