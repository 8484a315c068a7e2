"""How well classes are told apart, over a whole split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ClassScores:
    """Scores of one class. A ratio without a single case counts as 0."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class ClassificationReport:
    """Accuracy, macro F1, scores of each class and the confusion matrix."""

    names: tuple[str, ...]
    confusion: NDArray[np.int64]
    """(K, K): row = true class, column = predicted class."""

    @classmethod
    def of(
        cls, names: tuple[str, ...], true: NDArray[np.integer], predicted: NDArray[np.integer]
    ) -> ClassificationReport:
        """true, predicted: (N,) class numbers."""
        K = len(names)
        counts = np.bincount(true.astype(np.int64) * K + predicted.astype(np.int64), minlength=K * K)
        return cls(names, counts.reshape(K, K))

    @property
    def scores(self) -> dict[str, float]:
        """Accuracy and macro F1."""
        return {"accuracy": self.accuracy, "macro_f1": self.macro_f1}

    def as_json(self) -> dict[str, Any]:
        """The scores of each class, and the confusion matrix."""
        return {
            "classes": {
                c.name: {"precision": c.precision, "recall": c.recall, "f1": c.f1, "support": c.support}
                for c in self.classes
            },
            "confusion": self.confusion.tolist(),
        }

    @property
    def accuracy(self) -> float:
        """Share of examples whose class is predicted."""
        return float(np.trace(self.confusion) / max(1, self.confusion.sum()))

    @property
    def macro_f1(self) -> float:
        """Mean of the classes' F1, each class counting the same; classes that occur nowhere are left out."""
        seen = [
            c.f1
            for c, row, column in zip(self.classes, self.confusion, self.confusion.T, strict=True)
            if row.sum() or column.sum()
        ]
        return float(np.mean(seen)) if seen else 0.0

    @property
    def classes(self) -> list[ClassScores]:
        """Scores of each class, in the classes' order."""
        hits = np.diag(self.confusion)
        predicted, support = self.confusion.sum(axis=0), self.confusion.sum(axis=1)
        return [
            ClassScores(
                name,
                precision=float(hits[k] / max(1, predicted[k])),
                recall=float(hits[k] / max(1, support[k])),
                f1=float(2 * hits[k] / max(1, predicted[k] + support[k])),
                support=int(support[k]),
            )
            for k, name in enumerate(self.names)
        ]
