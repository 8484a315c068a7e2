"""Numbers as they are written in text files."""

from __future__ import annotations

import math
import re
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


_WITH_COMMA = re.compile(r"[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+),[0-9]+([eE][+-]?[0-9]+)?")
_IN_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+")


def has_decimal_comma(text: str) -> bool:
    """Whether a text says a number with a comma before its decimals, such as 1.234,5."""
    return _WITH_COMMA.fullmatch(text.strip()) is not None


def with_decimal_points(texts: Iterable[str]) -> tuple[str, ...]:
    """Numbers that have a comma before their decimals, and perhaps points between thousands, as others write them."""
    return tuple(
        text.replace(".", "").replace(",", ".")
        if has_decimal_comma(text) or _IN_THOUSANDS.fullmatch(text.strip())
        else text
        for text in texts
    )


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
