"""How well the next token is foretold, by how much is known before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcli.metrics.tokens import TokenReport
from dlcli.report.figures.page import DPI
from dlcli.report.figures.subject import Subject

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DOTTED = 40
"""Places up to which each is marked by a dot."""


def nats_by_place(subject: Subject) -> Figure | None:
    """Nats per token over how many tokens of its window come before it."""
    from matplotlib.figure import Figure

    report = subject.report
    if not isinstance(report, TokenReport):
        return None
    nats = report.nats_by_place
    figure = Figure(figsize=(6.4, 3.6), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    axes.plot(range(1, len(nats) + 1), nats, marker="." if len(nats) < _DOTTED else None)
    axes.set_xlabel("tokens before it in the window")
    axes.set_ylabel("nats per token")
    title = f"{subject.title} · {report.scores['nats_per_token']:.4f} nats per token"
    figure.suptitle(title, fontsize=11, parse_math=False)
    return figure
