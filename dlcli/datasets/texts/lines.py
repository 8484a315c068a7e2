"""Texts with a class each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import UNKNOWN, Classes, Data, Split
from dlcli.datasets.texts.fields import By, unit
from dlcli.datasets.texts.reading import Line
from dlcli.datasets.texts.tokens import coded, filled_up, of_training, tokens_of
from dlcli.errors import DataError

Divide = Callable[[Split, Classes, Split | None], tuple[Split, Split | None, Split | None]]
"""Makes training, validation and test split of all examples, and those of a file that is the test split."""


class Spec(Protocol):
    """What is known of texts."""

    @property
    def lowercase(self) -> bool: ...
    @property
    def vocabulary(self) -> int | None: ...
    @property
    def length(self) -> int | None: ...


def labelled_texts(
    files: Sequence[Sequence[Line]], spec: Spec, by: By, divide: Divide, names: dict[str, str] | None = None
) -> Data:
    """The texts of one file, or of a second one, too, which is the test split.

    names: what the classes are called, by their labels, in the order of their numbers; by default as they are labelled,
    in the order of numbers or letters. Raises DataError for a label without a name.
    """
    lines = [line for file in files for line in file]
    codes, every = coded([tokens_of(line.text, by, lowercase=spec.lowercase) for line in lines])
    names = names or {label: label for label in sorted({line.label for line in lines}, key=_number_first)}
    x = filled_up(codes, spec.length or max(map(len, codes)))
    whole = Split(x, _classes(lines, names), names=np.array([line.where for line in lines]))
    first = np.arange(len(files[0]))
    rest = whole.take(first)
    given = whole.take(np.arange(len(first), len(whole))) if len(files) > 1 else None
    target = Classes(tuple(names.values()))
    train, validation, test = divide(rest, target, given)
    number_of, vocabulary = of_training(train.x[:], every, spec.vocabulary)
    splits = {"train": train, "validation": validation, "test": test}
    known = {name: _renumbered(split, number_of) for name, split in splits.items() if split is not None}
    remarks = _about_unknown(known, by)
    return Data(
        known["train"], known.get("validation"), known.get("test"), target,
        vocabulary=vocabulary, remarks=remarks,
    )  # fmt: skip


def _classes(lines: Sequence[Line], names: dict[str, str]) -> NDArray[np.int32]:
    numbers = {label: number for number, label in enumerate(names)}
    for line in lines:
        if line.label not in numbers:
            raise DataError(f"{line.where} has the label {line.label!r}; expected one of {', '.join(names)}")
    return np.array([numbers[line.label] for line in lines], np.int32)


def _renumbered(split: Split, number_of: NDArray[np.int32]) -> Split:
    return replace(split, x=number_of[split.x[:]])


def _number_first(label: str) -> tuple[bool, float, str]:
    return (False, float(label), label) if label.isdecimal() else (True, 0.0, label)


def _about_unknown(splits: dict[str, Split], by: By) -> tuple[str, ...]:
    """What users should know of tokens that are not in the vocabulary."""
    shares = {name: (split.x[:] == UNKNOWN).sum() / (split.x[:] > 0).sum() for name, split in splits.items()}
    said = [f"{share:.1%} in {name}" for name, share in shares.items() if share]
    return (f"{unit(by)} that are not in the vocabulary: {', '.join(said)}",) if said else ()
