"""Numbers are learnt and told in their own units, however they are scaled inside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dlcli.datasets.data import Data, Reals, Split
from dlcli.errors import UsageError
from dlcli.spec.experiment import Experiment
from dlcli.training.evaluate import evaluate_run, scored_splits
from dlcli.training.prepare import prepare
from tests.training.tables import WHOLE, trained

DRAW = np.random.default_rng(0)
X = np.linspace(0, 2, 40)
NOISY = 3 * X - 2 + DRAW.normal(scale=0.3, size=40)
QUICK = "optimizer: {type: sgd, learning_rate: 0.3}\ntrain: {epochs: 500, batch_size: 40, validate_every: 500}"


@pytest.mark.parametrize(
    ("normalize", "unit"), [("standard", 1.0), ("range", 1.0), ("none", 1.0), ("standard", 1e-9), ("standard", 1e9)]
)
def test_a_line_is_learnt_in_raw_units(tmp_path, normalize, unit):
    columns = {"x": X, "y": [f"{y:.9e}" for y in unit * (3 * X - 2)]}
    done = trained(
        tmp_path, columns, f"target: y, task: reals, {WHOLE}", f"normalize: {normalize}\nmodel: linear\n{QUICK}"
    )
    at_zero, at_one = done.model(np.array([[0.0], [1.0]], np.float32)).numpy()[:, 0] / unit
    assert (at_one - at_zero, at_zero) == pytest.approx((3, -2), abs=2e-3)


def test_several_numbers_and_their_scores_are_numpys(tmp_path):
    columns = {"x": X, "a": NOISY, "b": 1000 - 300 * X, "z": DRAW.normal(size=40)}
    done = trained(
        tmp_path,
        columns,
        "target: [b, a], validation: {fraction: 0.2}, test: {fraction: 0.2}",
        "model: linear\noptimizer: {type: sgd, learning_rate: 0.1}\n"
        "train: {epochs: 12, batch_size: 8}\nexpect: {train_r2: 0}",
    )
    data = done.prepared.data
    assert done.prepared.keep == "val_rmse"
    assert [evaluation.split for evaluation in done.evaluations] == ["train", "validation", "test"]
    for evaluation in done.evaluations:
        split = data.splits[evaluation.split]
        errors = done.model(split.x.astype(np.float32)).numpy() - split.y
        scores = evaluation.scores
        assert list(evaluation.report.of_each) == ["b", "a"]
        assert scores["rmse"] == pytest.approx(np.sqrt((errors**2).mean()), rel=1e-4)
        assert scores["mae"] == pytest.approx(np.abs(errors).mean(), rel=1e-4)
        assert scores["loss"] == pytest.approx(((errors / data.train.y.std(axis=0)) ** 2).mean(), rel=1e-3)
        assert evaluate_run(done.run, evaluation.split).as_json() == evaluation.as_json()
    rows = done.run.metrics()
    kept = min(rows, key=lambda row: row["val_rmse"])
    assert kept["val_rmse"] == pytest.approx(done.evaluations[1].scores["rmse"], rel=1e-4)
    assert (done.run.path / "figures" / "test_predictions.png").exists()


def numbers():
    def some(n):
        return Split(DRAW.normal(size=(n, 2)).astype(np.float32), DRAW.normal(size=(n, 1)).astype(np.float32))

    return Data(some(20), some(10), some(10), Reals(("y",)))


@pytest.mark.parametrize(
    ("train", "message"),
    [
        ("{label_smoothing: 0.2}", r"train\.label_smoothing \(=0\.2\) is for classes"),
        ("{class_weights: balanced}", r"train\.class_weights \(=balanced\) is for classes"),
        ("{keep: val_accuracy}", r"train\.keep \(=val_accuracy\): .*there are val_loss, val_rmse, val_mae$"),
    ],
)
def test_what_only_classes_have_is_refused_before_there_is_a_run(experiment, train, message):
    with pytest.raises(UsageError, match=f"^{message}"):
        prepare(experiment("linear", train=train), data=numbers())


def test_early_stopping_goes_by_rmse_where_numbers_are_predicted(experiment, make_loop):
    from dlcli.training.signals import StopRequest

    spec = experiment("linear", "{type: sgd, learning_rate: 1.0e-30}", "{epochs: 9, early_stopping: {patience: 2}}")
    loop = make_loop(spec, data=numbers())
    loop.run(StopRequest())
    rows = loop.listener.rows
    assert len(rows) == 3
    assert loop.progress.stopping.best == rows[0]["val_rmse"] == loop.progress.keeping.best
    assert list(rows[0]) == [
        "epoch", "step", "loss", "rmse", "mae", "val_loss", "val_rmse", "val_mae", "learning_rate", "time"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("missing", "expect", "scored"),
    [
        ([], {}, ["validation", "test"]),
        ([], {"train_rmse": 1.0}, ["train", "validation", "test"]),
        (["validation"], {}, ["test"]),
        (["test"], {}, ["validation"]),
        (["validation", "test"], {}, ["train"]),
        (["validation", "test"], {"train_loss": 1.0}, ["train"]),
    ],
)
def test_what_is_scored_when_training_is_over(experiment, missing, expect, scored):
    spec: Experiment = experiment("linear").model_copy(update={"expect": expect})
    assert scored_splits(spec, replace(numbers(), **dict.fromkeys(missing))) == scored


def test_a_split_that_the_data_has_not_is_refused_with_those_it_has(tmp_path):
    done = trained(
        tmp_path, {"x": X, "y": NOISY}, f"target: y, task: reals, {WHOLE}", "model: linear\ntrain: {epochs: 1}"
    )
    for split in ("validation", "test"):
        with pytest.raises(UsageError, match=rf"^--split {split}: this dataset has no such split, only train$"):
            evaluate_run(done.run, split)
    assert evaluate_run(done.run, "train").examples == 40
    assert evaluate_run(done.run).split == "train"


def test_the_test_split_is_evaluated_and_validation_where_there_is_none(tmp_path):
    for test, expected in (("{fraction: 0.2}", "test"), ("null", "validation")):
        folder = tmp_path / expected
        folder.mkdir()
        done = trained(
            folder, {"x": X, "y": NOISY},
            f"target: y, task: reals, test: {test}, validation: {{fraction: 0.2}}", "model: linear\ntrain: {epochs: 1}",
        )  # fmt: skip
        assert evaluate_run(done.run).split == expected
