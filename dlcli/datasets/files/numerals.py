"""Numbers as they are written in text files."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def number_in(text: str) -> float | None:
    """The number that a text says in decimal notation, perhaps one that is not finite; None where it says none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return None if "_" in text else number  # which Python allows between digits, and no file means


def is_number(text: str) -> bool:
    """Whether a text says a number, perhaps one that is not finite."""
    return number_in(text) is not None


def numeric(texts: Iterable[str]) -> bool:
    """Whether all of these say numbers."""
    return all(map(is_number, texts))


def ordered(texts: Iterable[str]) -> tuple[str, ...]:
    """The different ones in alphabetical order; in numeric order where all say numbers."""
    known = sorted(set(texts))
    return tuple(sorted(known, key=float) if numeric(known) else known)


def numbers_in(texts: Iterable[str]) -> NDArray[np.float64]:
    """The numbers that texts say, (N,); NaN where one says none."""
    import numpy as np

    return np.fromiter((math.nan if (number := number_in(text)) is None else number for text in texts), np.float64)


def usable(numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which numbers are finite, also as float32, in which they go into training."""
    import numpy as np

    with np.errstate(over="ignore"):
        return np.isfinite(numbers.astype(np.float32))
