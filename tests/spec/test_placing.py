"""Errors that show only when something is built, at their places in the spec."""

from __future__ import annotations

import pytest

from dlcli.errors import DataError, DlcliError, SpecError, TrainingError, UsageError
from dlcli.spec.load import checked
from dlcli.spec.placing import as_mistakes, placed
from dlcli.spec.reading import parse

SPEC = (
    "dataset: {type: npz, path: a}\n"
    "model: {type: sequential, layers: [Flatten, {Dense: {units: 3}}]}\n"
    "augment: [mixup, {type: crop}]\n"
    "train: {keep: val_rmse, class_weights: {a: 1}}\n"
    "init_from: b\n"
)


@pytest.mark.parametrize(
    ("error", "line", "column", "width"),
    [
        (UsageError("model: layer 2 (Dense): there is no argument `u`"), 2, 46, 5),
        (UsageError("model: layer 1 (Flatten) cannot read"), 2, 36, 7),
        (UsageError("model: layer 1: Keras has no layer `Fltten`"), 2, 36, 7),
        (UsageError("model: lstm reads signals"), 2, 8, 58),
        (UsageError("augment: crop distorts images"), 3, 18, 12),
        (UsageError("augment: other"), 3, 10, 21),
        (UsageError("train.keep (=val_rmse): there is no such metric"), 4, 15, 8),
        (UsageError("train.class_weights: there is no class `a`"), 4, 40, 6),
        (UsageError("train.epochs: not written down"), 4, 8, 39),
        (UsageError("init_from.freeze: no layer is called `x`"), 5, 12, 1),
        (DataError("a.csv, line 3: got x"), 1, 10, 20),
        (DataError("`leave_one_group_out`: this data has no groups"), 1, 10, 20),
        (UsageError("nothing that a spec has"), 1, 1, 1),
        (DataError("a.csv: there is no array", at=("dataset", "path")), 1, 28, 1),
        (DataError("a.csv: there is no array", at=("dataset", "x")), 1, 10, 20),
        (UsageError("there is no class `a`", at=("train", "class_weights", "a"), at_key=True), 4, 41, 1),
    ],
    ids=str,
)  # fmt: skip
def test_an_error_stands_where_its_message_says(error: DlcliError, line: int, column: int, width: int) -> None:
    problem = placed(*checked(parse(SPEC, "s.yaml")), error)
    assert (problem.mark.line, problem.mark.column, problem.mark.width) == (line, column, width)
    assert problem.message == str(error)


def test_an_error_that_a_value_is_to_blame_for_becomes_a_mistake_in_the_spec() -> None:
    parts = checked(parse(SPEC, "s.yaml"))
    error = DataError("there is no array `x` (did you mean `y`?)", at=("dataset", "path"))
    with pytest.raises(SpecError) as caught, as_mistakes(*parts):
        raise error
    (problem,) = caught.value.problems
    assert (problem.message, problem.hint) == ("there is no array `x`", "did you mean `y`?")
    with pytest.raises(SpecError, match=r"^s.yaml:4:15: train.keep"), as_mistakes(*parts):
        raise UsageError("train.keep (=val_rmse): there is no such metric")


@pytest.mark.parametrize("error", [DataError("a.csv, line 3: got x"), UsageError("no run"), TrainingError("train: x")])
def test_other_errors_stay_what_they_are(error: DlcliError) -> None:
    with pytest.raises(type(error)) as caught, as_mistakes(*checked(parse(SPEC, "s.yaml"))):
        raise error
    assert caught.value is error
