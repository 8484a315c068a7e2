"""Tables through the command line: training, folds, weights to begin with, data that is not here."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from dlcli.backend import load_tensorflow
from dlcli.cli import app
from dlcli.errors import MissingData, Preempted, TrainingError, UsageError
from dlcli.runs.find import all_runs
from dlcli.runs.run import Run
from dlcli.spec import load
from dlcli.training import folds as folds_module
from dlcli.training.folds import train_folds

load_tensorflow()

Invoke = Callable[..., Any]

LINE = """\
dataset: {type: csv, path: line.csv, target: y, task: reals, drop: [who, kind]}
model: linear
optimizer: {type: sgd, learning_rate: 0.1}
train: {epochs: 40, batch_size: 30, validate_every: 20}
"""
CLASSES = """\
dataset: {type: csv, path: line.csv, target: kind, drop: [y], group: who}
model: {type: mlp, units: [4]}
optimizer: {type: adam, learning_rate: 0.05}
train: {epochs: 4, batch_size: 30, validate_every: 4}
"""


@pytest.fixture
def dlcli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Runs a command in an empty folder with a data folder, in which there is a table of 60 rows of 6 people."""
    monkeypatch.chdir(tmp_path)
    for name in ("DLCLI_RUNS", "DLCLI_DATA"):
        monkeypatch.setenv(name, "whatever it was comes back")
        monkeypatch.delenv(name)
    draw = np.random.default_rng(0)
    (tmp_path / "tables").mkdir()
    rows = [
        f"{x:.4f},{5 * x - 3 + noise:.4f},{'high' if x > 0.5 else 'low'},p{n % 6}"
        for n, (x, noise) in enumerate(zip(draw.random(60), draw.normal(scale=0.01, size=60), strict=True))
    ]
    (tmp_path / "tables" / "line.csv").write_text("\n".join(["x,y,kind,who", *rows, ""]))

    def invoke(*arguments: str, fails: type[Exception] | None = None) -> Any:
        done = CliRunner().invoke(app, list(arguments))
        if fails is None:
            assert done.exit_code == 0, (done.output, done.exception)
        else:
            assert isinstance(done.exception, fails), (done.output, done.exception)
        return done

    return invoke


def spec(name: str, text: str) -> str:
    Path(f"{name}.yaml").write_text(text)
    return f"{name}.yaml"


def test_a_table_of_numbers_from_training_to_eval(dlcli: Invoke) -> None:
    text = f"{LINE}expect: {{train_rmse: 0.5, test_rmse: 0.5, test_r2: 0.9}}\n"
    done = dlcli("train", spec("line", text), "--data-dir", "tables", "--gate")
    assert "predicts y" in done.output
    assert "model of epoch 40 of 40, the best by val_rmse" in done.output
    assert done.output.count(": met (") == 3
    (run,) = all_runs(Path("runs"))
    evaluated = dlcli("eval", "line", "--data-dir", "tables")
    assert "test_predictions.png" in evaluated.output
    assert "rmse         mae      r2" in evaluated.output
    reported = json.loads((run.path / "result.json").read_text())
    for split in ("train", "validation", "test"):
        found = json.loads(dlcli("eval", "line", "--split", split, "--json", "--data-dir", "tables").stdout)
        assert {key: value for key, value in found.items() if key not in ("run", "figures")} == reported[split]


def test_a_gate_on_what_training_reached_can_be_missed(dlcli: Invoke) -> None:
    text = CLASSES.replace("group: who", "test: null, validation: null") + "expect: {train_accuracy: 1.1}\n"
    done = dlcli("train", spec("toy", text), "--data-dir", "tables", "--gate", fails=TrainingError)
    assert "the last:" in done.output
    assert str(done.exception).startswith("--gate: missed by train_accuracy ")


def test_data_is_found_by_option_or_environment_and_the_option_wins(
    dlcli: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_epoch = ("--set", "train.epochs=1", "--quiet")
    monkeypatch.setenv("DLCLI_DATA", "nowhere")
    missing = dlcli("train", spec("line", LINE), *one_epoch, fails=MissingData)
    assert (missing.exception.exit_code, "line.csv" in str(missing.exception)) == (3, True)
    assert "nowhere" in str(missing.exception)
    assert not Path("runs").exists()
    dlcli("train", spec("line", LINE), *one_epoch, "--data-dir", "tables")
    assert os.environ["DLCLI_DATA"] == str(Path("tables").absolute())
    monkeypatch.setenv("DLCLI_DATA", "tables")
    dlcli("eval", "line")


FOLDS = "folds: 3\n"


@pytest.mark.slow
def test_folds_end_to_end_and_the_gate_goes_by_their_mean(dlcli: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCLI_DATA", "tables")
    text = f"{LINE}{FOLDS}expect: {{test_rmse: 10}}\n"
    done = dlcli("train", spec("line", text), "--gate")
    runs = list(all_runs(Path("runs")))
    assert [run.info["fold"] for run in runs] == [1, 2, 3]
    summary = runs[0].path.parent / f"folds-{runs[0].path.name}.json"
    assert f"summary   {summary}" in done.output
    assert "fold      3 of 3" in done.output
    written = json.loads(summary.read_text())
    assert set(written["scores"]) == {"loss", "rmse", "mae", "r2"}
    each = [json.loads((run.path / "result.json").read_text())["test"] for run in runs]
    assert written["mean"]["rmse"] == pytest.approx(np.mean([test["rmse"] for test in each]))
    assert sum(test["examples"] for test in each) == 60
    evaluated = json.loads(dlcli("eval", str(runs[1].path), "--json").stdout)
    assert {key: value for key, value in evaluated.items() if key not in ("run", "figures")} == each[1]
    # Between the least and the mean: one fold alone would meet it.
    bound = (min(test["rmse"] for test in each) + written["mean"]["rmse"]) / 2
    missed = dlcli("train", "line.yaml", "--gate", "--quiet", "--set", f"expect.test_rmse={bound}", fails=TrainingError)
    said = f"--gate: missed by test_rmse {written['mean']['rmse']:.4f}"
    assert str(missed.exception) == said
    # The name, and nothing at all, means all folds; a fold by itself is not what is expected to reach anything.
    for wanted in (["line"], []):
        assert str(dlcli("eval", *wanted, "--gate", fails=TrainingError).exception) == said
    evaluated = json.loads(dlcli("eval", "line", "--json").stdout)
    assert evaluated["mean"] == pytest.approx(written["mean"])
    assert (evaluated["folds"], evaluated["split"], set(evaluated["scores"])) == (3, "test", set(written["scores"]))
    one = list(all_runs(Path("runs")))[-1]
    assert "expected" not in dlcli("eval", str(one.path)).output
    refused = dlcli("eval", str(one.path), "--gate", fails=UsageError)
    assert str(refused.exception).startswith(
        f"--gate: {one.path} is one of 3 folds, and what the spec expects is their"
    )


def test_of_a_set_that_was_stopped_the_folds_that_are_there_are_evaluated(dlcli: Invoke) -> None:
    text = f"{CLASSES}{FOLDS}expect: {{test_accuracy: 0.1}}\n"
    dlcli("train", spec("people", text), "--data-dir", "tables", "--set", "train.epochs=1")
    done = dlcli("eval", "people", "--data-dir", "tables")
    assert "runs/people (test scores of 3 folds)" in done.output
    pooled = done.output.split("all folds together:")[1].split("true class")
    supports = re.findall(r"^(?:high|low) .* (\d+)$", pooled[0], re.MULTILINE)
    assert len(supports) == 2
    assert sum(map(int, supports)) == 60
    assert "expected  test_accuracy at least 0.1: met" in done.output
    first, second, third = all_runs(Path("runs"))
    third.model_path.unlink()
    done = dlcli("eval", "people", "--data-dir", "tables")
    assert "(test scores of 2 of 3 folds)" in done.output
    assert "expected" not in done.output
    refused = dlcli("eval", "people", "--gate", "--data-dir", "tables", fails=UsageError)
    assert str(refused.exception) == "--gate: only 2 of 3 folds are trained; go on: dlcli train --resume"
    first.model_path.unlink()
    second.model_path.unlink()
    refused = dlcli("eval", "people", "--data-dir", "tables", fails=UsageError)
    assert str(refused.exception) == f"{third.path}: none of the 3 folds has a model yet"


@pytest.mark.slow
def test_each_person_is_left_out_once(dlcli: Invoke) -> None:
    text = f"{CLASSES}leave_one_group_out: true\n"
    done = dlcli("train", spec("people", text), "--data-dir", "tables", "--set", "train.epochs=1")
    assert "test scores of 6 folds" in done.output
    assert [
        json.loads((run.path / "result.json").read_text())["test"]["examples"] for run in all_runs(Path("runs"))
    ] == [10] * 6


def test_a_stopped_set_of_folds_goes_on(dlcli: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCLI_DATA", "tables")
    train, trained = folds_module.train, []

    def stops_in_the_second(prepared: Any, run: Run, **more: Any) -> Any:
        trained.append(run.info["fold"])
        if trained == [1, 2]:
            run.end(Preempted("stopped by SIGTERM"))
            raise Preempted("stopped by SIGTERM")
        return train(prepared, run, **more)

    monkeypatch.setattr(folds_module, "train", stops_in_the_second)
    stopped = dlcli("train", spec("line", LINE + FOLDS), fails=Preempted)
    first, second = all_runs(Path("runs"))
    assert str(stopped.exception).endswith(f"continue:  dlcli train --resume {second.path}")
    # Another experiment's set may have begun in the same second.
    other = Run.create(Path("runs"), load(Path("line.yaml"), ["name=a"]), source=Path("line.yaml"))
    other.update(fold=3, fold_set=first.info["fold_set"])
    other.end(None)
    # From anywhere else, by the folder that was told.
    Path("elsewhere").mkdir()
    monkeypatch.setenv("DLCLI_DATA", str(Path("tables").absolute()))
    begun, folder = first.info["fold_set"], str(second.path.absolute())
    monkeypatch.chdir("elsewhere")
    done = dlcli("train", "--resume", folder)
    assert trained == [1, 2, 2, 3]
    assert "test scores of 3 folds" in done.output
    assert list(Path().iterdir()) == []
    assert (Path(folder).parent / f"folds-{begun}.json").exists()


@pytest.mark.slow
def test_a_resumed_set_of_smoke_folds_is_told_as_such(dlcli: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCLI_DATA", "tables")
    done = dlcli("train", spec("line", LINE + FOLDS), "--smoke")
    said = "(a smoke run: two folds, scores say nothing)"
    assert said in done.output
    assert "test scores of 2 folds" in done.output
    assert said in dlcli("train", "--resume", "line-smoke").output


def head(run: Run) -> Any:
    import keras

    return keras.models.load_model(run.model_path).get_layer("head").get_weights()


STILL = ("--set", "optimizer={type: sgd, learning_rate: 1.0e-30}", "--set", "train.epochs=1", "--quiet")


def test_training_goes_on_from_another_run(dlcli: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCLI_DATA", "tables")
    dlcli("train", spec("first", LINE), "--quiet")
    (first,) = all_runs(Path("runs"))
    tuned = spec("tuned", f"{LINE}init_from: first\n")
    done = dlcli("train", tuned, *STILL[:-1])
    assert f"weights   from {first.path}" in done.output
    (run,) = (run for run in all_runs(Path("runs")) if run.info["name"] == "tuned")
    assert all(np.array_equal(one, other) for one, other in zip(head(first), head(run), strict=True))
    refused = dlcli("train", tuned, "--set", "init_from=second", fails=UsageError)
    assert "second: is neither a run's folder" in str(refused.exception)


@pytest.mark.slow
@pytest.mark.parametrize("folds", [False, True])
def test_a_run_that_died_before_its_first_checkpoint_begins_from_the_other_run_again(
    dlcli: Invoke, monkeypatch: pytest.MonkeyPatch, folds: bool
) -> None:
    monkeypatch.setenv("DLCLI_DATA", "tables")
    dlcli("train", spec("first", LINE), "--quiet")
    (first,) = all_runs(Path("runs"))
    tuned = spec("tuned", f"{LINE}init_from: first\n{FOLDS if folds else ''}")
    died = Run.create(Path("runs"), load(Path(tuned), [each for each in STILL if "=" in each]), source=Path(tuned))
    if folds:
        died.update(fold=1, fold_set=died.path.name)
    died.end(TrainingError("the disk is full"))
    dlcli("train", "--resume", "tuned", "--quiet")
    assert all(np.array_equal(one, other) for one, other in zip(head(first), head(died), strict=True))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a smoke run downloads nothing")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setattr(urllib.request.OpenerDirector, "open", refuse)


def test_a_smoke_run_without_the_data_says_everywhere_that_it_is_made_up(dlcli: Invoke, no_network: None) -> None:
    done = dlcli("train", spec("line", LINE), "--smoke")
    assert "note      made-up stand-in examples, because the data is not here: scores say nothing" in done.output
    assert "(a smoke run on made-up stand-in examples)" in done.output
    (run,) = all_runs(Path("runs"))
    assert run.path.parent.name == "line-smoke"
    assert run.info["stand_in"] is True
    evaluated = dlcli("eval", "line-smoke")
    assert "(a smoke run on made-up stand-in examples)" in evaluated.output

    from tests.report.test_tensorboard import state, tensorboard

    assert state(run)[0] == "stand-in"
    (event,) = tensorboard(run.path).GetAccumulator(".").Tensors("data")
    assert b"made-up stand-in examples" in event.tensor_proto.string_val[0]
    # With the data at hand, it is not what the run was trained on.
    refused = CliRunner().invoke(app, ["eval", "line-smoke", "--data-dir", "tables"])
    assert "the data is not what the run was trained on" in str(refused.exception)


def test_a_smoke_run_with_the_data_does_not_call_it_made_up(dlcli: Invoke) -> None:
    done = dlcli("train", spec("line", LINE), "--smoke", "--data-dir", "tables")
    assert "made-up" not in done.output
    assert "(a smoke run: these scores say nothing about the model)" in done.output
    (run,) = all_runs(Path("runs"))
    assert run.info["stand_in"] is False


@pytest.mark.parametrize(
    "dataset", ["mnist", "uci_har", "{type: csv, url: 'https://example.org/a.csv', sha256: SUM, target: y}"]
)
def test_a_smoke_run_never_downloads(dlcli: Invoke, no_network: None, dataset: str) -> None:
    text = f"dataset: {dataset.replace('SUM', 'a' * 64)}\nmodel: linear\ntrain: {{epochs: 1}}\n"
    dlcli("train", spec("far", text), "--smoke", "--data-dir", "empty")
    (run,) = all_runs(Path("runs"))
    assert run.info["stand_in"] is True
    assert not Path("empty").exists()


@pytest.mark.slow
def test_a_smoke_set_of_folds_without_the_data_says_so(dlcli: Invoke) -> None:
    done = dlcli("train", spec("line", LINE + FOLDS), "--smoke", "--quiet")
    assert "(a smoke run on made-up stand-in examples: two folds)" in done.output
    assert all(run.info["stand_in"] for run in all_runs(Path("runs")))
    (summary,) = Path("runs/line-smoke").glob("folds-*.json")
    written = json.loads(summary.read_text())
    assert (written["smoke"], written["stand_in"]) == (True, True)


@pytest.mark.slow
def test_train_folds_takes_only_its_own_experiments_folds(dlcli: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCLI_DATA", "tables")
    text = spec("line", LINE + FOLDS)
    smoke = Run.create(Path("runs"), load(Path(text)), source=Path(text), smoke=True)
    smoke.update(fold=1, fold_set="20260101-000000")
    smoke.end(None)
    experiment = load(Path(text), ["train.epochs=1"])
    summary = train_folds(experiment, Path("runs"), source=Path(text), begun="20260101-000000")
    assert summary.count == 3
    assert [run.info["fold"] for run in all_runs(Path("runs/line").parent) if not run.info["smoke"]] == [1, 2, 3]
