"""Predicted numbers as text, and in TensorBoard."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlcli.metrics.regression import RegressionReport
from dlcli.report.hparams import record_session
from dlcli.report.scores import fold_table, headline, number_table, tables
from dlcli.runs.run import Run
from dlcli.spec import load
from dlcli.training.folds import FoldScores
from tests.report.test_tensorboard import PNG, points, tensorboard
from tests.report.test_tensorboard import row_of as hparams_of

TRUE = np.array([[1.0, 1000.0], [2.0, 3000.0], [3.0, 2000.0]])
REPORT = RegressionReport(("temperature", "p"), TRUE, TRUE + np.array([[0.5, -250.0], [-0.5, 250.0], [0.5, 250.0]]))


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
    board.finish(30, evaluation, {"predictions": PNG})
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
