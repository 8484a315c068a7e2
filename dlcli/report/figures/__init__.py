"""Pictures of what a model makes of a split, such as a confusion matrix: PNGs in the run, images in TensorBoard.

A kind of figure is a module here with a function that draws it, or gives None where it has nothing to show, and a line
in `KINDS`. matplotlib is imported in these functions alone: it takes half a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dlcli.report.figures.attention import attention_map
from dlcli.report.figures.attention_over_inputs import attention_over_inputs
from dlcli.report.figures.average_precision import average_precision
from dlcli.report.figures.confusion import confusion_matrix
from dlcli.report.figures.edits import edits
from dlcli.report.figures.forecast import forecast
from dlcli.report.figures.mistakes import mistakes
from dlcli.report.figures.nats_by_place import nats_by_place
from dlcli.report.figures.page import png
from dlcli.report.figures.predictions import predictions
from dlcli.report.figures.reconstructions import reconstructions
from dlcli.report.figures.residuals import residuals
from dlcli.report.figures.subject import Subject
from dlcli.report.figures.timelines import timelines
from dlcli.runs.files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = "figures"
"""Of a run: where its figures are."""

KINDS: Mapping[str, Callable[[Subject], Figure | None]] = {
    "confusion_matrix": confusion_matrix,
    "timelines": timelines,
    "mistakes": mistakes,
    "average_precision": average_precision,
    "nats_by_place": nats_by_place,
    "edits": edits,
    "attention_map": attention_map,
    "attention_over_inputs": attention_over_inputs,
    "forecast": forecast,
    "reconstructions": reconstructions,
    "predictions": predictions,
    "residuals": residuals,
}
"""By the name that files and TensorBoard's tags have."""


def draw(subject: Subject) -> dict[str, bytes]:
    """The PNG of every kind of figure that has something to show, by its name. Equal subjects give equal bytes."""
    figures = {kind: of(subject) for kind, of in KINDS.items()}
    return {kind: png(figure) for kind, figure in figures.items() if figure is not None}


def write(run: Path, split: str, figures: Mapping[str, bytes]) -> list[Path]:
    """Writes figures of a split to `<run>/figures/<split>_<kind>.png`, in the place of all that were there of it."""
    folder = run / FOLDER
    folder.mkdir(exist_ok=True)
    paths = {folder / f"{split}_{kind}.png": data for kind, data in figures.items()}
    for path, data in paths.items():
        with replacing(path) as file:
            file.write(data)
    for old in folder.glob(f"{split}_*.png"):
        if old not in paths:
            old.unlink()
    return list(paths)
