from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from dlcli.backend import load_tensorflow
from dlcli.cli import app
from dlcli.errors import UsageError
from dlcli.shipped import shipped

load_tensorflow()


@pytest.fixture(scope="module")
def smoked(tmp_path_factory):
    """A smoke run of a shipped config through the command line: its output and the folder of runs."""
    runs = tmp_path_factory.mktemp("runs")
    done = CliRunner().invoke(app, ["train", str(shipped("configs", "har_lstm.yaml")), "--smoke", "--runs", str(runs)])
    assert done.exit_code == 0, done.output
    return done.output, runs


def figures(run, split):
    return [run / "figures" / f"{split}_{kind}.png" for kind in ("confusion_matrix", "mistakes")]


def test_a_smoke_run_says_what_it_is_and_what_to_type_next(smoked):
    output, runs = smoked
    (run,) = (runs / "har_lstm-smoke").glob("2*")
    assert "a smoke run" in output
    assert f"dlcli eval {run}" in output
    assert f"tensorboard --logdir {runs}" in output
    assert f"figures   {run / 'figures'}\n" in output
    assert "expected" not in output


def test_eval_prints_what_training_reported_to_the_last_digit(smoked):
    _, runs = smoked
    (run,) = (runs / "har_lstm-smoke").glob("2*")
    reported = json.loads((run / "result.json").read_text())
    for split in ("validation", "test"):
        done = CliRunner().invoke(app, ["eval", "--runs", str(runs), "--split", split, "--json"])
        assert done.exit_code == 0, done.output
        evaluated = json.loads(done.stdout)
        assert evaluated.pop("run") == str(run)
        assert evaluated.pop("figures") == [str(path) for path in figures(run, split)]
        assert evaluated == reported[split]


def test_eval_for_people_shows_every_class_and_where_the_figures_are(smoked):
    _, runs = smoked
    (run,) = (runs / "har_lstm-smoke").glob("2*")
    before = {path: path.read_bytes() for path in (run / "figures").iterdir()}
    assert set(before) == {*figures(run, "validation"), *figures(run, "test")}
    done = CliRunner().invoke(app, ["eval", "har_lstm-smoke", "--runs", str(runs)])
    assert done.exit_code == 0
    for word in ("accuracy", "macro_f1", "walking_upstairs", "laying", "true class"):
        assert word in done.output
    confusion, mistakes = figures(run, "test")
    assert f"\n\nfigures   {confusion}\n          {mistakes}\n" in done.output
    assert {path: path.read_bytes() for path in before} == before


def test_a_finished_run_is_not_resumed(smoked):
    _, runs = smoked
    done = CliRunner().invoke(app, ["train", "--resume", "har_lstm-smoke", "--runs", str(runs)])
    assert "har_lstm-smoke" in str(done.exception)
    assert done.exception.exit_code == 2


def test_a_gate_without_expectations_is_refused_before_training(tmp_path):
    spec = tmp_path / "plain.yaml"
    spec.write_text("dataset: hapt\nmodel: lstm\n")
    done = CliRunner().invoke(app, ["train", str(spec), "--gate", "--runs", str(tmp_path / "runs")])
    assert isinstance(done.exception, UsageError)
    assert "no `expect`" in str(done.exception)
    assert not (tmp_path / "runs").exists()


def test_a_device_that_is_not_there_leaves_no_run_behind(tmp_path):
    config = str(shipped("configs", "har_lstm.yaml"))
    device = "strategy={type: one_device, device: 'GPU:7'}"
    done = CliRunner().invoke(app, ["train", config, "--set", device, "--runs", str(tmp_path / "runs")])
    assert isinstance(done.exception, UsageError)
    assert "GPU:7" in str(done.exception)
    assert not (tmp_path / "runs").exists()
