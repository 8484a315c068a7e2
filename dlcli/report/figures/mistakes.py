"""The examples a model is most wrong about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlcli.metrics.classification import ClassificationReport
from dlcli.metrics.regression import RegressionReport
from dlcli.report.figures.examples import Examples
from dlcli.report.figures.page import sheet, shortened
from dlcli.report.figures.subject import Subject

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PICTURES, _OTHERS = 24, 12
"""How many are shown."""
_LETTERS = {"picture": 22, "curves": 40, "text": 40}
"""That fit above a panel."""
_NAMES = 3
"""Numbers to predict whose values are written above a panel."""


def mistakes(subject: Subject) -> Figure | None:
    """The examples of the largest loss, the worst first, with their inputs, what is true and what was predicted.

    Of classes, only those that were taken for another one.
    """
    report = subject.report
    if subject.task.per_step:
        return None
    if isinstance(report, ClassificationReport):
        wrong = np.flatnonzero(subject.predictions.argmax(axis=-1) != subject.split.y)
        title = f"{subject.title} · {len(wrong)} of {len(subject.split)} wrong, the worst first"
    elif isinstance(report, RegressionReport):
        wrong = np.arange(len(subject.split))
        title = f"{subject.title} · the largest errors first"
    else:
        return None
    if not len(wrong):
        return None
    worst = wrong[np.argsort(-subject.losses[wrong], kind="stable")]
    look = Examples(subject.data, subject.split.x[worst[:1]]).look
    worst = worst[: _PICTURES if look == "picture" else _OTHERS]
    examples = Examples(subject.data, subject.split.x[worst])
    figure, panels = sheet(title, len(worst), examples.columns, examples.panel)
    for i, (row, axes) in enumerate(zip(worst, panels, strict=True)):
        examples.draw(axes, i)
        lines = (subject.split.name_of(int(row)), *told(subject, int(row)))
        text = "\n".join(shortened(line, _LETTERS[look], keep_end=line is lines[0]) for line in lines)
        axes.set_title(text, fontsize=7, loc="left", pad=3 if look == "picture" else 6, parse_math=False)
    return figure


def told(subject: Subject, row: int) -> tuple[str, str]:
    """What is true of an example, and what was predicted."""
    true, predicted = subject.split.y[row], subject.predictions[row]
    if isinstance(subject.report, ClassificationReport):
        k = int(predicted.argmax())
        return f"true: {subject.report.names[true]}", f"model: {subject.report.names[k]} ({100 * predicted[k]:.0f}%)"
    return f"true: {_numbers(true)}", f"model: {_numbers(predicted)}"


def _numbers(values: NDArray[np.floating]) -> str:
    shown = ", ".join(f"{value:.4g}" for value in values[:_NAMES])
    return shown if len(values) <= _NAMES else f"{shown}, …"
