from __future__ import annotations

from dataclasses import replace

import pytest

from dlcli.errors import UsageError
from dlcli.training.prepare import prepare


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            "{type: sequential, layers: [{Conv2D: {filters: 2, kernel_size: 3}}]}",
            r"layer 1 \(Conv2D\) cannot read .*12x3",
        ),
        ("{type: sequential, layers: [Dens]}", "layer 1: Keras has no layer `Dens`"),
    ],
)
def test_a_model_that_does_not_fit_the_data_is_refused_before_there_is_a_run(experiment, data, model, message):
    with pytest.raises(UsageError, match=f"^model: {message}"):
        prepare(experiment(model=model), data=data)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"train": "{keep: val_rmse}"}, r"train\.keep \(=val_rmse\)"),
        ({"train": "{early_stopping: {metric: val_mae}}"}, r"train\.early_stopping\.metric \(=val_mae\)"),
        (
            {"optimizer": "{type: sgd, schedule: {type: plateau, metric: val_rmse}}"},
            r"optimizer\.schedule\.metric \(=val_rmse\)",
        ),
    ],
)
def test_a_metric_that_is_not_computed_is_refused_together_with_those_that_are(experiment, data, spec, message):
    with pytest.raises(
        UsageError, match=rf"^{message}: there is no such metric here; there are val_loss, val_accuracy$"
    ):
        prepare(experiment("linear", **spec), data=data)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"train": "{keep: val_loss}"}, r"train\.keep \(=val_loss\)"),
        ({"train": "{early_stopping: {patience: 2}}"}, r"train\.early_stopping\.metric \(=val_accuracy\)"),
        ({"optimizer": "{type: sgd, schedule: plateau}"}, r"optimizer\.schedule\.metric \(=val_loss\)"),
    ],
)
def test_what_needs_a_validation_split_is_refused_where_there_is_none(experiment, data, spec, message):
    with pytest.raises(UsageError, match=f"^{message} needs a validation split; the dataset has none"):
        prepare(experiment("linear", **spec), data=replace(data, validation=None))


@pytest.mark.parametrize(
    ("train", "keep"), [("{}", "val_accuracy"), ("{keep: last}", "last"), ("{keep: val_loss}", "val_loss")]
)
def test_the_best_is_by_accuracy_unless_the_spec_says_otherwise(experiment, data, train, keep):
    assert prepare(experiment("linear", train=train), data=data).keep == keep


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            "expect: {test_rmse: 2.5}",
            r"expect\.test_rmse \(=2\.5\): there is no such score here; there are test_loss, ",
        ),
        (
            "expect: {test_accuracy: 0.9}",
            r"expect\.test_accuracy \(=0\.9\): the test split is not scored; there is only train",
        ),
        (
            "folds: 2, expect: {train_accuracy: 0.9}",
            r"expect\.train_accuracy \(=0\.9\): the train split is not scored; folds are judged by test$",
        ),
    ],
)
def test_an_expected_score_that_nothing_will_reach_is_refused(experiment, data, more, message):
    data = data if "accuracy" not in more or "folds" in more else replace(data, test=None)
    with pytest.raises(UsageError, match=f"^{message}"):
        prepare(experiment("linear", more=more), data=data)


def test_expected_scores_that_will_be_there_are_fine(experiment, data):
    more = "expect: {train_accuracy: 0.1, validation_loss: 9.0, test_macro_f1: 0.1}"
    assert prepare(experiment("linear", more=more), data=data).keep == "val_accuracy"
