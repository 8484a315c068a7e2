"""Predicted over true numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dlcli.metrics.regression import RegressionReport
from dlcli.report.figures.page import DPI, shortened, some
from dlcli.report.figures.subject import Subject

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PANELS = 12
_PANELS_IN_A_ROW = 4
_LONGEST = 30


def predictions(subject: Subject) -> Figure | None:
    """A panel for each of the first numbers: predicted over true, and the line where the two are equal."""
    from matplotlib.figure import Figure

    report = subject.report
    if not isinstance(report, RegressionReport):
        return None
    names, of_each = report.names[:_PANELS], report.of_each
    columns = min(len(names), _PANELS_IN_A_ROW)
    rows = math.ceil(len(names) / columns)
    figure = Figure(figsize=(4.2 * columns, 4.4 * rows), dpi=DPI, layout="constrained")
    drawn = some(len(report.true))
    for d, name in enumerate(names):
        axes = figure.add_subplot(rows, columns, d + 1)
        true, predicted = report.true[drawn, d], report.predicted[drawn, d]
        axes.scatter(true, predicted, s=14, alpha=0.6, linewidths=0)
        both = np.concatenate([true, predicted])
        ends = [both[np.isfinite(both)].min(), both[np.isfinite(both)].max()]
        axes.plot(ends, ends, color="grey", linewidth=1, zorder=0)
        axes.set_xlabel(f"true {shortened(name, _LONGEST)}", parse_math=False)
        axes.set_ylabel(f"predicted {shortened(name, _LONGEST)}", parse_math=False)
        axes.set_title(f"RMSE {of_each[name]['rmse']:.4g}, R² {of_each[name]['r2']:.4f}", fontsize=10)
    part = f" · {len(names)} of {len(report.names)} numbers" if len(names) < len(report.names) else ""
    figure.suptitle(f"{subject.title}{part}", fontsize=11, parse_math=False)
    return figure
