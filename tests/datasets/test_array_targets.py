"""Arrays of labels: what is taken for classes, what for numbers, what each label stands for, and what is said of it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from dlcli.datasets.array_targets import Coding, coding_of
from dlcli.datasets.arrays import Npz
from dlcli.datasets.data import Classes, MultiLabel, Reals
from dlcli.errors import DataError

Y = np.arange(60) % 3
ABC = ("a", "b", "c")
HOT = np.eye(3)[Y]
FLOATS = "`y` is taken for classes (3 different whole numbers in 60 examples, saved as decimals); otherwise set"


def coded(y: Any, **fields: Any) -> tuple[Coding, list[str]]:
    remarks: list[str] = []
    coding = coding_of(Npz.model_validate({"path": "a.npz", **fields}), np.asarray(y), "a.npz: `y`", "y", remarks)
    return coding, remarks


ANY = np.array([[0, 1, 1], [1, 1, 0], [0, 0, 0], [1, 0, 0]])


@pytest.mark.parametrize(
    ("y", "fields", "names"),
    [
        (ANY, {}, ("0", "1", "2")),
        (ANY.astype(bool), {"classes": ABC}, ABC),
        (ANY.astype(float), {}, ("0", "1", "2")),
        (ANY, {"task": "labels"}, ("0", "1", "2")),
        (HOT, {"task": "labels", "classes": ABC}, ABC),
    ],
)
def test_rows_of_zeros_and_ones_are_any_number_of_classes(y: Any, fields: dict[str, Any], names) -> None:
    coding, remarks = coded(y, **fields)
    assert coding.target == MultiLabel(names)
    read = coding.read(np.asarray(y), "`y`")
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, y)
    said = "`y` is taken for any number of 3 classes for each example (rows of zeros and ones); otherwise set "
    assert remarks == ([] if "task" in fields else [said + "dataset.task=reals"])


@pytest.mark.parametrize("y", [ANY[:, :2], ANY * 2, ANY[:, 0]])
def test_other_arrays_must_be_like_those_of_training(y: Any) -> None:
    coding, _ = coded(ANY)
    with pytest.raises(DataError, match=rf"`y_test` has shape {re.escape(str(y.shape))}.* rows of 3 zeros and ones"):
        coding.read(y, "`y_test`")


@pytest.mark.parametrize(
    ("y", "fields", "said"),
    [
        (ANY * 2, {"task": "labels"}, r"has shape \(4, 3\), type int64; dataset.task=labels expects \(N, K\) rows"),
        (ANY[:, 0], {"task": "labels"}, r"has shape \(4,\), type int64; dataset.task=labels expects"),
        (ANY, {"classes": ("a", "b")}, "has rows of 3, but dataset.classes names 2 classes"),
    ],
)
def test_what_cannot_be_any_number_of_classes_is_refused(y: Any, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        coded(y, **fields)


@pytest.mark.parametrize(
    ("y", "fields", "names", "remark"),
    [
        (Y, {}, ("0", "1", "2"), None),
        (Y + 1, {}, ("1", "2", "3"), None),
        (Y, {"classes": ABC}, ABC, None),
        (np.array(["x", "y", "z"])[Y], {}, ("x", "y", "z"), None),
        (Y * 2, {}, ("0", "2", "4"), "the labels of `y` are 0, 2, 4: 3 classes, named by number; to predict numbers"),
        (Y - 1, {}, ("-1", "0", "1"), "the labels of `y` are -1, 0, 1: 3 classes"),
        (Y * 5 + 100, {"task": "classes"}, ("100", "105", "110"), None),
        (Y * 2, {"classes": ABC}, ABC, "the labels 0, 2, 4 of `y` are the classes a, b, c, in this order"),
        (Y - 1, {"classes": ABC}, ABC, "the labels -1, 0, 1 of `y` are the classes a, b, c, in this order"),
        (Y + 1, {"classes": ABC}, ABC, "the labels 1, 2, 3 of `y` are the classes a, b, c, in this order"),
        (Y.astype(float), {}, ("0", "1", "2"), FLOATS + " dataset.task=reals"),
        (Y * 2.0 - 2, {}, ("-2", "0", "2"), FLOATS),
        (Y.astype(float), {"task": "classes"}, ("0", "1", "2"), None),
        (Y.astype(float), {"classes": ABC}, ABC, None),
        (HOT, {}, ("0", "1", "2"), "`y` is taken for classes (rows of one 1 among 0s); otherwise set dataset.task=re"),
        (HOT.astype(int), {}, ("0", "1", "2"), "rows of one 1 among 0s"),
        (HOT, {"classes": ABC}, ABC, None),
        (HOT, {"task": "classes"}, ("0", "1", "2"), None),
    ],
)
def test_what_is_taken_for_classes(y: Any, fields: dict[str, Any], names: tuple[str, ...], remark: str | None) -> None:
    coding, remarks = coded(y, **fields)
    assert coding.target == Classes(names)
    read = coding.read(np.asarray(y), "`y`")
    assert read.dtype == np.int32
    np.testing.assert_array_equal(read, Y)
    assert len(remarks) == (remark is not None)
    assert all(remark in each for each in remarks if remark)


@pytest.mark.parametrize(
    ("y", "fields", "columns", "remarks"),
    [
        (Y + 0.5, {}, 1, 0),
        (np.arange(60.0), {}, 1, 1),
        (np.arange(60.0) % 13, {}, 1, 1),  # too few of each
        (np.c_[Y, Y].astype(float), {}, 2, 0),
        (HOT + HOT[::-1], {}, 3, 0),
        (np.maximum(HOT, HOT[:, ::-1]), {"task": "reals"}, 3, 0),
        (np.c_[Y, Y > 0].astype(float) / 2, {}, 2, 0),
        (np.array([0.0, 1, np.inf, 0.5]), {}, 1, 0),
        (np.full(4, np.nan), {}, 1, 0),
        (Y, {"task": "reals"}, 1, 0),
        (Y.astype(float), {"task": "reals"}, 1, 0),
        (HOT, {"task": "reals"}, 3, 0),
    ],
)
def test_what_is_taken_for_numbers(y: Any, fields: dict[str, Any], columns: int, remarks: int) -> None:
    coding, said = coded(y, **fields)
    assert isinstance(coding.target, Reals)
    assert len(coding.target.names) == columns
    read = coding.read(np.asarray(y), "`y`")
    assert (read.shape, read.dtype) == ((len(y), columns), np.float32)
    np.testing.assert_array_equal(read, np.asarray(y, np.float32).reshape(len(y), -1))
    assert len(said) == remarks
    assert all("is taken for numbers" in each and "set dataset.task=classes" in each for each in said)


def test_numbers_with_gaps_are_classes_up_to_a_tenth_of_the_examples_or_a_hundred() -> None:
    assert coded(np.arange(100) * 2)[0].target == Classes(tuple(str(2 * i) for i in range(100)))
    assert isinstance(coded(np.arange(1010) % 101 * 2)[0].target, Classes)
    assert isinstance(coded(np.arange(101) * 2, task="classes")[0].target, Classes)
    assert isinstance(coded(np.arange(300))[0].target, Classes)  # no gaps


@pytest.mark.parametrize(
    ("y", "fields", "message"),
    [
        (
            np.arange(1009) % 101 * 2,
            {},
            r"`y` holds 101 different whole numbers in 1009 examples, from 0 to 200; .* dataset\.task=reals to predict",
        ),
        (
            ["x"] * 3,
            {"task": "reals"},
            r"`y`: got 'x', expected numbers, as dataset\.task=reals predicts numbers; save",
        ),
        (HOT, {"classes": ("a", "b")}, r"`y` has one-hot rows of 3, but dataset\.classes names 2"),
        (
            np.c_[Y, Y],
            {},
            r"`y` has shape \(60, 2\), type int64; expected .*; to predict 2 numbers set dataset\.task=re",
        ),
        (Y / 2, {"classes": ABC}, r"`y`, row 1: got 0\.5, expected a whole number or text, as classes are predicted"),
        (np.where(Y > 1, np.nan, Y), {"task": "classes"}, r"`y`, row 2: got nan, expected a whole number"),
        (np.where(np.arange(60) == 7, np.nan, Y), {}, r"`y`, row 7: got nan, .* mend or remove it"),
        (
            Y * 2 - 1,
            {"classes": ("a", "b")},
            r"row 0: got label -1, expected 0 to 1, .* the 3 different labels: -1, 1, 3",
        ),
        (
            Y,
            {"classes": ("a", "b")},
            r"row 2: got label 2, expected 0 to 1, the places of dataset\.classes, or a class",
        ),
    ],
)
def test_training_arrays_that_cannot_be_what_was_said_are_refused(y: Any, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        coded(y, **fields)


@pytest.mark.parametrize(
    ("train", "other", "message"),
    [
        (
            Y * 2,
            [0, 4, 3],
            r"`y_test`, row 2: got label 3, expected one of 0, 2, 4; if these are no labels, set dataset\.",
        ),
        (Y * 2.0, [0.0, 7.0], r"`y_test`, row 1: got label 7, expected one of 0, 2, 4"),
        (Y, [0.5], r"`y_test`, row 0: got label 0\.5, expected one of 0, 1, 2"),
        (["x", "y"], ["z"], r"`y_test`, row 0: got label z, expected one of x, y$"),
        (Y, HOT, r"`y_test` has shape \(60, 3\), type float64; expected \(N,\) class numbers or text"),
        (np.arange(30), [30], r"expected one of 0, 1, .*, 19, \.\.\.;"),
        (HOT, Y, r"`y_test` has shape \(60,\), type int64; expected rows of one 1 among 2 0s"),
        (HOT, np.eye(4), r"`y_test` has shape \(4, 4\), .*; expected rows of one 1 among 2 0s"),
        (Y + 0.5, HOT, r"`y_test` has shape \(60, 3\), type float64; expected 1 numbers for each example"),
        (Y + 0.5, ["x"], r"`y_test` has shape \(1,\), type <U1; expected 1 numbers"),
    ],
)
def test_other_arrays_must_be_like_the_training_array(train: Any, other: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        coded(train)[0].read(np.asarray(other), "`y_test`")


def test_labels_of_other_types_are_the_same_labels() -> None:
    coding, _ = coded(Y * 2)
    for other in (np.array([4, 0]), np.array([4.0, 0.0]), np.array(["4", "0"])):
        assert coding.read(other, "`y_test`").tolist() == [2, 0]
