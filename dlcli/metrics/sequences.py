"""How much of what was written is right, over a whole split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import TokenSequence


class Mistake(NamedTuple):
    """An example that was not written as it should be.

    row: its number in the split; name: what it is called, such as by its file and line; source: what it was written of,
    true: what it should be. Tokens that a vocabulary does not have are `<unknown>` in both.
    """

    row: int
    name: str
    source: str
    true: str
    written: str


@dataclass(frozen=True)
class SequenceReport:
    """Exact matches, token errors, and the accuracy of single tokens.

    true: (N, T) the tokens that are to be written, -1 after the last, without the one that ends them.
    accuracy: the share of tokens predicted right after the right ones before them, those that end a sequence included.
    written: by the width of the beam, what was written, as `true`; the widest is what the scores are of.
    names, sources: of each example what it is called and what it was written of; empty where nobody told.
    """

    target: TokenSequence
    true: NDArray[np.int32]
    accuracy: float
    written: Mapping[int, NDArray[np.int32]]
    names: Sequence[str] = field(default=(), repr=False)
    sources: Sequence[str] = field(default=(), repr=False)

    @property
    def scores(self) -> dict[str, float]:
        """The share of sequences written without a mistake, edits for each token, and the accuracy of tokens."""
        return {**self.of_beam(max(self.written, default=0)), "accuracy": self.accuracy}

    def of_beam(self, width: int) -> dict[str, float]:
        """The scores of what a beam of this width has written.

        token_error_rate: insertions, deletions and replacements by which it becomes what is true, over all examples
        together, for each token of that; as the word error rate of speech recognition, it may be above 1.
        """
        if width not in self.written:
            return {}
        edits = edit_distances(self.written[width], self.true)
        tokens = max(1, int((self.true >= 0).sum()))
        return {"exact_match": float((edits == 0).mean()), "token_error_rate": float(edits.sum() / tokens)}

    def mistakes(self, count: int) -> list[Mistake]:
        """The first examples that were not written as they should."""
        if not self.written:
            return []
        written = self.written[max(self.written)]
        wrong = np.flatnonzero((written != self.true).any(axis=1))[:count].tolist()
        return [
            Mistake(
                row,
                self.names[row] if self.names else f"example {row}",
                self.sources[row] if self.sources else "",
                self.text(self.true[row]),
                self.text(written[row]),
            )
            for row in wrong
        ]

    def text(self, tokens: NDArray[np.int32]) -> str:
        """What people read of the tokens (T,) up to -1."""
        return self.target.separator.join(self.target.names[token] for token in tokens[tokens >= 0])

    def as_json(self) -> dict[str, Any]:
        """The scores of every beam, and the first mistakes."""
        mistakes = [
            {"example": each.row, "name": each.name, "source": each.source, "true": each.true, "written": each.written}
            for each in self.mistakes(20)
        ]
        return {"beams": {str(width): self.of_beam(width) for width in sorted(self.written)}, "mistakes": mistakes}


def edit_distances(one: NDArray[np.int32], other: NDArray[np.int32]) -> NDArray[np.int64]:
    """How many tokens must be inserted, deleted or replaced to make the one of the other, (N,).

    one, other: (N, S) and (N, T) tokens, -1 after the last.
    Source: Levenshtein 1966; the table of Wagner and Fischer 1974, https://doi.org/10.1145/321796.321811, for all
    examples at once.
    """
    lengths, others = (one >= 0).sum(axis=1), (other >= 0).sum(axis=1)
    rows = np.arange(len(one))
    # Row by row: how many edits lead from the first i tokens of the one to the first j of the other.
    before = np.tile(np.arange(other.shape[1] + 1), (len(one), 1))
    edits: NDArray[np.int64] = before[rows, others]
    for i in range(one.shape[1]):
        here = np.empty_like(before)
        here[:, 0] = i + 1
        for j in range(other.shape[1]):
            replaced = before[:, j] + (one[:, i] != other[:, j])
            here[:, j + 1] = np.minimum(replaced, np.minimum(before[:, j + 1], here[:, j]) + 1)
        before = here
        edits = np.where(lengths == i + 1, before[rows, others], edits)
    return edits
