"""What predicted numbers are off by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlcli.metrics.regression import RegressionReport
from dlcli.report.figures.page import DPI, shortened, some
from dlcli.report.figures.subject import Subject

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NUMBERS = 6
_BINS = 5, 30
"""At least and at most; between them, as fits the number of examples."""
_LONGEST = 24


def residuals(subject: Subject) -> Figure | None:
    """For each of the first numbers: errors (predicted less true) over what was predicted, and how they spread.

    A pattern in the first is what the model has not learnt; a second that is not centred at zero, a bias.
    """
    from matplotlib.figure import Figure

    report = subject.report
    if not isinstance(report, RegressionReport):
        return None
    names = report.names[:_NUMBERS]
    figure = Figure(figsize=(8, 0.5 + 3.2 * len(names)), dpi=DPI, layout="constrained")
    drawn = some(len(report.true))
    for d, name in enumerate(names):
        over, spread = figure.add_subplot(len(names), 2, 2 * d + 1), figure.add_subplot(len(names), 2, 2 * d + 2)
        predicted = report.predicted[:, d]
        errors = predicted - report.true[:, d]
        over.scatter(predicted[drawn], errors[drawn], s=14, alpha=0.6, linewidths=0)
        over.axhline(0, color="grey", linewidth=1, zorder=0)
        over.set_xlabel(f"predicted {shortened(name, _LONGEST)}", parse_math=False)
        over.set_ylabel("predicted - true")
        finite = errors[np.isfinite(errors)]
        spread.hist(finite, bins=int(np.clip(2 * np.sqrt(len(finite)), *_BINS)))
        spread.axvline(0, color="grey", linewidth=1)
        spread.set_title(f"mean {finite.mean():.4g}, deviation {finite.std():.4g}", fontsize=10)
        spread.set_xlabel("predicted - true")
        spread.set_ylabel("examples")
    part = f" · {len(names)} of {len(report.names)} numbers" if len(names) < len(report.names) else ""
    figure.suptitle(f"{subject.title} · errors{part}", fontsize=11, parse_math=False)
    return figure
