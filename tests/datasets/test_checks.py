"""What no dataset may do is found before training, and named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dlcli.datasets.checks import check
from dlcli.datasets.data import Classes, Column, Data, MultiLabel, NextToken, Reals, Split, StepClasses, Timelines
from dlcli.datasets.rows import Rows
from dlcli.errors import DataError


def split(y: Any = (0, 1, 2, 0), x: Any = None, groups: Any = None) -> Split:
    y = np.asarray(y)
    y = y.astype(np.int32) if y.dtype.kind in "iu" else y.astype(np.float32)
    x = np.ones((len(y), 2), np.float32) if x is None else x
    return Split(x, y, None if groups is None else np.asarray(groups))


def data(**fields: Any) -> Data:
    return replace(Data(split(), split(), split(), Classes(("a", "b", "c"))), **fields)


def with_value(value: float, row: int = 3, column: int = 1) -> np.ndarray:
    x = np.ones((4, 2), np.float64)
    x[row, column] = value
    return x


def test_good_data_passes() -> None:
    check(data(), "mine")
    check(data(validation=None, test=split([1])), "mine")
    check(data(train=split(x=np.full((4, 2), 255, np.uint8)), validation=None, test=None), "mine")
    reals = Reals(("y",))
    check(Data(split([[0.5], [1.5]]), None, None, reals), "mine")


TABLE = (Column("port", ("a", "b")), Column("age"))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (data(test=split([])), r"mine: the test split is empty; expected at least one example"),
        (data(validation=split(x=np.ones((4, 3)))), r"the validation split has examples of shape \(3,\), .* \(2,\)"),
        (data(train=split(x=np.ones((5, 2)))), r"the train split has 5 examples but 4 targets; expected one each"),
        (data(test=split(np.zeros(4))), r"targets of shape \(4,\), type float32; expected \(N,\) whole numbers"),
        (data(train=split(np.ones((4, 1), int))), r"targets of shape \(4, 1\), type int\d+; expected \(N,\) whole"),
        (data(target=Reals(("y",))), r"targets of shape \(\d+,\), type int\d+; expected \(N, 1\) decimals"),
        (data(train=split(x=np.ones(4))), r"examples of shape \(4,\), type float64; expected \(N, ...\)"),
        (data(train=split(x=np.full((4, 2), "a"))), r"examples of shape \(4, 2\), type <U1; expected \(N, ...\)"),
        (data(test=split(groups=[1])), r"the test split has 4 examples but 4 targets and 1 groups"),
        (data(test=split(x=with_value(np.nan))), r"the test split: example 3 holds nan at position \[1\]; exp"),
        (data(train=split(x=with_value(-np.inf))), r"the train split: example 3 holds -inf at position \[1\]"),
        (data(train=split(x=with_value(1e39))), r"the train split: example 3 holds 1e\+39"),
        (data(columns=TABLE, test=split(x=with_value(np.nan, 0, 0))), r"holds nan at position \[0\] \(column `port`\)"),
        (data(columns=TABLE, test=split(x=with_value(np.inf))), r"holds inf at position \[1\] \(column `age`\)"),
        (data(validation=split([0, 3])), r"the validation split: example 1 has label 3; expected 0 to 2, for 3"),
        (data(train=split([0, -1])), r"the train split: example 1 has label -1"),
        (data(train=split([1, 1])), r"mine: all training examples are of class 'b'; expected two classes or more"),
        (
            data(train=split([0, 2])),
            r"no example of class 'b' \('b': 0 in train, 1 in validation, 1 in test\); hold out less",
        ),
        (
            data(train=split([0, 1]), target=Classes(tuple("abcdefghi")), test=None),
            r"no example of classes 'c', 'd', 'e', 'f', 'g', \.\.\. \('c': 0 in train, 1 in validation\)",
        ),
        (
            Data(split([[0.5], [np.nan]]), None, None, Reals(("price",))),
            r"the train split: target `price` of example 1 is nan; expected a finite number",
        ),
        (
            data(train=split(groups=list("wxyz")), test=split(groups=list("xxxx")), validation=None),
            r"group 'x' stands in the train and in the test split",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(wrong: Data, message: str) -> None:
    with pytest.raises(DataError, match=message):
        check(wrong, "mine")


def of_steps(y: Any, **fields: Any) -> Data:
    return data(train=Split(np.ones((2, 3), np.int32), np.asarray(y, np.int32)), validation=None, test=None, **fields)


STEPS, TOKENS = StepClasses(("a", "b", "c")), ("padding", "unknown", "a")
LABELS = [[0, 2, -1], [-1, -1, -1]]


def test_steps_texts_and_several_classes_pass() -> None:
    check(of_steps(LABELS, target=STEPS), "mine")
    check(of_steps(LABELS, target=NextToken(TOKENS), vocabulary=TOKENS), "mine")
    check(Data(split([[0.0, 1.0], [1.0, 1.0]]), None, None, MultiLabel(("a", "b"))), "mine")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (of_steps([[0], [1]], target=STEPS), r"targets of shape \(2, 1\), type int32; expected \(N, 3\) whole numbers"),
        (
            of_steps([[0, 1, 2], [0, 3, -1]], target=STEPS),
            r"example 1 has label 3 at step 1; .* 0 to 2, .*or -1 for none",
        ),
        (of_steps([[0, -2, 2], [0, 1, -1]], target=STEPS), r"example 0 has label -2 at step 1; expected 0 to 2"),
        (of_steps([[-1] * 3] * 2, target=STEPS), r"mine: no step of the train split has a label"),
        (of_steps(LABELS, target=STEPS, vocabulary=("padding",)), r"holds 1 at position 0; .* tokens from 0 to 0"),
        (
            data(train=split(x=np.full((4, 2), 0.5)), vocabulary=TOKENS, validation=None, test=None),
            r"the train split: example 0 holds 0\.5 at position 0; expected texts \(N, T\) of whole numbers",
        ),
        (
            Data(split([[0.0, 0.5], [1.0, 1.0]]), None, None, MultiLabel(("a", "b"))),
            r"the train split: target `b` of example 0 is 0\.5; expected 0 or 1",
        ),
    ],
)
def test_what_is_wrong_with_steps_texts_and_several_classes_is_named(wrong: Data, message: str) -> None:
    with pytest.raises(DataError, match=message):
        check(wrong, "mine")


def with_names(part: Split) -> Split:
    return replace(part, names=np.array([f"t.csv, line {row + 2}," for row in range(len(part))]))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (data(test=with_names(split(x=with_value(np.nan)))), r"mine: the test split: t\.csv, line 5, holds nan at pos"),
        (data(test=with_names(split([0, 7]))), r"the test split: t\.csv, line 3, has label 7; expected 0 to 2"),
        (
            Data(with_names(split([[0.5], [np.nan]])), None, None, Reals(("price",))),
            r"target `price` of t\.csv, line 3, is nan",
        ),
    ],
)
def test_examples_are_called_by_their_names(wrong: Data, message: str) -> None:
    with pytest.raises(DataError, match=message):
        check(wrong, "mine")


@pytest.mark.parametrize(
    ("absent", "message"),
    [
        (split([0, 1, 1]), r"0 in test\); add examples of it, or take it out of the classes$"),
        (split([2]), r"1 in test\); one example cannot be both learnt and held out; add more of this class, or remove"),
        (split([2, 2]), r"2 in test\); hold out less, draw with another dataset\.split_seed, or add examples$"),
        (split([2, 2], groups=["y", "z"]), r"hold out less, draw with another dataset\.split_seed"),
        (split([2, 2, 0], groups=["z", "z", "q"]), r"all are of group 'z', which is held out as a whole; add other gr"),
    ],
)
def test_what_helps_an_absent_class_depends_on_its_examples(absent: Split, message: str) -> None:
    groups = None if absent.groups is None else ["w", "x"]
    with pytest.raises(DataError, match=r"no example of class 'c' .*" + message):
        check(data(train=split([0, 1], groups=groups), validation=None, test=absent), "mine")


def test_numbers_of_a_table_may_be_missing_but_not_all() -> None:
    check(data(columns=TABLE, train=split(x=with_value(np.nan))), "mine")
    x = np.ones((4, 2), np.float32)
    x[:, 1] = np.nan
    with pytest.raises(DataError, match=r"mine: column `age` has no value in the train split"):
        check(data(columns=TABLE, train=split(x=x)), "mine")


def test_rows_on_disk_are_looked_at_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlcli.datasets.rows._BLOCK_BYTES", 16)
    with pytest.raises(DataError, match=r"example 3 holds nan at position \[1\]"):
        check(data(train=split(x=Rows(with_value(np.nan)))), "mine")


@pytest.mark.parametrize(
    ("step", "channel", "told"),
    [
        (0, slice(None), r"position \[0, 0\]"),
        (4, 1, r"position \[4, 1\]"),
        (slice(2, 4), slice(None), r"position \[2, 0\]"),
    ],
    ids=["begins with it", "one channel", "in the middle"],
)
def test_steps_that_fill_up_are_nan_throughout_and_at_the_end(step, channel, told):
    x = np.zeros((4, 5, 2), np.float32)
    x[1, 3:] = np.nan
    y = np.zeros((4, 5), np.int32)
    check(Data(Split(x, y), None, None, STEPS, padded=True), "mine")
    with pytest.raises(DataError, match=r"mine: the train split: example 1 holds nan at position \[3, 0\]"):
        check(Data(Split(x, y), None, None, STEPS), "mine")
    x[2, step, channel] = np.nan
    with pytest.raises(DataError, match=rf"mine: the train split: example 2 holds nan at {told}"):
        check(Data(Split(x, y), None, None, STEPS, padded=True), "mine")


@pytest.mark.parametrize(("places", "told"), [(None, "None"), (np.zeros((4, 2), np.int32), r"\(4, 2\)")])
def test_windows_of_recordings_tell_their_places(places, told):
    split = Split(np.zeros((4, 5, 2)), np.zeros((4, 5), np.int32), places=places)
    data = Data(split, None, None, Timelines(("a", "b"), 1, 1.0, 0.0, 0.0, 1.0))
    with pytest.raises(DataError, match=rf"^mine: the train split has `places` of shape {told}; expected \(4, 4\)"):
        check(data, "mine")
