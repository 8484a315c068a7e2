"""What a report shows best as a picture: a confusion matrix, or predicted against true numbers."""

from __future__ import annotations

import math
from io import BytesIO

from dlcli.metrics.classification import ClassificationReport
from dlcli.metrics.regression import RegressionReport
from dlcli.metrics.report import Report

_PANELS = 12
_PANELS_IN_A_ROW = 4


def picture(report: Report, title: str) -> tuple[str, bytes]:
    """What the picture is of, as a file's or a tag's name, and the PNG."""
    if isinstance(report, ClassificationReport):
        return "confusion_matrix", confusion_png(report, title)
    assert isinstance(report, RegressionReport)
    return "predictions", predictions_png(report, title)


def confusion_png(report: ClassificationReport, title: str) -> bytes:
    """A PNG: rows are true classes, columns predicted ones; colour is the share of the row, numbers are counts.

    Small for its letters, so that they can be read where it is shown as one of several.
    """
    from matplotlib.figure import Figure

    K = len(report.names)
    side = 1.9 + 0.5 * K
    figure = Figure(figsize=(side, side), dpi=160, layout="constrained")
    axes = figure.add_subplot()
    shares = report.confusion / report.confusion.sum(axis=1, keepdims=True).clip(min=1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    # Names are the user's own: a dollar sign in one begins no formula.
    axes.set_xticks(range(K), report.names, rotation=40, ha="right", rotation_mode="anchor", parse_math=False)
    axes.set_yticks(range(K), report.names, parse_math=False)
    axes.set_xlabel("predicted (colour: share of the true class)")
    axes.set_ylabel("true")
    figure.suptitle(f"{title} · accuracy {report.accuracy:.4f}", fontsize=11)
    for i in range(K):
        for j in range(K):
            if count := int(report.confusion[i, j]):
                axes.text(j, i, str(count), ha="center", va="center", color="white" if shares[i, j] > 0.5 else "black")
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def predictions_png(report: RegressionReport, title: str) -> bytes:
    """A PNG with a panel for each of the first numbers: predicted over true, and the line where the two are equal."""
    from matplotlib.figure import Figure

    names, of_each = report.names[:_PANELS], report.of_each
    columns = min(len(names), _PANELS_IN_A_ROW)
    rows = math.ceil(len(names) / columns)
    figure = Figure(figsize=(4.2 * columns, 4.4 * rows), dpi=160, layout="constrained")
    for d, name in enumerate(names):
        axes = figure.add_subplot(rows, columns, d + 1)
        true, predicted = report.true[:, d], report.predicted[:, d]
        axes.scatter(true, predicted, s=14, alpha=0.6, linewidths=0)
        ends = [min(true.min(), predicted.min()), max(true.max(), predicted.max())]
        axes.plot(ends, ends, color="grey", linewidth=1, zorder=0)
        axes.set_xlabel(f"true {name}", parse_math=False)
        axes.set_ylabel(f"predicted {name}", parse_math=False)
        axes.set_title(f"RMSE {of_each[name]['rmse']:.4g}, R² {of_each[name]['r2']:.4f}", fontsize=10)
    part = f" · {len(names)} of {len(report.names)} numbers" if len(names) < len(report.names) else ""
    figure.suptitle(f"{title}{part}", fontsize=11)
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
