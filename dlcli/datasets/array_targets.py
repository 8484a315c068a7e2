"""What is predicted where it is given as an array: classes by number, text or rows of zeros and ones, or numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import Classes, MultiLabel, Reals, Target
from dlcli.datasets.labels import may_be_classes
from dlcli.errors import DataError

if TYPE_CHECKING:
    from dlcli.datasets.arrays import Npz

_MANY = 100
"""Whole numbers with gaps are hardly classes if there are more different ones than this."""
_SHARE = 0.1
"""And more than this share of the examples."""
_SHOWN = 20


@dataclass(frozen=True)
class Coding:
    """What is predicted, as the training array has it, and how it is read from any of the arrays.

    codes: the class number of each label, which is text or a whole number written as text; with `hot` the labels are
    the columns of one-hot rows.
    """

    target: Target
    codes: dict[str, int]
    hot: bool = False

    def read(self, y: NDArray[Any], at: str) -> NDArray[Any]:
        """Class numbers (N,) int32, or (N, D) float32. Raises DataError where the array is not like the training's."""
        if isinstance(self.target, MultiLabel):
            K = len(self.target.names)
            if not _is_of_0_and_1(y) or y.shape[1] != K:
                raise DataError(
                    f"{at} has shape {y.shape}, type {y.dtype}; expected rows of {K} zeros and ones, as in the "
                    "training split"
                )
            return np.asarray(y, np.float32)
        if isinstance(self.target, Reals):
            D = len(self.target.names)
            if y.dtype.kind == "U" or y.size != len(y) * D:
                raise DataError(
                    f"{at} has shape {y.shape}, type {y.dtype}; expected {D} numbers for each example, as in the "
                    "training split"
                )
            return np.asarray(y.reshape(len(y), -1), np.float32)
        if self.hot:
            if not _is_one_hot(y) or y.shape[1] != len(self.codes):
                raise DataError(
                    f"{at} has shape {y.shape}, type {y.dtype}; expected rows of one 1 among {len(self.codes) - 1} 0s, "
                    "as in the training split"
                )
            return np.asarray(y.argmax(axis=1), np.int32)
        _refuse_rows(y, at)
        labels, inverse = np.unique(y, return_inverse=True)
        classes = np.array([self.codes.get(_text(label), -1) for label in labels.tolist()], np.int32)[inverse]
        if (classes < 0).any():
            row = int((classes < 0).argmax())
            raise DataError(
                f"{at}, row {row}: got label {_text(y[row].item())}, expected one of {_listed(self.codes)}"
                + ("" if y.dtype.kind == "U" else "; if these are no labels, set dataset.task=reals")
            )
        return classes


def coding_of(spec: Npz, y: NDArray[Any], at: str, name: str, remarks: list[str]) -> Coding:
    """What the training array `name` says is predicted; the remarks say what of it was guessed.

    `at` is what the array is called in errors. Raises DataError where it cannot be what the spec says it is.
    """
    if spec.task == "reals":
        if y.dtype.kind == "U":
            raise DataError(
                f"{at}: got {y.flat[0].item()!r}, expected numbers, as dataset.task=reals predicts numbers; "
                "save them as such, or set dataset.task=classes"
            )
        return _numbers(y)
    if spec.task == "labels" or (spec.task is None and _is_of_0_and_1(y) and not _is_one_hot(y)):
        return _any_of(spec, y, at, name, remarks)
    told = spec.task == "classes" or spec.classes is not None
    if _is_one_hot(y):
        if not told:
            remarks.append(f"`{name}` is taken for classes (rows of one 1 among 0s); otherwise set dataset.task=reals")
        names = spec.classes or tuple(map(str, range(y.shape[1])))
        if len(names) != y.shape[1]:
            raise DataError(f"{at} has one-hot rows of {y.shape[1]}, but dataset.classes names {len(names)} classes")
        return Coding(Classes(names), {name: i for i, name in enumerate(names)}, hot=True)
    if y.dtype.kind == "f" and not told and not _few_whole(y, name, remarks):
        return _numbers(y)
    _refuse_rows(y, at)
    if y.dtype.kind == "U":
        names = spec.classes or tuple(np.unique(y).tolist())
        return Coding(Classes(names), {name: i for i, name in enumerate(names)})
    return _whole_numbers(spec, y, at, name, remarks)


def _any_of(spec: Npz, y: NDArray[Any], at: str, name: str, remarks: list[str]) -> Coding:
    """The classes that the columns of rows of zeros and ones stand for."""
    if not _is_of_0_and_1(y):
        raise DataError(
            f"{at} has shape {y.shape}, type {y.dtype}; dataset.task=labels expects (N, K) rows of zeros and ones, a "
            "column for each class"
        )
    names = spec.classes or tuple(map(str, range(y.shape[1])))
    if len(names) != y.shape[1]:
        raise DataError(f"{at} has rows of {y.shape[1]}, but dataset.classes names {len(names)} classes")
    if spec.task is None:
        remarks.append(
            f"`{name}` is taken for any number of {len(names)} classes for each example (rows of zeros and ones); "
            "otherwise set dataset.task=reals"
        )
    return Coding(MultiLabel(names), {})


def _whole_numbers(spec: Npz, y: NDArray[Any], at: str, name: str, remarks: list[str]) -> Coding:
    """The classes that whole numbers stand for: their places among the names given, or the numbers in their order."""
    wrong = ~np.isfinite(y) | (y != np.round(y))
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(
            f"{at}, row {row}: got {y[row]:g}, expected a whole number or text, as classes are predicted; mend or "
            "remove it, or set dataset.task=reals if these are no labels"
        )
    known = np.unique(y).tolist()
    labels = [_text(number) for number in known]
    names = spec.classes
    if names is None:
        consecutive = known[0] in (0, 1) and known[-1] - known[0] == len(known) - 1
        if y.dtype.kind == "i" and spec.task is None and not consecutive:
            _remark_on_gaps(labels, len(y), at, name, remarks)
        return Coding(Classes(tuple(labels)), {label: i for i, label in enumerate(labels)})
    if known[0] >= 0 and known[-1] < len(names):
        return Coding(Classes(names), {str(i): i for i in range(len(names))})
    if len(names) != len(labels):
        row = int(((y < 0) | (y >= len(names))).argmax())
        raise DataError(
            f"{at}, row {row}: got label {_text(y[row].item())}, expected 0 to {len(names) - 1}, the places of "
            f"dataset.classes, or a class for each of the {len(labels)} different labels: {_listed(labels)}"
        )
    remarks.append(f"the labels {_listed(labels)} of `{name}` are the classes {_listed(names)}, in this order")
    return Coding(Classes(names), {label: i for i, label in enumerate(labels)})


def _remark_on_gaps(labels: Sequence[str], examples: int, at: str, name: str, remarks: list[str]) -> None:
    if len(labels) > _MANY and len(labels) > _SHARE * examples:
        raise DataError(
            f"{at} holds {len(labels)} different whole numbers in {examples} examples, from {labels[0]} to "
            f"{labels[-1]}; expected fewer if they are classes. Set dataset.task=reals to predict them as numbers, or "
            "dataset.task=classes to take each for a class"
        )
    remarks.append(
        f"the labels of `{name}` are {_listed(labels)}: {len(labels)} classes, named by number; to predict numbers set "
        "dataset.task=reals"
    )


def _few_whole(y: NDArray[Any], name: str, remarks: list[str]) -> bool:
    """Whether floats of which nothing was said are labels; the remarks say so where they are whole numbers."""
    known = np.unique(y[np.isfinite(y)])
    if y.ndim != 1 or len(known) == 0 or (known != np.round(known)).any():
        return False
    few = may_be_classes(known.tolist(), len(y))
    remarks.append(
        f"`{name}` is taken for {'classes' if few else 'numbers'} ({len(known)} different whole numbers in {len(y)} "
        f"examples, saved as decimals); otherwise set dataset.task={'reals' if few else 'classes'}"
    )
    return few


def _numbers(y: NDArray[Any]) -> Coding:
    return Coding(Reals(("y",) if y.ndim == 1 else tuple(f"y_{i}" for i in range(y.shape[1]))), {})


def _is_one_hot(y: NDArray[Any]) -> bool:
    return _is_of_0_and_1(y) and bool((y.sum(axis=1) == 1).all())


def _is_of_0_and_1(y: NDArray[Any]) -> bool:
    return y.ndim == 2 and y.shape[1] > 1 and y.dtype.kind != "U" and bool(((y == 0) | (y == 1)).all())


def _refuse_rows(y: NDArray[Any], at: str) -> None:
    if y.ndim != 1:
        raise DataError(
            f"{at} has shape {y.shape}, type {y.dtype}; expected (N,) class numbers or text, or rows of one 1 among 0s"
            + ("" if y.dtype.kind == "U" else f"; to predict {y.shape[1]} numbers set dataset.task=reals")
        )


def _text(label: str | float) -> str:
    return str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)


def _listed(labels: Iterable[str]) -> str:
    known = list(labels)
    return ", ".join(known[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
