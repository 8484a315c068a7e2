"""Where in a spec an error belongs that showed only when something was built of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from dlcli.datasets.hints import apart
from dlcli.errors import DataError, DlcliError, SpecError, UsageError
from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import Path, Problem
from dlcli.spec.reading import Document

_KEYS = re.compile(r"`?([a-z_0-9]+(?:\.[a-z_0-9]+)*)")
_LAYER = re.compile(r"model: layer (\d+)(?: \((\w+)\))?")
_DISTORTION = re.compile(r"augment: (\w+)")


def placed(document: Document, experiment: Experiment, error: DlcliError) -> Problem:
    """The error as a problem, at its place; about data of which no value is to blame, where the dataset is named."""
    path, at_key = _place(document, experiment, error)
    if not path and isinstance(error, DataError):
        path = ("dataset",)
    mark = document.key_mark(path) if at_key else document.mark(path)
    return Problem(mark, *apart(str(error)))


@contextmanager
def as_mistakes(document: Document, experiment: Experiment) -> Iterator[None]:
    """Raises an error that a value of the spec is to blame for as a SpecError, at its place; others as they are."""
    try:
        yield
    except SpecError:
        raise
    except (UsageError, DataError) as error:
        # What a message about data begins with may be what is wrong with the data.
        if not error.at and (isinstance(error, DataError) or not _place(document, experiment, error)[0]):
            raise
        raise SpecError([placed(document, experiment, error)]) from error


def _place(document: Document, experiment: Experiment, error: DlcliError) -> tuple[Path, bool]:
    """The place that an error names, or that its message begins with, such as `train.keep` or `model: layer 3`.

    Empty if there is none. Also whether its key is meant.
    """
    text = str(error)
    if error.at:
        return error.at, error.at_key
    if layer := _LAYER.match(text):
        # Under the layer's name; what it is given may go on for lines.
        return ("model", "layers", int(layer[1]) - 1, layer[2] or ""), True
    if distortion := _DISTORTION.match(text):
        types = [part.type for part in experiment.augment]
        return (("augment", types.index(distortion[1])) if distortion[1] in types else ("augment",)), False
    keys = _KEYS.match(text)
    path: Path = tuple(keys[1].split(".")) if keys else ()
    return (path if path[:1] in document.marks else ()), False
