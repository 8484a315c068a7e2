"""Training, evaluating and using a model that writes."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from dlcli.cli import app
from dlcli.datasets.data import TokenSequence
from dlcli.datasets.dates import Dates
from dlcli.errors import UsageError
from dlcli.report.figures import draw
from dlcli.strategies.mirrored import Mirrored
from dlcli.training.evaluate import evaluate_run
from dlcli.training.prepare import prepare
from dlcli.training.sampling import sample_run
from dlcli.training.signals import StopRequest
from dlcli.training.train import train
from tests.training.conftest import furthest

MODEL = "{type: seq2seq, cell: gru, units: [8], embedding: 6, dropout: 0.2, beam: 2}"


@pytest.fixture(scope="module")
def data():
    return Dates(train=70, validation=20, test=30, first_year=2000, last_year=2009).load(Path())


def test_a_run_is_scored_by_what_it_writes(experiment, begin, data):
    spec = experiment(MODEL, train="{epochs: 1, batch_size: 32}")
    run = begin(spec)
    reported = train(prepare(spec), run)
    assert [each.split for each in reported] == ["validation", "test"]
    evaluation = evaluate_run(run, "test")
    assert evaluation.as_json() == reported[1].as_json()
    assert set(evaluation.scores) == {"loss", "exact_match", "token_error_rate", "accuracy"}
    assert set(evaluation.report.as_json()["beams"]) == {"1", "2"}
    target = data.target
    assert isinstance(target, TokenSequence)
    source = "".join(data.vocabulary[token] for token in data.test.x[0, : target.source_steps] if token)
    assert evaluation.report.sources[0] == source
    assert evaluation.report.names[0] == data.test.name_of(0)
    written = evaluation.report.text(evaluation.report.written[2][0])
    assert set(draw(evaluation.subject)) == {"edits", "attention_map"}
    assert sample_run(run, source, temperature=1.0, length=1, seed=0) == written
    for text, said in {
        "": "has 0 characters",
        "1" * 99: f"has 99 characters; this run reads 1 to {target.source_steps}",
    }.items():
        with pytest.raises(UsageError, match=said):
            sample_run(run, text, temperature=1.0, length=1, seed=0)
    wider = evaluate_run(run, "test", beam=3).report
    assert set(wider.as_json()["beams"]) == {"1", "3"}
    text = wider.text(wider.written[3][0])
    by_command = CliRunner().invoke(app, ["eval", str(run.path), "--prompt", source, "--beam", "3"])
    assert by_command.stdout == (f"{text}\n" if text else "")
    by_command = CliRunner().invoke(app, ["eval", str(run.path), "--prompt", f"{source[1:]}日本日"])
    assert by_command.exit_code == 0
    assert by_command.stderr == "note      not in the vocabulary of this run, and read as <unknown>: '日', '本'\n"
    assert not CliRunner().invoke(app, ["eval", str(run.path), "--prompt", source]).stderr


def test_the_average_of_runs_that_write_has_the_widest_beam_of_theirs(experiment, begin, data, tmp_path):
    for name, beam in (("narrow", 1), ("wide", 3)):
        spec = experiment(MODEL.replace("beam: 2", f"beam: {beam}"), train="{epochs: 1}", more=f"name: {name}")
        train(prepare(spec), begin(spec))
    spec = experiment("{type: ensemble, from_runs: [narrow, wide]}", more="name: both")
    run = begin(spec)
    reported = train(prepare(spec, runs=tmp_path / "runs"), run)
    shutil.rmtree(tmp_path / "runs" / "wide")
    assert set(reported[1].report.as_json()["beams"]) == {"1", "3"}
    assert evaluate_run(run, "test").as_json() == reported[1].as_json()
    source = "".join(data.vocabulary[token] for token in data.test.x[0, : data.target.source_steps] if token)
    text = reported[1].report.text(reported[1].report.written[3][0])
    assert sample_run(run, source, temperature=1.0, length=1, seed=0) == text


@pytest.mark.parametrize(("options", "printed"), [([], ""), (["--json"], '"text": ""}\n')])
def test_that_nothing_was_written_is_said(begin, experiment, monkeypatch, options, printed):
    run = begin(experiment(MODEL))
    run.update(vocabulary=["<padding>", "<unknown>", "a"])
    run.model_path.touch()
    monkeypatch.setattr("dlcli.training.sampling.sample_run", lambda *given, **further: "")
    result = CliRunner().invoke(app, ["eval", str(run.path), "--prompt", "a", *options])
    assert result.stderr == "(nothing was written)\n"
    assert result.stdout.endswith(printed)
    assert bool(result.stdout) == bool(options)
    run.leave()


def test_two_devices_agree_with_one(experiment, make_loop, data):
    optimizer = "{type: adam, learning_rate: 0.003, clip_norm: 0.05}"
    spec = experiment(MODEL, optimizer, "{epochs: 2, batch_size: 44}")
    one = make_loop(spec, data=data)
    several = make_loop(spec, Mirrored(devices=("CPU:0", "CPU:1")).build(), data=data)
    for loop in (one, several):
        loop.run(StopRequest())
    assert furthest(one.steps.model.get_weights(), several.steps.model.get_weights()) < 1e-5
    for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
        told, by_one = ([row[key] for row in loop.listener.rows] for loop in (several, one))
        np.testing.assert_allclose(told, by_one, atol=1e-6)
