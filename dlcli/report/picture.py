"""What a report shows best as a picture: a confusion matrix, predicted against true numbers, or scores by class."""

from __future__ import annotations

import math
from io import BytesIO

from dlcli.metrics.classification import ClassificationReport
from dlcli.metrics.labels import LabelsReport
from dlcli.metrics.regression import RegressionReport
from dlcli.metrics.report import Report
from dlcli.metrics.tokens import TokenReport

_PANELS = 12
_PANELS_IN_A_ROW = 4


def picture(report: Report, title: str) -> tuple[str, bytes]:
    """What the picture is of, as a file's or a tag's name, and the PNG."""
    if isinstance(report, ClassificationReport):
        return "confusion_matrix", confusion_png(report, title)
    if isinstance(report, LabelsReport):
        return "average_precision", precisions_png(report, title)
    if isinstance(report, TokenReport):
        return "nats_by_place", nats_png(report, title)
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


def precisions_png(report: LabelsReport, title: str) -> bytes:
    """A PNG with a bar for the average precision of each class."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 1.6 + 0.3 * len(report.names)), dpi=160, layout="constrained")
    axes = figure.add_subplot()
    axes.barh(range(len(report.names)), [row["ap"] for row in report.of_each.values()])
    axes.set_yticks(range(len(report.names)), report.names, parse_math=False)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("average precision")
    figure.suptitle(f"{title} · mean {report.scores['mean_ap']:.4f}", fontsize=11)
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def nats_png(report: TokenReport, title: str) -> bytes:
    """A PNG: how well a token is foretold, over how many tokens of its window come before it."""
    from matplotlib.figure import Figure

    nats = report.nats_by_place
    figure = Figure(figsize=(6.4, 3.6), dpi=160, layout="constrained")
    axes = figure.add_subplot()
    axes.plot(range(1, len(nats) + 1), nats, marker="." if len(nats) < 40 else None)
    axes.set_xlabel("tokens before it in the window")
    axes.set_ylabel("nats per token")
    figure.suptitle(f"{title} · {report.scores['nats_per_token']:.4f} nats per token", fontsize=11)
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
