"""How far what was written is from what is true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlcli.metrics.sequences import SequenceReport, edit_distances
from dlcli.report.figures.page import DPI
from dlcli.report.figures.subject import Subject

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def edits(subject: Subject) -> Figure | None:
    """How many texts take how many edits to become what they should be, for each width of the beam."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    report = subject.report
    if not isinstance(report, SequenceReport) or not report.written:
        return None
    figure = Figure(figsize=(6.4, 3.6), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    for width in sorted(report.written):
        counts = np.bincount(edit_distances(report.written[width], report.true))
        axes.plot(counts, marker="o", label="greedily" if width == 1 else f"with a beam of {width}")
    # Most need none; the few that do must not vanish beside them.
    axes.set_yscale("symlog")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("insertions, deletions and replacements")
    axes.set_ylabel("texts")
    axes.legend()
    title = f"{subject.title} · exact match {report.scores['exact_match']:.4f}"
    figure.suptitle(title, fontsize=11, parse_math=False)
    return figure
