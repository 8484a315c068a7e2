"""Ensembles of finished runs: nothing is trained, and what does not fit together is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import keras
import numpy as np
import pytest

from dlcli.datasets.data import Classes
from dlcli.errors import UsageError
from dlcli.report.screen import Screen
from dlcli.runs.run import Run
from dlcli.spec.load import dump
from dlcli.training.evaluate import evaluate_run, predict
from dlcli.training.prepare import prepare
from dlcli.training.train import train


@pytest.fixture
def start(begin, experiment, tmp_path):
    """Makes finished runs of small models, each under its name."""

    def make(name, model="linear"):
        spec = experiment(model, train="{epochs: 1}", more=f"name: {name}")
        run = begin(spec)
        train(prepare(spec), run)
        return run

    return make


@pytest.fixture
def ensemble(experiment):
    """An experiment that averages runs."""
    return lambda names, more="": experiment(f"{{type: ensemble, from_runs: [{names}]}}", more=f"name: both{more}")


def test_the_average_of_runs_is_evaluated_and_kept_without_training(start, begin, ensemble, data, tmp_path):
    runs = [start("a"), start("b", "{type: mlp, units: [4]}")]
    spec = ensemble(f"a, {runs[1].path}")
    prepared = prepare(spec, runs=tmp_path / "runs")
    run = begin(spec)
    validation, test = train(prepared, run)
    outputs = [predict(keras.models.load_model(each.model_path), data.test.x) for each in runs]
    mean = np.mean([prepared.task.predictions(each) for each in outputs], axis=0)
    own = predict(keras.models.load_model(run.model_path), data.test.x)
    np.testing.assert_allclose(prepared.task.predictions(own), mean, atol=1e-6)
    assert [scores["accuracy"] for scores in test.members] == [
        json.loads((each.path / "result.json").read_text())["test"]["accuracy"] for each in runs
    ]
    (row,) = run.metrics()
    assert (row["epoch"], row["step"]) == (0, 0)
    assert row["val_accuracy"] == pytest.approx(validation.report.accuracy)
    assert run.info["state"] == "done"
    assert run.info["members"] == [str(each.path) for each in runs]
    assert test.member_names == [f"{each.path.parent.name}/{each.path.name}" for each in runs]
    assert evaluate_run(run, "test").as_json() == test.as_json()


def test_it_is_said_which_runs_are_averaged_and_no_epochs_are_shown(start, begin, ensemble, tmp_path, capsys):
    runs = [start("a"), start("b")]
    spec = ensemble("a, b")
    prepared = prepare(spec, runs=tmp_path / "runs")
    train(prepared, begin(spec), screen=Screen())
    said = " ".join(capsys.readouterr().out.split())
    assert f"averages {runs[0].path}, {runs[1].path}" in said
    assert "epoch" not in said


def test_runs_of_other_data_are_refused(start, ensemble, data, tmp_path):
    run = start("a")
    moved = replace(data, train=replace(data.train, x=data.train.x + 1))
    message = (
        rf"^model\.from_runs: {run.path} was trained on other data, or with other splits of it \(fingerprint \w+, "
    )
    with pytest.raises(UsageError, match=message) as caught:
        prepare(ensemble("a"), data=moved, runs=tmp_path / "runs")
    assert caught.value.at == ("model", "from_runs", 0)


def test_runs_that_are_not_there_or_have_no_model_are_named(start, begin, experiment, ensemble, tmp_path):
    start("a")
    with pytest.raises(
        UsageError, match=r"^model\.from_runs: b: is neither a run's folder .* there are runs of: a$"
    ) as e:
        prepare(ensemble("a, b"), runs=tmp_path / "runs")
    assert e.value.at == ("model", "from_runs", 1)
    run = begin(experiment(more="name: c"))
    with pytest.raises(UsageError, match=rf"^model\.from_runs: {run.path} has no model yet$"):
        prepare(ensemble("a, c"), runs=tmp_path / "runs")
    run.end(None)


def test_runs_that_are_not_finished_or_named_before_are_refused(start, ensemble, tmp_path):
    first = start("a")
    second = start("a")
    assert prepare(ensemble("a"), runs=tmp_path / "runs").trained[0].path == second.path
    second.update(state="failed")
    assert prepare(ensemble("a"), runs=tmp_path / "runs").trained[0].path == first.path
    message = rf"^model\.from_runs: {second.path} is not finished, its state is failed; runs that are done"
    with pytest.raises(UsageError, match=message) as caught:
        prepare(ensemble(str(second.path)), runs=tmp_path / "runs")
    assert caught.value.at == ("model", "from_runs", 0)
    with pytest.raises(UsageError, match=rf"^model\.from_runs: {first.path} is a member already") as caught:
        prepare(ensemble(f"a, {first.path}"), runs=tmp_path / "runs")
    assert caught.value.at == ("model", "from_runs", 1)


def test_a_run_of_an_ensemble_is_no_member(start, ensemble, tmp_path):
    run = start("a", "{type: ensemble, of: linear, copies: 2}")
    with pytest.raises(UsageError, match=rf"^model\.from_runs: {run.path} is an ensemble itself; name the runs of its"):
        prepare(ensemble("a"), runs=tmp_path / "runs")


def test_a_model_that_predicts_something_else_is_refused(start, ensemble, data, tmp_path):
    run = start("a")
    four = replace(data, target=Classes(("slow", "middle", "fast", "faster")))
    info = json.loads((run.path / "run.json").read_text())
    (run.path / "run.json").write_text(json.dumps(info | {"dataset": four.fingerprint()}))
    with pytest.raises(UsageError, match=rf"the model of {run.path} has 3 outputs, here are 4 to predict"):
        prepare(ensemble("a"), data=four, runs=tmp_path / "runs")


def test_of_a_smoke_run_other_smoke_runs_are_the_members(begin, experiment, ensemble, tmp_path):
    spec = experiment("linear", train="{epochs: 1}", more="name: a")
    source = tmp_path / "source.yaml"
    source.write_text(dump(spec))
    run = Run.create(tmp_path / "runs", spec, source=source, smoke=True)
    train(prepare(spec, smoke=True), run)
    # By the name of the experiment, and by the folders of a smoke run and of a whole one.
    for name in ("a", run.path):
        assert prepare(ensemble(name), runs=tmp_path / "runs", smoke=True).trained[0].path == run.path
    whole = begin(spec)
    train(prepare(spec), whole)
    assert prepare(ensemble(whole.path), runs=tmp_path / "runs", smoke=True).trained[0].path == run.path
    assert prepare(ensemble("a"), runs=tmp_path / "runs").trained[0].path == whole.path
    with pytest.raises(UsageError, match=r"^model\.from_runs: gone: is neither a run's folder nor the name of one"):
        prepare(ensemble("gone"), runs=tmp_path / "runs", smoke=True)


def test_runs_that_give_back_their_inputs_are_not_averaged(begin, experiment, ensemble, data, tmp_path):
    run = begin(experiment("{type: autoencoder, units: [3], code: 2}", more="name: one"))
    run.model_path.touch()
    run.end(None)
    message = rf"^model\.from_runs: {run.path} gives back its inputs, which are not averaged$"
    with pytest.raises(UsageError, match=message) as caught:
        prepare(ensemble("one"), runs=tmp_path / "runs")
    assert caught.value.at == ("model", "from_runs", 0)
