"""Texts with another text each that is to be written of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import BEGIN, END, NO_LABEL, PADDING, UNKNOWN, Data, Split, TokenSequence
from dlcli.datasets.texts.fields import By, unit
from dlcli.datasets.texts.tokens import SPECIAL, coded, filled_up, of_training, tokens_of

MARKS = ("<begin>", "<end>")
"""What BEGIN and END are called, which come after the special tokens."""
Divide = Callable[[Split, TokenSequence, Split | None], tuple[Split, Split | None, Split | None]]
"""Makes training, validation and test split of all examples, and those of a file that is the test split."""


@dataclass(frozen=True)
class Pair:
    """A source and what is to be written of it; where: what the pair is called in messages."""

    where: str
    source: str
    target: str


class Spec(Protocol):
    """What is known of texts."""

    @property
    def lowercase(self) -> bool: ...
    @property
    def vocabulary(self) -> int | None: ...


def paired_texts(files: Sequence[Sequence[Pair]], spec: Spec, by: By, divide: Divide) -> Data:
    """The pairs of one file, or of a second one, too, which is the test split.

    Sources and targets have a vocabulary each, of the training split.
    """
    pairs = [pair for file in files for pair in file]
    sources, source_names = coded([tokens_of(pair.source, by, lowercase=spec.lowercase) for pair in pairs])
    targets, target_names = coded([tokens_of(pair.target, by, lowercase=spec.lowercase) for pair in pairs])
    whole = Split(
        filled_up(sources, max(map(len, sources))),
        filled_up(targets, max(map(len, targets))),
        names=np.array([pair.where for pair in pairs]),
    )
    first = np.arange(len(files[0]))
    given = whole.take(np.arange(len(first), len(whole))) if len(files) > 1 else None
    separator = "" if by == "characters" else " "
    target = TokenSequence((), whole.x.shape[1], separator)
    train, validation, test = divide(whole.take(first), target, given)
    source_of, vocabulary = of_training(train.x[:], source_names, spec.vocabulary)
    target_of, known = of_training(train.y, target_names, spec.vocabulary)
    # Behind the special tokens, the marks take two numbers.
    target_of = np.where(target_of >= len(SPECIAL), target_of + len(MARKS), target_of).astype(np.int32)
    target = TokenSequence((*SPECIAL, *MARKS, *known[len(SPECIAL) :]), target.source_steps, separator)
    splits = {
        name: _examples(split, source_of, target_of)
        for name, split in {"train": train, "validation": validation, "test": test}.items()
        if split is not None
    }
    return Data(
        splits["train"], splits.get("validation"), splits.get("test"), target, vocabulary=vocabulary,
        remarks=_about_unknown(splits, target.source_steps, by),
    )  # fmt: skip


def _examples(split: Split, source_of: NDArray[np.int32], target_of: NDArray[np.int32]) -> Split:
    """x (N, S + T): the source and what is before each token that is to be written; y (N, T): these, with their end."""
    source, target = source_of[split.x[:]], target_of[split.y]
    N, longest = target.shape
    lengths = (target != PADDING).sum(axis=1)
    y = np.full((N, longest + 1), NO_LABEL, np.int32)
    y[:, :longest] = np.where(target == PADDING, NO_LABEL, target)
    y[np.arange(N), lengths] = END
    before = np.concatenate([np.full((N, 1), BEGIN, np.int32), target], axis=1)
    return Split(np.concatenate([source, before], axis=1), y, split.groups, split.names)


def _about_unknown(splits: dict[str, Split], source_steps: int, by: By) -> tuple[str, ...]:
    """What users should know of tokens that are not in the vocabularies."""
    said = []
    for name, split in splits.items():
        sources, targets = split.x[:][:, :source_steps], split.y
        unknown = int((sources == UNKNOWN).sum()), int((targets == UNKNOWN).sum())
        if any(unknown):
            there = int((sources != PADDING).sum()), int((targets != NO_LABEL).sum())
            said.append(f"{unknown[0]} of {there[0]} in sources and {unknown[1]} of {there[1]} in targets of {name}")
    return (f"{unit(by)} that are not in the vocabulary: {'; '.join(said)}",) if said else ()
