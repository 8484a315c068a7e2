"""How well each of several classes is found, where an example may have any number of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcli.metrics.labels import LabelsReport
from dlcli.report.figures.page import DPI, shortened
from dlcli.report.figures.subject import Subject

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LONGEST = 30


def average_precision(subject: Subject) -> Figure | None:
    """A bar for the average precision of each class."""
    from matplotlib.figure import Figure

    report = subject.report
    if not isinstance(report, LabelsReport):
        return None
    K = len(report.names)
    figure = Figure(figsize=(6.4, 1.6 + 0.3 * K), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    axes.barh(range(K), [row["ap"] for row in report.of_each.values()])
    axes.set_yticks(range(K), [shortened(name, _LONGEST) for name in report.names], parse_math=False)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("average precision")
    figure.suptitle(f"{subject.title} · mean {report.scores['mean_ap']:.4f}", fontsize=11, parse_math=False)
    return figure
