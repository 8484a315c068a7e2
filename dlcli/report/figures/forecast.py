"""What was forecast of a series, over time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlcli.metrics.regression import RegressionReport
from dlcli.report.figures.page import DPI, shortened
from dlcli.report.figures.subject import Subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CLOSE = 60
"""Rows of a long split that a second panel shows closely: the last."""
_LABELS = 9
_LETTERS = 12
_NAME = 40


def forecast(subject: Subject) -> Figure | None:
    """True values, the model's forecasts and the naive ones over time; of a long split also its end, closely.

    Of forecasts of several rows at once, those that follow one another without overlapping.
    """
    from matplotlib.figure import Figure

    report, split = subject.report, subject.split
    if not isinstance(report, RegressionReport) or split.moments is None:
        return None
    rows = _apart(split.moments, report.true.shape[1])
    ends = [(int(split.moments[0]), int(split.moments[-1]) + report.true.shape[1] - 1)]
    if ends[0][1] - ends[0][0] >= 2 * _CLOSE:
        ends.append((ends[0][1] - _CLOSE + 1, ends[0][1]))
    figure = Figure(figsize=(9, 0.6 + 3.6 * len(ends)), dpi=DPI, layout="constrained")
    for i, (first, last) in enumerate(ends):
        axes = figure.add_subplot(len(ends), 1, i + 1)
        _draw(axes, subject, rows, report.true, "true", color="black", linewidth=1.4, zorder=3)
        said = f"forecast, {_rmse(report.predicted, report.true)}"
        _draw(axes, subject, rows, report.predicted, said, apart=True, color="C0", linewidth=1.4, zorder=4)
        for number, (rule, values) in enumerate(split.naive.items(), start=1):
            style: dict[str, Any] = {"color": f"C{number}", "linewidth": 1, "linestyle": "--"}
            _draw(axes, subject, rows, values, f"{rule}, {_rmse(values, report.true)}", apart=True, **style)
        axes.set_xlim(first - 0.5, last + 0.5)
        _scale(axes, first, last, (report.true, report.predicted), split.moments)
        _label(axes, subject.data.times, first, last)
        axes.set_ylabel(shortened(report.names[0].removesuffix(" +1"), _NAME), parse_math=False)
        axes.grid(alpha=0.25)
        if i == 0:
            axes.legend(fontsize=8, framealpha=0.9)
        else:
            axes.set_title(f"the last {_CLOSE} rows", fontsize=10)
    horizon = report.true.shape[1]
    at_once = f", {horizon} rows at once" if horizon > 1 else ""
    figure.suptitle(f"{subject.title} · forecasts over time{at_once}", fontsize=11, parse_math=False)
    return figure


def _apart(moments: NDArray[np.int64], horizon: int) -> NDArray[np.int64]:
    """Examples whose forecasts do not overlap: each begins where the one before it ends, or later."""
    kept: list[int] = []
    for row, moment in enumerate(moments.tolist()):
        if not kept or moment >= moments[kept[-1]] + horizon:
            kept.append(row)
    return np.array(kept)


def _rmse(values: NDArray[Any], true: NDArray[Any]) -> str:
    return f"RMSE {np.sqrt(np.mean(np.square(values - true.astype(np.float64)))):.4g}"


def _draw(
    axes: Axes, subject: Subject, rows: NDArray[np.int64], values: NDArray[Any], label: str, *, apart: bool = False,
    **style: Any,
) -> None:  # fmt: skip
    """A line through the values (N, H) of these examples, a dot for each where there are few.

    apart: whether there is a gap between those of two examples, where each has several.
    """
    moments = subject.split.moments
    assert moments is not None
    when, shown = moments[rows, None] + np.arange(values.shape[1]), values[rows].astype(np.float64)
    marks = {"marker": "o", "markersize": 3} if when[-1, -1] - when[0, 0] < _CLOSE else {}
    if apart and values.shape[1] > 1:
        when = np.pad(when, ((0, 0), (0, 1)), mode="edge")
        shown = np.pad(shown, ((0, 0), (0, 1)), constant_values=np.nan)
    axes.plot(when.ravel(), shown.ravel(), label=label.replace("$", r"\$"), **style, **marks)


def _scale(axes: Axes, first: int, last: int, shown: Iterable[NDArray[Any]], moments: NDArray[np.int64]) -> None:
    """As high as what is true and what was forecast; a naive forecast far off does not flatten them."""
    here = (moments >= first) & (moments <= last)
    values = np.concatenate([each[here].ravel() for each in shown])
    values = values[np.isfinite(values)]
    if values.size and values.max() > values.min():
        margin = 0.15 * float(values.max() - values.min())
        axes.set_ylim(float(values.min()) - margin, float(values.max()) + margin)


def _label(axes: Axes, times: tuple[str, ...] | None, first: int, last: int) -> None:
    """Some rows by what they are called in time, or by their numbers."""
    if times is None:
        axes.locator_params("x", integer=True)
        axes.set_xlabel("row of the series, in the order of time, from 0")
    else:
        ticks = np.unique(np.linspace(first, last, min(_LABELS, last - first + 1)).round().astype(int))
        axes.set_xticks(ticks, [shortened(times[tick], _LETTERS) for tick in ticks], parse_math=False)
    axes.tick_params(labelsize=8)
