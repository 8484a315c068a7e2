"""Made-up texts that a model can learn something from, in the place of data that is not here."""

from __future__ import annotations

import numpy as np

_WORDS = ("the", "old", "king", "a", "ship", "saw", "sea", "long", "night", "went", "home", "and", "under", "stars")
_TELLING = ("good", "poor", "late", "near", "cold", "loud", "mild", "vast")


def running(words: int, seed: int) -> str:
    """Sentences of four to eight words, in lines, so many words altogether."""
    draw = np.random.default_rng([seed, words])
    lines, left = [], words
    while left > 0:
        count = min(left, int(draw.integers(4, 9)))
        lines.append(" ".join(draw.choice(_WORDS, count)).capitalize() + ".")
        left -= count
    return "\n".join(lines) + "\n"


def labelled(labels: tuple[str, ...], texts: int, delimiter: str, seed: int) -> str:
    """Lines with a label each, of which one word in each text tells."""
    draw = np.random.default_rng([seed, texts])
    lines = []
    for number in range(texts):
        label = number % len(labels)
        words = draw.choice(_WORDS, int(draw.integers(3, 9))).tolist()
        words.insert(int(draw.integers(0, len(words) + 1)), _TELLING[label % len(_TELLING)])
        lines.append(f"{labels[label]}{delimiter}{' '.join(words)}")
    return "\n".join(lines) + "\n"
