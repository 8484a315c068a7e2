"""Where in a spec an error belongs that showed only when something was built of it."""

from __future__ import annotations

import re

from dlcli.errors import DataError, DlcliError
from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import Path, Problem
from dlcli.spec.reading import Document

_KEYS = re.compile(r"`?([a-z_0-9]+(?:\.[a-z_0-9]+)*)")
_LAYER = re.compile(r"model: layer (\d+)(?: \((\w+)\))?")
_DISTORTION = re.compile(r"augment: (\w+)")


def placed(document: Document, experiment: Experiment, error: DlcliError) -> Problem:
    """The error as a problem, at the place that its message begins with, such as `train.keep` or `model: layer 3`."""
    text = str(error)
    if layer := _LAYER.match(text):
        # Under the layer's name; what it is given may go on for lines.
        return Problem(document.key_mark(("model", "layers", int(layer[1]) - 1, layer[2] or "")), text)
    return Problem(document.mark(_place(document, experiment, error)), text)


def _place(document: Document, experiment: Experiment, error: DlcliError) -> Path:
    text = str(error)
    if distortion := _DISTORTION.match(text):
        types = [part.type for part in experiment.augment]
        return ("augment", types.index(distortion[1])) if distortion[1] in types else ("augment",)
    keys = _KEYS.match(text)
    path: Path = tuple(keys[1].split(".")) if keys else ()
    if path[:1] in document.marks:
        return path
    return ("dataset",) if isinstance(error, DataError) else ()
