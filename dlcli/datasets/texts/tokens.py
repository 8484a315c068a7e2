"""From texts to tokens: words and characters, their numbers, and the vocabulary that the training split has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import PADDING, UNKNOWN
from dlcli.datasets.texts.fields import By

SPECIAL = ("<padding>", "<unknown>")
"""What the first two tokens are called."""
_SPACED = re.compile(r"\S+|\n")
_WORD = re.compile(r"\w+(?=n['’]t\b)|n['’]t\b|['’]\w+|\w+|[^\w\s]|\n")


def tokens_of(text: str, by: By, *, lowercase: bool = False) -> Sequence[str]:
    """The characters of a text, its words and punctuation marks, or what stands between spaces; with ends of lines.

    Contracted words are taken apart, as in the Penn Treebank: `don't` is `do` and `n't`, `it's` is `it` and `'s`.
    """
    text = text.lower() if lowercase else text
    return text if by == "characters" else (_WORD if by == "words" else _SPACED).findall(text)


def joined(tokens: Iterable[str], by: By) -> str:
    """The text of tokens, with a space before each word but what usually follows one closely."""
    if by == "characters":
        return "".join(tokens)
    lines = re.sub(r" ?\n ?", "\n", " ".join(tokens))
    return lines if by == "spaces" else re.sub(r" ([.,;:!?)\]]|n['’]t\b|['’]\w+)", r"\1", lines)


def coded(texts: Iterable[Sequence[str]]) -> tuple[list[NDArray[np.int32]], tuple[str, ...]]:
    """The texts as numbers, and what each number means, the special tokens first."""
    numbers = {token: number for number, token in enumerate(SPECIAL)}
    codes = [np.array([numbers.setdefault(token, len(numbers)) for token in text], np.int32) for text in texts]
    return codes, tuple(numbers)


def filled_up(codes: Sequence[NDArray[np.int32]], length: int) -> NDArray[np.int32]:
    """Texts as rows (N, length), cut off there or filled up with padding."""
    rows = np.full((len(codes), length), PADDING, np.int32)
    for row, code in zip(rows, codes, strict=True):
        row[: len(code)] = code[:length]
    return rows


def of_training(
    train: NDArray[np.int32], names: tuple[str, ...], limit: int | None
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """The vocabulary of the tokens that `train` has, the most frequent first, and which of its numbers each one gets.

    Tokens that are not in it become unknown. limit: how many there are at most, besides the special ones.
    """
    counts = np.bincount(train.reshape(-1), minlength=len(names))
    counts[: len(SPECIAL)] = 0
    there = sorted(np.flatnonzero(counts).tolist(), key=lambda number: (-counts[number], names[number]))[:limit]
    number_of = np.full(len(names), UNKNOWN, np.int32)
    number_of[PADDING] = PADDING
    number_of[there] = np.arange(len(SPECIAL), len(SPECIAL) + len(there))
    return number_of, (*SPECIAL, *(names[number] for number in there))
