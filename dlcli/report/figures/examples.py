"""Examples as people see them: pictures, curves over time, or text."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from dlcli.component import shape_text
from dlcli.datasets.data import PADDING, UNKNOWN, Column, Data
from dlcli.report.figures.page import Panel, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Look = Literal["picture", "curves", "text"]

_PANELS: dict[Look, Panel] = {
    "picture": Panel(1.4, 1.4, above=0.52),
    "curves": Panel(2.5, 1.3, above=0.55, below=0.42, left=0.45),
    "text": Panel(2.6, 1.5, above=0.55),
}
_COLUMNS: dict[Look, int] = {"picture": 8, "curves": 4, "text": 4}
_LINES = 11
"""Lines of text that a panel holds."""
_LETTERS = 36
"""Letters that a line holds."""
_AS_CURVE = 12
"""Numbers without names from which on they are drawn as a curve, not written."""


@dataclass(frozen=True)
class Examples:
    """Some examples that are drawn side by side.

    data: which they are of. x: (n, ...) the examples, raw.
    """

    data: Data
    x: NDArray[Any]

    @property
    def look(self) -> Look:
        """As what they are drawn."""
        if self.data.columns is not None or self.data.vocabulary is not None:
            return "text"
        if self.x.ndim == 4:
            return "picture"
        if self.x.ndim == 3 or (self.x.ndim == 2 and self.x.shape[1] > _AS_CURVE):
            return "curves"
        return "text"

    @property
    def panel(self) -> Panel:
        """The room that each takes."""
        return _PANELS[self.look]

    @property
    def columns(self) -> int:
        """How many stand side by side."""
        return _COLUMNS[self.look]

    def draw(self, axes: Axes, i: int) -> None:
        """Draws the example of this place in x."""
        if self.look == "picture":
            axes.axis("off")
            draw_picture(axes, self.x[i], *self._ends)
        elif self.look == "curves":
            _draw_curves(axes, self.x[i])
        else:
            axes.axis("off")
            text = "\n".join(_shown(self._lines(self.x[i])))
            style: dict[str, Any] = {"va": "top", "fontsize": 7, "family": "monospace", "parse_math": False}
            axes.text(0, 1, text, transform=axes.transAxes, **style)

    @property
    def _ends(self) -> tuple[float, float]:
        """The numbers that are black and white."""
        return ends_of(self.x)

    def _lines(self, x: NDArray[Any]) -> list[str]:
        """What an example holds, a line each."""
        if self.data.columns is not None:
            return [_cell(column, value) for column, value in zip(self.data.columns, x, strict=True)]
        if self.data.vocabulary is not None:
            return textwrap.wrap(_written(x, self.data.vocabulary), _LETTERS)
        if x.ndim == 1:
            return [f"{i:4}  {value:g}" for i, value in enumerate(x)]
        return textwrap.wrap(f"an example of the shape {shape_text(x.shape)}", _LETTERS)


def ends_of(x: NDArray[Any]) -> tuple[float, float]:
    """The numbers that are black and white in pictures (n, H, W, C): 0 and 255 of bytes, else the least and largest."""
    if x.dtype == np.uint8:
        return 0.0, 255.0
    known = x[np.isfinite(x)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)


def draw_picture(axes: Axes, x: NDArray[Any], low: float, high: float) -> None:
    """An image (H, W, C), in which `low` is black and `high` is white; of two or five channels, their mean."""
    shares = np.nan_to_num((x.astype(np.float64) - low) / ((high - low) or 1.0)).clip(0, 1)
    if x.shape[-1] in (3, 4):
        axes.imshow(shares)
    else:
        axes.imshow(shares.mean(axis=-1), cmap="gray", vmin=0, vmax=1)


def _draw_curves(axes: Axes, x: NDArray[Any]) -> None:
    """A signal (T, C), a curve for each channel, or a row of numbers (F,)."""
    axes.plot(x, linewidth=0.8)
    axes.margins(x=0)
    axes.tick_params(labelsize=6, length=2)
    axes.set_xlabel("time step" if x.ndim == 2 else "number", fontsize=7, labelpad=1)


def _cell(column: Column, value: Any) -> str:
    """A value of a table, with the name of its column."""
    if column.categories is None:
        said = "missing" if np.isnan(value) else f"{value:g}"
    else:
        said = column.categories[int(value)]
    return f"{shortened(column.name, 17):17} {shortened(said, 18)}"


def _written(tokens: NDArray[Any], vocabulary: Sequence[str]) -> str:
    """A text of its tokens: words with spaces between them, characters without."""
    known = [vocabulary[int(token)] for token in tokens if token != PADDING]
    of_characters = all(len(token) == 1 for token in vocabulary[UNKNOWN + 1 :])
    return ("" if of_characters else " ").join(known)


def _shown(lines: list[str]) -> list[str]:
    if len(lines) <= _LINES:
        return lines
    return [*lines[: _LINES - 1], f"… {len(lines) - _LINES + 1} more"]
