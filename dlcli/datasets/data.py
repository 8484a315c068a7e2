"""What a dataset hands to training: arrays, what is to be predicted, and a fingerprint."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Classes:
    """One of K classes is predicted for each example."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """Examples on one side of a split.

    x: (N, ...) float32 inputs as a user of the trained model would give them, not normalised.
    y: (N,) int32 class numbers.
    groups: (N,) whom or what each example comes from (a person, a recording); None where examples stand alone.
    """

    x: NDArray[np.float32]
    y: NDArray[np.int32]
    groups: NDArray[np.int32] | None = None

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: NDArray[np.integer]) -> Split:
        """The examples of these rows, in this order."""
        return Split(self.x[rows], self.y[rows], None if self.groups is None else self.groups[rows])


@dataclass(frozen=True)
class Data:
    """A dataset, split. The test split is read once, at the end; choices are made on validation."""

    train: Split
    validation: Split
    test: Split
    target: Classes

    @property
    def splits(self) -> dict[str, Split]:
        """The three splits by the name users give them."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    def fingerprint(self) -> str:
        """Hexadecimal digest over every array and the class names: equal exactly when the data is."""
        digest = hashlib.sha256(repr(self.target).encode())
        for name, split in self.splits.items():
            for array in (split.x, split.y, split.groups):
                if array is not None:
                    digest.update(f"{name}{array.dtype.str}{array.shape}".encode())
                    digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()[:16]

    def smaller(self, examples: int) -> Data:
        """At most `examples` of each split, evenly spaced, so that every class and group has a chance to stay."""
        train, validation, test = (_thin(split, examples) for split in self.splits.values())
        return Data(train, validation, test, self.target)


def _thin(split: Split, examples: int) -> Split:
    if len(split) <= examples:
        return split
    return split.take(np.linspace(0, len(split) - 1, examples).round().astype(np.int64))
