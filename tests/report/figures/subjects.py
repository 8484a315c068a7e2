"""Splits, and what a model makes of them, for figures to be drawn of."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from dlcli.datasets.data import Classes, Column, Data, Reals, Split
from dlcli.report.figures.subject import Subject
from dlcli.tasks import Classification, Regression


def classified(
    logits: np.ndarray[Any, Any],
    y: np.ndarray[Any, Any],
    x: np.ndarray[Any, Any] | None = None,
    *,
    names: tuple[str, ...] = (),
    columns: tuple[Column, ...] | None = None,
    title: str = "small · test",
) -> Subject:
    """Logits (N, K) for examples of classes y (N,); x: pictures of 6 x 5 if None."""
    target = Classes(names or tuple(f"class_{k}" for k in range(logits.shape[1])))
    x = np.zeros((len(y), 6, 5, 1), np.uint8) if x is None else x
    split = Split(x, y.astype(np.int32))
    task = Classification(target)
    data = Data(split, None, split, target, columns=columns)
    losses = -np.log(task.predictions(logits)[np.arange(len(y)), y])
    return Subject(title, data, split, task, task.report(split.y, logits), logits, losses, None)


def counted(confusion: np.ndarray[Any, Any], names: tuple[str, ...] = (), title: str = "small · test") -> Subject:
    """A subject with this confusion matrix (K, K)."""
    true, predicted = (np.repeat(axis.ravel(), confusion.ravel()) for axis in np.indices(confusion.shape))
    return classified(np.eye(len(confusion))[predicted], true, names=names, title=title)


def predicted(
    true: np.ndarray[Any, Any], output: np.ndarray[Any, Any], names: tuple[str, ...] = (), x: Any = None
) -> Subject:
    """Outputs (N, D) for true numbers (N, D); x: rows of three numbers if None."""
    target = Reals(names or tuple(f"y{d}" for d in range(true.shape[1])))
    split = Split(np.zeros((len(true), 3)) if x is None else x, true)
    task = Regression.of(target, true, "standard")
    losses = np.square((output - true) / np.array(task.scale)).mean(axis=-1)
    data = Data(split, None, split, target)
    return Subject("small · test", data, split, task, task.report(true, output), output, losses, None)


def size(png: bytes) -> tuple[int, int]:
    """Width and height of a whole PNG."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert png[-8:-4] == b"IEND"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def texts(figure: Any) -> list[str]:
    """All that is written in a figure."""
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]
