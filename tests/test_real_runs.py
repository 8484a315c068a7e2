"""Shipped configs on the publishers' files, trained to the end where that takes seconds."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from dlcli.cli import app
from dlcli.shipped import shipped

pytestmark = [pytest.mark.real_data, pytest.mark.slow]


@pytest.fixture
def data_folder() -> Path:
    """Where the publishers' files are."""
    if "DLCLI_DATA" not in os.environ or not Path(os.environ["DLCLI_DATA"], "seeds").is_dir():
        pytest.skip("DLCLI_DATA names no folder with seeds/ in it")
    return Path(os.environ["DLCLI_DATA"])


def trained(config: str, runs: Path, *more: str) -> str:
    """The output of a training that met what its config expects."""
    done = CliRunner().invoke(
        app, ["train", str(shipped("configs", f"{config}.yaml")), "--gate", "--runs", str(runs), *more]
    )
    assert done.exit_code == 0, f"{done.output}{done.exception}"
    return done.output


def test_exam_scores_are_predicted_as_by_least_squares(tmp_path, data_folder) -> None:
    trained("scores_linear", tmp_path)
    (run,) = (tmp_path / "scores_linear").glob("2*")
    table = np.loadtxt(data_folder / "seeds" / "data-01-test-score.csv", delimiter=",")
    x, y = np.c_[table[:, :3], np.ones(len(table))], table[:, 3]
    weights, *_ = np.linalg.lstsq(x, y, rcond=None)
    import keras

    predicted = keras.models.load_model(run / "model.keras")(table[:, :3].astype(np.float32)).numpy()[:, 0]
    np.testing.assert_allclose(predicted, x @ weights, atol=1e-3)
    reached = json.loads((run / "result.json").read_text())["train"]
    assert reached["rmse"] == pytest.approx(np.sqrt(np.mean((x @ weights - y) ** 2)), abs=1e-4)


def test_diabetes_is_told_as_well_as_in_the_course(tmp_path, data_folder) -> None:
    trained("diabetes_logistic", tmp_path)
    (run,) = (tmp_path / "diabetes_logistic").glob("2*")
    assert json.loads((run / "result.json").read_text())["train"]["accuracy"] >= 0.763


def test_animals_are_classified_in_every_fold(tmp_path, data_folder) -> None:
    assert "test_accuracy at least 0.95: met" in trained("zoo_softmax", tmp_path)
    (summary,) = (tmp_path / "zoo_softmax").glob("folds-*.json")
    assert len(json.loads(summary.read_text())["scores"]["accuracy"]) == 10


@pytest.mark.parametrize("config", ["mnist_cnn", "uci_har_lstm"])
def test_published_data_trains_and_evaluates(config, tmp_path, data_folder) -> None:
    path = str(shipped("configs", f"{config}.yaml"))
    for arguments in (["train", path, "--smoke", "--runs", str(tmp_path)], ["eval", "--runs", str(tmp_path)]):
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, f"{done.output}{done.exception}"
        assert "made-up" not in done.output
