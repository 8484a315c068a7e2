"""A run's event files, such that runs compare side by side without any option.

    <run>/events...                  the spec as text, the graph; the HParams record in a file of its own
    <run>/train/events...            loss, accuracy, optimizer/learning_rate of every epoch
    <run>/validation/events...       loss, accuracy; of an ensemble's members, members/accuracy_1, ...
    <run>/kept_validation/events...  loss, accuracy of the epoch whose model is kept, once the run has ended; figures
    <run>/test/events...             loss, accuracy, macro_f1 and figures of that model, such as its confusion matrix

Where numbers are predicted: rmse, mae, r2. Figures of training, where that is what is scored, are in <run>/kept_train.

metrics.jsonl is the truth: when a run is taken up again its curves are written anew from there, so that they have
neither gap nor duplicate.

TensorBoard opens the curves and pictures of the first two names, and shows the first five metrics by name in HParams.
That is why the tags of the learning rate and figures begin with a word that comes after `loss`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from dlcli.report.events import (
    anew,
    event,
    framed,
    fresh_file,
    image,
    remove_older,
    replace_file,
    scalars,
    text,
    version,
)
from dlcli.runs.files import naming
from dlcli.runs.run import Run

if TYPE_CHECKING:
    from dlcli.training.evaluate import Evaluation

_CURVES = ("train", "validation")
_TAGS = {"learning_rate": "optimizer/learning_rate"}
_OF_MEMBER = re.compile(r"^val_member_(\d+)_(\w+)$")


class Board:
    """Writes the event files of one run while it goes on."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._curves: dict[str, IO[bytes]] = {}

    def start(self, graph: bytes, notes: Sequence[str]) -> None:
        """Writes what is known at the start, and the curves so far of a run that is taken up again.

        graph: a serialised GraphDef. notes: what is to be known of the data.
        """
        replace_file(
            self.run.path,
            "start",
            event(0, summary=text("spec", (self.run.path / "spec.yaml").read_text(encoding="utf-8"))),
            event(0, graph_def=graph),
            *([event(0, summary=text("data", "\n\n".join(notes)))] if notes else []),
        )
        for name in _CURVES:
            if (self.run.path / name).exists():  # its rows may be more than those the run goes on from
                self._open(name)
        for row in self.run.metrics():
            self.epoch(row)
        for file in self._curves.values():
            remove_older(Path(file.name))

    def epoch(self, row: dict[str, Any]) -> None:
        """Adds an epoch's row to the curves."""
        step, wall_time = row["step"], row["time"]
        for name, scores in zip(_CURVES, scores_of(row), strict=True):
            if scores:
                self._append(name, event(step, wall_time, summary=scalars(scores)))

    def finish(self, step: int, evaluation: Evaluation, figures: Mapping[str, bytes]) -> None:
        """Writes the final scores on the test split, and of any split the figures, PNGs by their kinds."""
        split = evaluation.split
        pictures = [event(step, summary=image(f"{split}/{kind}", png)) for kind, png in figures.items()]
        if split == "test":
            scores = event(step, summary=scalars(evaluation.scores))
            replace_file(self.run.path / split, "scores", anew(), scores, *pictures)
        elif pictures:
            # Beside the scores of the kept epoch, in a file of their own, so that neither waits for the other.
            replace_file(self.run.path / f"kept_{split}", "figures", *pictures)

    def sample(self, step: int, written: str) -> None:
        """Writes a text that the kept model has written."""
        replace_file(self.run.path, "sample", event(step, summary=text("sample", written)))

    def close(self) -> None:
        """Closes the curves."""
        for file in self._curves.values():
            file.close()

    def _open(self, name: str) -> None:
        self._curves[name] = fresh_file(self.run.path / name, "curves").open("wb")
        for first in (version(), anew()):
            self._append(name, first)

    def _append(self, name: str, event: bytes) -> None:
        if name not in self._curves:
            self._open(name)
        file = self._curves[name]
        with naming(Path(file.name)):
            file.write(framed(event))
            file.flush()


def scores_of(row: dict[str, Any]) -> tuple[dict[str, float], dict[str, float]]:
    """What an epoch's row says of training and of validation, by tag."""
    values = {_TAGS.get(name, name): v for name, v in row.items() if name not in ("epoch", "step", "time")}
    values = {_OF_MEMBER.sub(r"val_members/\2_\1", name): v for name, v in values.items()}
    validation = {name.removeprefix("val_"): v for name, v in values.items() if name.startswith("val_")}
    return {name: v for name, v in values.items() if not name.startswith("val_")}, validation
