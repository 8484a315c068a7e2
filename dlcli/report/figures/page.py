"""What figures have in common: panels side by side, text that fits, and the way to a PNG."""

from __future__ import annotations

import math
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 160
"""Of a figure of few panels, so that its letters can be read where it is shown small."""
SHEET_DPI = 110
"""Of one of many."""
POINTS = 5000
"""As many points are drawn at most, evenly spaced over the split; more only cover each other."""


class Panel(NamedTuple):
    """The size of a panel in inches: of what is drawn, and of the space around it."""

    width: float
    height: float
    above: float = 0.5
    below: float = 0.1
    left: float = 0.1
    right: float = 0.1


def png(figure: Figure) -> bytes:
    """The figure as a PNG."""
    buffer = BytesIO()
    with warnings.catch_warnings():
        # Names are the user's own, and the font may lack letters of theirs: it then draws boxes.
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        figure.savefig(buffer, format="png")
    return buffer.getvalue()


def sheet(title: str, count: int, columns: int, panel: Panel) -> tuple[Figure, list[Axes]]:
    """A figure with `count` panels in rows of at most `columns`, and the panels.

    Their places are computed, not sought: matplotlib's own layouts take seconds for as many.
    """
    from matplotlib.figure import Figure

    head = 0.45
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    across = panel.left + panel.width + panel.right
    down = panel.above + panel.height + panel.below
    wide, high = max(columns * across, 0.09 * len(title) + 0.4), head + rows * down
    figure = Figure(figsize=(wide, high), dpi=SHEET_DPI)
    figure.text(0.5, 1 - head / 2 / high, title, ha="center", va="center", fontsize=11, parse_math=False)
    margin = (wide - columns * across) / 2
    panels = []
    for i in range(count):
        row, column = divmod(i, columns)
        left = margin + column * across + panel.left
        bottom = high - head - row * down - panel.above - panel.height
        panels.append(figure.add_axes((left / wide, bottom / high, panel.width / wide, panel.height / high)))
    return figure, panels


def shortened(text: str, letters: int, *, keep_end: bool = False) -> str:
    """Text of at most so many letters, what is left out marked by three dots: at the end, or at the beginning."""
    if len(text) <= letters:
        return text
    return f"…{text[1 - letters :]}" if keep_end else f"{text[: letters - 1]}…"


def some(count: int) -> NDArray[np.int64]:
    """The numbers of the examples that are drawn where all would be too many."""
    return np.unique(np.linspace(0, max(0, count - 1), min(count, POINTS)).round().astype(np.int64))
