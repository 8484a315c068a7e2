"""Another run's weights to begin with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dlcli.datasets.data import Classes
from dlcli.errors import UsageError
from dlcli.runs.run import Run
from dlcli.spec.load import dump
from dlcli.training.prepare import prepare
from dlcli.training.train import train

MODEL = "{type: gru, units: [4, 3]}"


@pytest.fixture
def pretrained(experiment, data, tmp_path):
    """A finished run of a small model, named `first`."""
    spec = experiment(MODEL, train="{epochs: 1}", more="name: first")
    run = start(spec, tmp_path)
    train(prepare(spec, data=data), run)
    return run


def start(spec, tmp_path):
    source = tmp_path / "source.yaml"
    source.write_text(dump(spec))
    return Run.create(tmp_path / "runs", spec, source=source)


def first_weights(spec, data, tmp_path):
    """The weights by layer after no more than a step that changes nothing."""
    prepared = prepare(spec, data=data, runs=tmp_path / "runs")
    run = start(spec, tmp_path)
    train(prepared, run)
    assert run.info["initial"] == str(prepared.initial.run.path)
    return by_layer(run)


def by_layer(run):
    import keras

    return {layer.name: layer.get_weights() for layer in keras.models.load_model(run.model_path).layers}


TINY = {"optimizer": "{type: sgd, learning_rate: 1.0e-12}", "train": "{epochs: 1}"}


def equal(one, other):
    return all(np.allclose(a, b, atol=1e-6) for a, b in zip(one, other, strict=True))


def test_all_weights_are_taken_over(experiment, data, pretrained, tmp_path):
    there = by_layer(pretrained)
    here = first_weights(experiment(MODEL, **TINY, more="init_from: first"), data, tmp_path)
    assert all(equal(here[name], there[name]) for name in ("gru_1", "gru_2", "head"))


def test_the_head_may_start_anew_for_other_classes(experiment, data, pretrained, tmp_path):
    more = f"init_from: {{run: '{pretrained.path}', head: false}}"
    two = replace(data, target=Classes(("slow", "not slow")))
    for name, split in two.splits.items():
        two = replace(two, **{name: replace(split, y=np.minimum(split.y, 1))})
    here = first_weights(experiment(MODEL, **TINY, more=more), two, tmp_path)
    there = by_layer(pretrained)
    assert equal(here["gru_1"], there["gru_1"])
    assert here["head"][0].shape == (3, 1)


def test_frozen_layers_stay_and_the_others_learn(experiment, data, pretrained, tmp_path):
    more = "init_from: {run: first, freeze: ['gru_*']}"
    here = first_weights(experiment(MODEL, "{type: sgd, learning_rate: 0.5}", more=more), data, tmp_path)
    there = by_layer(pretrained)
    assert all(equal(here[name], there[name]) for name in ("gru_1", "gru_2"))
    assert not equal(here["head"], there["head"])


def test_what_does_not_fit_is_named(experiment, data, pretrained, tmp_path):
    with pytest.raises(UsageError, match=r"layer `gru_1` has weights of the shapes \[\(3, 15\).* has \[\(3, 12\)"):
        first_weights(experiment("{type: gru, units: [5]}", more="init_from: first"), data, tmp_path)
    with pytest.raises(UsageError, match=r"layer `lstm_1` .* no such layer"):
        first_weights(experiment("lstm", more="init_from: first"), data, tmp_path)
    three = replace(data, target=Classes(("a", "b", "c", "d")))
    with pytest.raises(UsageError, match=r"layer `head` .*`head: false`"):
        first_weights(experiment(MODEL, more="init_from: first"), three, tmp_path)
    with pytest.raises(UsageError, match=r"no layer is called `dense_\*`; the layers are gru_1, gru_2, head"):
        first_weights(experiment(MODEL, more="init_from: {run: first, freeze: ['dense_*']}"), data, tmp_path)


def test_a_run_that_is_not_there_or_has_no_model_is_refused_before_there_is_a_run(experiment, data, tmp_path):
    with pytest.raises(UsageError, match="nobody"):
        prepare(experiment(more="init_from: nobody"), data=data, runs=tmp_path)
    start(experiment(more="name: empty"), tmp_path).end(None)
    with pytest.raises(UsageError, match=r"empty.* has no model yet"):
        prepare(experiment(more="init_from: empty"), data=data, runs=tmp_path / "runs")


def test_a_smoke_run_begins_from_a_smoke_run_where_there_is_no_other(experiment, data, tmp_path):
    source = tmp_path / "source.yaml"
    smoked = experiment("gru", train="{epochs: 1}", more="name: first")
    source.write_text(dump(smoked))
    run = Run.create(tmp_path / "runs", smoked, source=source, smoke=True)
    train(prepare(smoked, data=data), run)
    spec = experiment("gru", more="init_from: first")
    assert prepare(spec, data=data, runs=tmp_path / "runs", smoke=True).initial.run.path == run.path
    with pytest.raises(UsageError, match="first"):
        prepare(spec, data=data, runs=tmp_path / "runs")
