"""Forecasts of a series: the same numbers in a saved model as in NumPy, and naive ones beside them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from typer.testing import CliRunner

from dlcli.cli import app
from dlcli.datasets.series import Series
from dlcli.report.scores import naive_lines
from dlcli.runs.run import Run
from dlcli.spec import load
from dlcli.tasks import task_for
from dlcli.training.build import build_model, portable
from dlcli.training.evaluate import evaluate_run, predict
from dlcli.training.prepare import Prepared, prepare
from dlcli.training.train import train

QUICK = "optimizer: {type: adam, learning_rate: 0.05}\ntrain: {epochs: 3, batch_size: 16, keep: last}"
STEPS = 6


def spec(folder: Path, dataset: str, more: str = f"model: linear\n{QUICK}") -> Path:
    """A series that grows by a share of itself, with noise, and a column beside it."""
    draw = np.random.default_rng(0)
    price = 50 * np.exp(np.cumsum(draw.normal(0.01, 0.05, size=120)))
    rows = [f"{value:.5f},{draw.uniform(1, 2):.5f}" for value in price]
    (folder / "t.csv").write_text("\n".join(["price,volume", *rows]) + "\n")
    path = folder / "series.yaml"
    fixed = f"type: windows, path: '{folder / 't.csv'}', target: price, columns: [volume, price], steps: {STEPS}"
    path.write_text(f"dataset: {{{fixed}, {dataset}}}\n{more}\n")
    return path


def prepared_of(folder: Path, dataset: str, more: str = f"model: linear\n{QUICK}") -> Prepared:
    return prepare(load(spec(folder, dataset, more)))


@pytest.mark.parametrize("normalize", ["standard", "range", "none"])
@pytest.mark.parametrize(("log", "difference"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_model_forecasts_what_its_weights_say_in_numpy(
    tmp_path: Path, log: bool, difference: bool, normalize: str
) -> None:
    fields = f"log: {str(log).lower()}, difference: {str(difference).lower()}, horizon: 2"
    prepared = prepared_of(tmp_path, fields, f"normalize: {normalize}\nmodel: linear\n{QUICK}")
    data = prepared.data
    model = portable(build_model(prepared.experiment, data, prepared.task))
    x, train = (np.asarray(split.x, np.float64) for split in (data.splits["test"], data.train))
    series = Series(log, difference, 1)
    told, seen = series.windows(x), series.windows(train)
    if normalize == "standard":
        told = (told - seen.mean((0, 1))) / seen.std((0, 1))
    elif normalize == "range":
        told = (told - seen.min((0, 1))) / (seen.max((0, 1)) - seen.min((0, 1)))
    kernel, bias = model.get_layer("head").get_weights()
    wanted = told.reshape(len(told), -1) @ kernel + bias
    targets = series.targets(train, data.train.y)
    if normalize != "none":
        wanted = wanted * targets.std(0) + targets.mean(0)
    wanted += (np.log(x[:, -1, [1]]) if log else x[:, -1, [1]]) if difference else 0
    np.testing.assert_allclose(predict(model, data.splits["test"].x), np.exp(wanted) if log else wanted, rtol=2e-4)


def test_without_weights_differences_forecast_the_last_value(tmp_path: Path) -> None:
    prepared = prepared_of(tmp_path, "difference: true", f"normalize: none\nmodel: linear\n{QUICK}")
    model = build_model(prepared.experiment, prepared.data, prepared.task)
    model.get_layer("head").set_weights([np.zeros((2 * STEPS, 1)), np.zeros(1)])
    (test,) = (prepared.data.splits["test"],)
    np.testing.assert_array_equal(predict(model, test.x), next(iter(test.naive.values())))


def test_a_forecast_follows_its_series_to_another_level(tmp_path: Path) -> None:
    prepared = prepared_of(tmp_path, "log: true, difference: true, horizon: 2")
    model = build_model(prepared.experiment, prepared.data, prepared.task)
    x = np.asarray(prepared.data.train.x)
    np.testing.assert_allclose(predict(model, 7 * x), 7 * predict(model, x), rtol=1e-4)


def test_the_loss_counts_in_the_deviation_of_what_is_learnt(tmp_path: Path) -> None:
    prepared = prepared_of(tmp_path, "difference: true")
    data = prepared.data
    changes = data.train.y[:, 0] - data.train.x[:, -1, 1]
    assert prepared.task.scale == pytest.approx([changes.std()], rel=1e-5)  # type: ignore[attr-defined]
    plain = task_for(replace(data, series=None))
    assert plain.scale == pytest.approx([data.train.y.std()], rel=1e-5)  # type: ignore[attr-defined]


def test_naive_forecasts_stand_beside_the_models_scores(tmp_path: Path) -> None:
    path = spec(tmp_path, "season: 4, difference: true")
    experiment = load(path)
    prepared = prepare(experiment)
    run = Run.create(tmp_path / "runs", experiment, source=path)
    evaluations = train(prepared, run)
    for evaluation in evaluations:
        y = prepared.data.splits[evaluation.split].y
        assert list(evaluation.naive) == ["naive: the last value again", "naive: the value 4 rows before"]
        for name, scores in evaluation.naive.items():
            errors = prepared.data.splits[evaluation.split].naive[name] - y
            assert scores["rmse"] == pytest.approx(np.sqrt((errors**2).mean()), rel=1e-5)
            assert scores["mae"] == pytest.approx(np.abs(errors).mean(), rel=1e-5)
        assert evaluate_run(run, evaluation.split).as_json() == evaluation.as_json()
    result: dict[str, Any] = json.loads((run.path / "result.json").read_text())
    assert result["test"]["naive"] == evaluations[-1].as_json()["naive"]
    said = CliRunner().invoke(app, ["eval", "--runs", str(tmp_path / "runs")], catch_exceptions=False).output
    for line in naive_lines(evaluations[-1]):
        assert line in said
        assert " rmse " in line
    opened = keras.models.load_model(run.model_path)
    assert not [layer for layer in opened.layers if type(layer).__module__.startswith("dlcli")]
