"""Examples beside what a model gives back of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlcli.metrics.reconstruction import ReconstructionReport
from dlcli.report.figures.examples import Examples, draw_picture, ends_of
from dlcli.report.figures.page import sheet, shortened
from dlcli.report.figures.subject import Subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ABOVE = 0.28
"""Inches above a panel, for one line."""
_LETTERS = {"picture": 20, "curves": 40, "text": 40}
"""That fit above a panel."""


def reconstructions(subject: Subject) -> Figure | None:
    """Originals, and below them what the model gives back of them: of examples spread over the split, then the worst.

    The first are the same examples each time. Where the model was trained to take noise away, a row between them shows
    the originals with such noise, and what is given back is made of those.
    """
    report, split = subject.report, subject.split
    if not isinstance(report, ReconstructionReport):
        return None
    examples = Examples(subject.data, np.asarray(split.x[np.arange(1)]))
    count = min(examples.columns, len(split))
    spread = np.linspace(0, len(split) - 1, count).round().astype(np.int64)
    rows = np.concatenate([spread, report.worst[:count]])
    originals = np.asarray(split.x[rows])
    noisy = _with_noise(subject.model, originals)
    given = subject.model((originals if noisy is None else noisy).astype(np.float32), training=False)
    shown = [originals, *([] if noisy is None else [noisy]), np.asarray(given)]
    title = f"{subject.title} · mse {report.scores['mse']:.4g} · above spread over the split, below the worst"
    figure, panels = sheet(title, len(shown) * len(rows), count, examples.panel._replace(above=_ABOVE))
    for place, axes in enumerate(panels):
        row, column = divmod(place, count)
        block, kind = divmod(row, len(shown))
        i = block * count + column
        _draw(axes, subject, shown[kind], i, originals)
        mse = report.errors[rows[i], 0]
        said = (split.name_of(int(rows[i])), *(["with noise"] if noisy is not None else []), f"mse {mse:.4g}")[kind]
        said = "without the noise" if noisy is not None and kind == 2 else said
        letters = _LETTERS[examples.look]
        axes.set_title(shortened(said, letters, keep_end=kind == 0), fontsize=7, loc="left", pad=3, parse_math=False)
    return figure


def _draw(axes: Axes, subject: Subject, x: NDArray[Any], i: int, originals: NDArray[Any]) -> None:
    """An example as the originals are drawn: with the same black and white, or the same heights."""
    if originals.ndim == 4:
        axes.axis("off")
        draw_picture(axes, x[i], *ends_of(originals))
        return
    examples = Examples(subject.data, x)
    examples.draw(axes, i)
    if examples.look == "curves":
        low, high = np.nanmin(originals[i]), np.nanmax(originals[i])
        room = 0.1 * (high - low) or 1.0
        axes.set_ylim(float(low - room), float(high + room))


def _with_noise(model: Any, x: NDArray[Any]) -> NDArray[np.float32] | None:
    """The examples with such noise as the model saw in training; None if it saw none. The same each time."""
    layers = {layer.name: layer for layer in model.layers}
    if "noise" not in layers:
        return None
    drawn = np.random.default_rng(0).normal(size=x.shape)
    unit = np.sqrt(np.asarray(layers["normalize"].variance)) if "normalize" in layers else 1.0
    noisy: NDArray[np.float32] = (x + layers["noise"].stddev * unit * drawn).astype(np.float32)
    return noisy
