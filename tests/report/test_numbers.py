"""Predicted numbers as text, as a picture, and in TensorBoard."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlcli.metrics.classification import ClassificationReport
from dlcli.metrics.regression import RegressionReport
from dlcli.report.hparams import record_session
from dlcli.report.picture import confusion_png, picture, predictions_png
from dlcli.report.scores import fold_table, headline, number_table, tables
from dlcli.runs.run import Run
from dlcli.spec import load
from dlcli.training.folds import FoldScores
from tests.report.test_picture import size
from tests.report.test_tensorboard import points, tensorboard
from tests.report.test_tensorboard import row_of as hparams_of

TRUE = np.array([[1.0, 1000.0], [2.0, 3000.0], [3.0, 2000.0]])
REPORT = RegressionReport(("temperature", "p"), TRUE, TRUE + np.array([[0.5, -250.0], [-0.5, 250.0], [0.5, 250.0]]))


def report(D: int, names: tuple[str, ...] | None = None, N: int = 5) -> RegressionReport:
    draw = np.random.default_rng(D)
    return RegressionReport(
        names or tuple(f"n{d}" for d in range(D)), draw.normal(size=(N, D)), draw.normal(size=(N, D))
    )


def test_the_number_table_has_a_row_for_each_number_under_its_headings() -> None:
    assert number_table(REPORT).split("\n") == [
        "                   rmse         mae      r2",
        "temperature         0.5         0.5  0.6250",
        "p                   250         250  0.9062",
    ]
    assert tables(REPORT) == number_table(REPORT)


def test_the_headline_has_errors_and_r2() -> None:
    evaluation: Any = SimpleNamespace(split="train", examples=3, scores={"loss": 0.25, **REPORT.scores})
    assert headline(evaluation) == (
        "train        loss 0.2500   rmse 176.7770   mae 125.2500   r2 0.7656   (3 examples)"
    )


def test_the_fold_table_names_who_was_held_out_and_has_mean_and_deviation() -> None:
    scores = {"rmse": [1.0, 2.0, 6.0], "r2": [0.5, 0.5, 0.5]}
    runs = [Path("a"), Path("b"), Path("c")]
    named = FoldScores(Path("x"), scores, runs, [["fay"], ["ben", "carl"], list("abcdef")])
    assert fold_table(named).split("\n") == [
        "       fold  held out       rmse        r2",
        "          1  fay          1.0000    0.5000",
        "          2  ben, carl    2.0000    0.5000",
        "          3  6 groups     6.0000    0.5000",
        "       mean               3.0000    0.5000",
        "  deviation               2.6458    0.0000",
    ]
    plain = FoldScores(Path("x"), scores, runs, [[], [], []])
    assert fold_table(plain).split("\n")[:2] == ["       fold      rmse        r2", "          1    1.0000    0.5000"]


def test_the_picture_has_a_panel_for_each_number_four_in_a_row() -> None:
    assert picture(REPORT, "x")[0] == "predictions"
    width, height = size(predictions_png(report(1), "x"))
    assert size(predictions_png(report(3), "x")) == (3 * width, height)
    assert size(predictions_png(report(5), "x")) == (4 * width, 2 * height)


def test_of_very_many_numbers_the_first_are_shown() -> None:
    assert size(predictions_png(report(500), "x")) == size(predictions_png(report(12), "x"))
    assert predictions_png(report(500), "x") != predictions_png(report(12), "x")


def test_other_predictions_give_another_picture_and_equal_ones_the_same() -> None:
    assert picture(REPORT, "x") == picture(REPORT, "x")
    assert picture(REPORT, "x") != picture(RegressionReport(REPORT.names, TRUE, TRUE), "x")


def test_one_example_and_a_constant_are_drawn() -> None:
    assert size(predictions_png(report(1, N=1), "x")) == size(predictions_png(report(1), "x"))
    ones = np.ones((4, 1))
    assert size(predictions_png(RegressionReport(("a",), ones, ones), "x")) == size(predictions_png(report(1), "x"))


def test_names_with_dollar_signs_are_no_formulas() -> None:
    assert predictions_png(report(2, ("cost in $ of 2$^", "a_$\\frac$")), "x")
    assert confusion_png(ClassificationReport(("$x^$", "$\\frac$"), np.eye(2, dtype=np.int64)), "x")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A finished run that predicts numbers, of which the second epoch is the best."""
    from dlcli.report.tensorboard import Board

    spec = tmp_path / "line.yaml"
    spec.write_text("dataset: {type: csv, path: x.csv, target: y}\nmodel: linear\n")
    run = Run.create(tmp_path / "runs", load(spec), source=spec)
    board = Board(run)
    board.start(b"", [])
    run.update(keep="val_rmse")
    for n, rmse in enumerate((3.0, 1.0, 2.0), start=1):
        row = {
            "epoch": n, "step": 10 * n, "loss": rmse**2, "rmse": rmse, "mae": rmse / 2, "val_loss": rmse**2,
            "val_rmse": rmse, "val_mae": rmse / 2, "learning_rate": 0.1, "time": 1e9 + n,
        }  # fmt: skip
        run.append_metrics(row)
        board.epoch(row)
    evaluation: Any = SimpleNamespace(split="test", scores={"loss": 1.5, **REPORT.scores})
    board.finish(30, evaluation, *picture(REPORT, "x"))
    board.close()
    run.end(None)
    record_session(run)
    return run


def test_tensorboard_has_curves_scores_and_picture(run: Run) -> None:
    tags = {name: set(has["tensors"]) for name, has in tensorboard(run.path).Runs().items()}
    scores = {"loss", "rmse", "mae"}
    assert tags["train"] == scores | {"optimizer/learning_rate"}
    assert tags["validation"] == tags["kept_validation"] == scores
    assert tags["test"] == scores | {"r2", "test/predictions"}
    assert points(run.path, "validation", "mae") == [(10, 1.5), (20, 0.5), (30, 1.0)]


def test_what_is_kept_by_an_error_is_the_epoch_where_it_is_least(run: Run) -> None:
    assert points(run.path, "kept_validation", "rmse") == [(20, 1.0)]
    values = {f"{m.name.group}.{m.name.tag}": m.value for m in hparams_of(run).metric_values}
    assert values["kept_validation.rmse"] == 1.0
    assert values["test.r2"] == pytest.approx(REPORT.scores["r2"])
