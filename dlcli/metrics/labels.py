"""How well any number of classes is predicted: during training, and over a whole split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tensorflow as tf


class MacroF1:
    """Mean over the classes of F1, where a class is predicted if its probability is above a half.

    Classes that neither occur nor are predicted are left out.
    """

    name = "macro_f1"

    def __init__(self, classes: int) -> None:
        self.size = 3 * classes

    def totals(self, y: tf.Tensor, output: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """Of each class the weight of hits, of what is predicted and of what is there. y, output: (B, K)."""
        import tensorflow as tf

        predicted = tf.cast(output > 0, weight.dtype)
        return tf.concat(
            [tf.linalg.matvec(each, weight, transpose_a=True) for each in (y * predicted, predicted, y)], 0
        )

    def result(self, totals: NDArray[np.float64]) -> float:
        """The mean; NaN if there were no examples, 0 if no class was there or predicted."""
        return macro_f1(totals)


def macro_f1(totals: NDArray[np.float64]) -> float:
    """Mean F1 over the classes that occur or are predicted, 0 if none.

    totals: (3 * K,), for each class the weight of hits, then of what is predicted, then of what is there.
    """
    hits, predicted, there = totals.reshape(3, -1)
    seen = (predicted + there) > 0
    return float(np.mean(2 * hits[seen] / (predicted + there)[seen])) if seen.any() else 0.0


@dataclass(frozen=True)
class LabelsReport:
    """Mean average precision, macro F1, and the scores of each class.

    true: (N, K) of 0 and 1; predicted: (N, K) logits, a class being predicted where its own is above 0.
    """

    names: tuple[str, ...]
    true: NDArray[np.float32]
    predicted: NDArray[np.float32]

    @property
    def scores(self) -> dict[str, float]:
        """Means over the classes: of average precision, for classes that occur, and of F1."""
        precisions = [row["ap"] for row in self.of_each.values() if row["support"]]
        hits, predicted, there = self._counts
        macro_f1 = MacroF1(len(self.names)).result(np.concatenate([hits, predicted, there]))
        return {"mean_ap": float(np.mean(precisions)) if precisions else 0.0, "macro_f1": macro_f1}

    @property
    def of_each(self) -> dict[str, dict[str, float]]:
        """Average precision, precision, recall, F1 and how often it occurs, by the name of the class."""
        hits, predicted, there = self._counts
        return {
            name: {
                "ap": average_precision(self.true[:, k], self.predicted[:, k]),
                "precision": float(hits[k] / max(1, predicted[k])),
                "recall": float(hits[k] / max(1, there[k])),
                "f1": float(2 * hits[k] / max(1, predicted[k] + there[k])),
                "support": int(there[k]),
            }
            for k, name in enumerate(self.names)
        }

    @property
    def _counts(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        chosen, true = self.predicted > 0, self.true > 0.5
        hits, predicted, there = ((each).sum(axis=0).astype(np.float64) for each in (chosen & true, chosen, true))
        return hits, predicted, there

    def as_json(self) -> dict[str, Any]:
        """The scores of each class."""
        return {"classes": self.of_each}


def average_precision(true: NDArray[Any], scores: NDArray[Any]) -> float:
    """The area under the curve of precision over recall, in steps, without interpolation; 0 where nothing is true.

    true: (N,) of 0 and 1; scores: (N,), of which equal ones are taken together.
    Source: the sum of (R_n - R_n-1) P_n, Manning, Raghavan and Schuetze 2008, section 8.4,
    https://nlp.stanford.edu/IR-book/.
    """
    order = np.argsort(-scores, kind="stable")
    last_of_equals = np.append(np.diff(scores[order]) != 0, True)
    hits = np.cumsum(true[order] > 0.5)[last_of_equals]
    if not len(hits) or not hits[-1]:
        return 0.0
    precision = hits / (np.flatnonzero(last_of_equals) + 1)
    return float(np.sum(np.diff(hits, prepend=0) / hits[-1] * precision))
