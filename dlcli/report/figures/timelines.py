"""What happens in recordings over time: what is true, what was predicted, and the segments that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlcli.metrics.segments import Segment
from dlcli.metrics.timelines import Timeline, TimelineReport
from dlcli.report.figures.page import DPI, shortened
from dlcli.report.figures.subject import Subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SHOWN = 10
"""Recordings that are drawn, evenly spaced over the split."""
_COLOURS = 10
"""Of the palette; more classes begin it anew, paler."""
_LONGEST = 24
_ROWS = ("true", "predicted", "segments")


def timelines(subject: Subject) -> Figure | None:
    """For each recording three rows over time: the true classes, those predicted, and the segments that were found.

    Where a step has no label, the first row is empty. A segment is the fainter the lower its score.
    """
    from matplotlib.figure import Figure

    report = subject.report
    if not isinstance(report, TimelineReport):
        return None
    count = min(_SHOWN, len(report.recordings))
    drawn = [report.recordings[i] for i in np.linspace(0, len(report.recordings) - 1, count).round().astype(int)]
    figure = Figure(figsize=(11, 1.3 + 0.85 * count), dpi=DPI, layout="constrained")
    longest = max(len(each.true) for each in drawn) / report.target.rate_hz
    for axes, each in zip(np.atleast_1d(figure.subplots(count, 1, sharex=True)), drawn, strict=True):
        _draw(axes, report, each)
        axes.set_xlim(0, longest)
    axes.set_xlabel("seconds", fontsize=8)
    title = f"{subject.title} · macro F1 {report.macro_f1:.4f}, segments {report.scores['segment_map']:.4f} mAP"
    figure.suptitle(title, fontsize=11, parse_math=False)
    _legend(figure, report)
    return figure


def _draw(axes: Axes, report: TimelineReport, recording: Timeline) -> None:
    colours = _colours(len(report.names))
    _strip(axes, recording.true, colours, 0, report.target.rate_hz)
    _strip(axes, recording.predicted, colours, 1, report.target.rate_hz)
    for each in report.found:
        if each.recording == recording.recording:
            _bar(axes, each, colours, report.target.rate_hz)
    axes.set_ylim(len(_ROWS), 0)
    axes.set_yticks([row + 0.5 for row in range(len(_ROWS))], _ROWS, fontsize=6)
    axes.tick_params(axis="x", labelsize=7, length=2)
    axes.tick_params(axis="y", length=0)
    name = shortened(report.target.name_of(recording.recording), _LONGEST, keep_end=True)
    axes.set_title(f"recording {name}", fontsize=7, loc="left", pad=2, parse_math=False)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _strip(axes: Axes, labels: NDArray[np.integer], colours: NDArray[Any], row: int, rate_hz: float) -> None:
    """Each step in the colour of its class, as one picture: drawn one by one, the steps would take seconds."""
    shown = np.where(labels[:, None] >= 0, colours[np.maximum(labels, 0)], 1.0)
    extent = (0, len(labels) / rate_hz, row + 0.92, row + 0.08)
    axes.imshow(shown[None], aspect="auto", interpolation="nearest", extent=extent)


def _bar(axes: Axes, segment: Segment, colours: NDArray[Any], rate_hz: float) -> None:
    span = (segment.first / rate_hz, (segment.end - segment.first) / rate_hz)
    alpha = float(np.clip(segment.score, 0.15, 1))
    axes.broken_barh([span], (2.14, 0.78), color=colours[segment.label], alpha=alpha, edgecolor="none")


def _colours(K: int) -> NDArray[Any]:
    """A colour for each class, (K, 3)."""
    from matplotlib import colormaps

    palette = np.array(colormaps["tab10"].colors)
    paler = 0.5 ** (np.arange(K) // _COLOURS)[:, None]
    colours: NDArray[Any] = 1 - (1 - palette[np.arange(K) % _COLOURS]) * paler
    return colours


def _legend(figure: Figure, report: TimelineReport) -> None:
    from matplotlib.patches import Patch

    colours = _colours(len(report.names))
    patches = [Patch(color=colours[k], label=shortened(name, _LONGEST)) for k, name in enumerate(report.names)]
    legend = figure.legend(handles=patches, loc="outside lower center", ncols=min(len(patches), 7), fontsize=7)
    for text in legend.get_texts():
        text.set_parse_math(False)
