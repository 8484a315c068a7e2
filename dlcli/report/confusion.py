"""The confusion matrix as a picture."""

from __future__ import annotations

from io import BytesIO

from dlcli.metrics.classification import ClassificationReport


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
    axes.set_xticks(range(K), report.names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(K), report.names)
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
