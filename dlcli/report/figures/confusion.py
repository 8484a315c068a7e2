"""How often each class is taken for which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlcli.metrics.classification import ClassificationReport
from dlcli.report.figures.page import DPI, shortened
from dlcli.report.figures.subject import Subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COUNTED = 20
"""Classes up to which cells hold their counts; of more, the most frequent mistakes are listed beside."""
_NAMED = 60
"""Classes up to which each has its name at the axes; of more, some."""
_LONGEST = 24
_LISTED = 20
_LEAST_WIDE, _WIDE_PER_LETTER = 4.4, 0.09
"""Inches, so that neither the words at the axes nor the title are cut off where classes are few."""


def confusion_matrix(subject: Subject) -> Figure | None:
    """Rows are true classes, columns predicted ones; colour is the share of the row, numbers are counts.

    Small for its letters, so that they can be read where it is shown as one of several.
    """
    from matplotlib.figure import Figure

    report = subject.report
    if not isinstance(report, ClassificationReport):
        return None
    K = len(report.names)
    side = 1.9 + (0.5 * K if K <= _COUNTED else min(0.16 * K, 0.16 * _NAMED))
    title = f"{subject.title} · accuracy {report.accuracy:.4f}"
    wide = max(_LEAST_WIDE, _WIDE_PER_LETTER * len(title), side if K <= _COUNTED else side + 3.6)
    figure = Figure(figsize=(wide, side), dpi=DPI, layout="constrained")
    figure.suptitle(title, fontsize=11, parse_math=False)
    if K <= _COUNTED:
        _matrix(figure.add_subplot(), report, letters=10)
        return figure
    matrix, beside = figure.subplots(1, 2, width_ratios=(side, 3.6))
    _matrix(matrix, report, letters=7)
    beside.axis("off")
    text = "\n".join(_most_frequent(report))
    beside.text(0, 1, text, va="top", fontsize=8, linespacing=1.5, transform=beside.transAxes, parse_math=False)
    return figure


def _matrix(axes: Axes, report: ClassificationReport, letters: int) -> None:
    K = len(report.names)
    shares = report.confusion / report.confusion.sum(axis=1, keepdims=True).clip(min=1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    places = range(0, K, -(-K // _NAMED))
    # Names are the user's own: a dollar sign in one begins no formula.
    names = [shortened(report.names[k], _LONGEST) for k in places]
    turned = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if K <= _COUNTED else {"rotation": 90}
    axes.set_xticks(places, names, fontsize=letters, parse_math=False, **turned)
    axes.set_yticks(places, names, fontsize=letters, parse_math=False)
    axes.set_xlabel("predicted (colour: share of the true class)")
    axes.set_ylabel("true")
    if K > _COUNTED:
        return
    for i, j in np.argwhere(report.confusion):
        colour = "white" if shares[i, j] > 0.5 else "black"
        count = int(report.confusion[i, j])
        size = 10 if count < 10_000 else 7
        axes.text(j, i, str(count), ha="center", va="center", fontsize=size, color=colour)


def _most_frequent(report: ClassificationReport) -> list[str]:
    """The pairs of classes that are confused most, with their counts."""
    wrong = report.confusion * (1 - np.eye(len(report.names), dtype=np.int64))
    order = np.argsort(-wrong, axis=None, kind="stable")[:_LISTED]
    pairs = [divmod(int(at), len(report.names)) for at in order if wrong.flat[at]]
    lines = [
        f"{wrong[i, j]:5d}   {shortened(report.names[i], _LONGEST)} → {shortened(report.names[j], _LONGEST)}"
        for i, j in pairs
    ]
    return ["most frequent mistakes", "(true → predicted)", "", *lines] if lines else ["no mistakes"]
