"""What is predicted besides one class or numbers: a class or the next token at each step, any number of classes."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from dlcli.datasets.data import Data, MultiLabel, NextToken, Split, StepClasses, Timelines, pooled
from dlcli.datasets.splits import folds
from dlcli.errors import Preempted, UsageError
from dlcli.report.scores import headline, tables
from dlcli.strategies.mirrored import Mirrored
from dlcli.training.checkpoints import newest
from dlcli.training.evaluate import evaluate_run
from dlcli.training.prepare import prepare
from dlcli.training.signals import StopRequest
from dlcli.training.train import train
from tests.training.conftest import furthest

T = 9


def of_steps(examples: int, seed: int) -> Split:
    """Which of two channels is the larger at each step; the last steps of some have no label."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(examples, T, 2)).astype(np.float32)
    y = x.argmax(axis=-1) + (x.max(axis=-1) > 1)
    y[np.arange(T) >= draw.integers(1, T + 1, examples)[:, None]] = -1
    return Split(x, y.astype(np.int32))


def of_tokens(examples: int, seed: int) -> Split:
    """Texts that count up from somewhere, round and round, of several lengths."""
    draw = np.random.default_rng(seed)
    text = 2 + (np.arange(T + 1) + draw.integers(0, 4, (examples, 1))) % 4
    text[np.arange(T + 1) >= draw.integers(3, T + 2, examples)[:, None]] = 0
    following = text[:, 1:]
    return Split(text[:, :-1].astype(np.int32), np.where(following > 0, following, -1).astype(np.int32))


def of_labels(examples: int, seed: int) -> Split:
    """Whether each of three channels is positive on average."""
    x = np.random.default_rng(seed).normal(size=(examples, T, 3)).astype(np.float32)
    return Split(x, (x.mean(axis=1) > 0).astype(np.float32))


def of_recordings(examples: int, seed: int) -> Split:
    """The same as windows of recordings, three of each, that lie side by side."""
    split = of_steps(examples, seed)
    firsts = np.arange(examples) % 3 * T
    places = np.stack([100 * seed + np.arange(examples) // 3, firsts, firsts, firsts + T], axis=1)
    return replace(split, places=places.astype(np.int32))


def of_lengths(examples: int, seed: int) -> Split:
    """The same as recordings of their own, of several lengths, filled up by what is NaN."""
    split = of_steps(examples, seed)
    lengths = np.maximum((split.y >= 0).sum(axis=1), 2)
    split.x[np.arange(T) >= lengths[:, None]] = np.nan
    places = np.stack([100 * seed + np.arange(examples), 0 * lengths, 0 * lengths, lengths], axis=1)
    return replace(split, places=places.astype(np.int32))


NUMBERS = ("padding", "unknown", "one", "two", "three", "four")
KINDS = {
    "steps": (of_steps, StepClasses(("left", "right", "far right")), None),
    "timelines": (of_recordings, Timelines(("left", "right", "far right"), 2, 1.0, 0.0, 0.0, 9.0), None),
    "lengths": (of_lengths, Timelines(("left", "right", "far right"), 3, 1.0, 0.0, 0.0, 2.0), None),
    "tokens": (of_tokens, NextToken(NUMBERS), NUMBERS),
    "labels": (of_labels, MultiLabel(("a", "b", "c")), None),
}
HEADLINES = {
    "steps": "accuracy",
    "timelines": "macro_f1",
    "lengths": "macro_f1",
    "tokens": "nats_per_token",
    "labels": "macro_f1",
}
MODEL = "{type: lstm, units: [8], dropout: 0.2}"


def made(kind: str) -> Data:
    draw, target, vocabulary = KINDS[kind]
    padded = kind == "lengths"
    return Data(draw(90, 1), draw(30, 2), draw(30, 3), target, vocabulary=vocabulary, padded=padded)


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def data(kind):
    return made(kind)


def test_it_is_learnt_recorded_and_evaluated_again_to_the_same_scores(experiment, begin, data, kind, capsys):
    spec = experiment(MODEL, "{type: adam, learning_rate: 0.03}", "{epochs: 5, batch_size: 15}")
    run = begin(spec)
    validation, test = train(prepare(spec), run)
    rows = run.metrics()
    name = HEADLINES[kind]
    assert run.info["keep"] == f"val_{name}"
    assert rows[-1]["val_loss"] < 0.7 * rows[0]["loss"]
    kept = (min if kind == "tokens" else max)(row[f"val_{name}"] for row in rows)
    assert validation.scores[name] == pytest.approx(kept, rel=1e-4)
    again = evaluate_run(run)
    assert again.as_json() == test.as_json()
    assert list((run.path / "figures").glob("test_*.png"))
    assert len(tables(test.report).splitlines()) > 3
    assert name in headline(test)
    model = keras.models.load_model(run.model_path)
    assert not [layer for layer in model._flatten_layers() if type(layer).__module__.startswith("dlcli")]


@pytest.mark.parametrize("kind", ["tokens"], indirect=True)
def test_a_training_that_was_stopped_ends_with_the_same_bits(experiment, make_loop):
    spec = experiment(MODEL, train="{epochs: 3, batch_size: 16}", more="checkpoint: {every: 4 steps}")
    whole = make_loop(spec)
    whole.run(StopRequest())
    stopped, stop = make_loop(spec), StopRequest()
    stopped.listener.on_step = lambda epoch, done: setattr(stop, "received", "SIGTERM" if epoch == 1 else "")
    with pytest.raises(Preempted):
        stopped.run(stop)
    again = make_loop(spec)
    again.restore(newest(stopped.checkpoints.folder))
    again.run(StopRequest())
    assert furthest(whole.steps.model.get_weights(), again.steps.model.get_weights()) == 0
    assert [row["val_loss"] for row in whole.listener.rows][-1] == again.listener.rows[-1]["val_loss"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["steps", "timelines", "lengths", "labels"], indirect=True)
def test_two_devices_agree_with_one(experiment, make_loop, kind):
    spec = experiment(
        MODEL, "{type: adam, learning_rate: 0.01, clip_norm: 0.1}", "{epochs: 2, batch_size: 16, label_smoothing: 0.1}"
    )
    one, two = make_loop(spec), make_loop(spec, Mirrored(devices=("CPU:0", "CPU:1")).build())
    for loop in (one, two):
        loop.run(StopRequest())
    assert furthest(one.steps.model.get_weights(), two.steps.model.get_weights()) < 1e-5
    for key in (HEADLINES[kind], f"val_{HEADLINES[kind]}", "val_loss"):
        assert [row[key] for row in two.listener.rows] == pytest.approx(
            [row[key] for row in one.listener.rows], abs=1e-5
        )


@pytest.mark.parametrize("kind", ["steps"], indirect=True)
def test_a_batch_in_parts_gives_the_same(experiment, make_loop):
    weights = []
    for parts in (1, 4):
        loop = make_loop(experiment(MODEL, train=f"{{epochs: 1, batch_size: 16, accumulation_steps: {parts}}}"))
        loop.run(StopRequest())
        weights.append(loop.steps.model.get_weights())
    assert furthest(*weights) < 1e-5


def test_it_can_be_pooled_cut_down_divided_and_told_apart(data):
    whole = pooled(data)
    assert len(whole) == 150
    assert whole.y.shape[1:] == data.train.y.shape[1:]
    assert len(data.smaller(10).train.y) == 10
    assert sum(len(fold.test) for fold in folds(data, 3, seed=0)) == 150
    changed = data.test.y.copy()
    changed[0, 0] = 1 - changed[0, 0]
    assert replace(data, test=replace(data.test, y=changed)).fingerprint() != data.fingerprint()
    if data.vocabulary is not None:
        renamed = (*data.vocabulary[:-1], "five")
        assert replace(data, vocabulary=renamed).fingerprint() != data.fingerprint()


@pytest.mark.parametrize(
    ("kind", "spec", "message"),
    [
        ("steps", {"model": "mlp"}, "model: mlp makes one prediction for the whole example"),
        ("tokens", {"model": "bilstm"}, "model: bilstm sees what comes later"),
        ("tokens", {"model": "linear"}, "model: linear reads numbers; here examples are texts"),
        ("steps", {"more": "augment: [mixup]"}, "augment: mixup mixes whole examples; here each step has a label"),
        ("steps", {"more": "augment: [time_shift]"}, "augment: time_shift moves whole examples; here each step"),
        ("tokens", {"more": "augment: [jitter]"}, "augment: jitter changes numbers; here examples are texts"),
        ("tokens", {"more": "metrics: [balanced_accuracy]"}, "balanced_accuracy is for classes; this data has tokens"),
        ("labels", {"more": "metrics: [balanced_accuracy]"}, "balanced_accuracy is for classes; this data has labels"),
        ("labels", {"train": "{keep: val_accuracy}"}, r"keep \(=val_accuracy\): .* there are val_loss, val_macro_f1$"),
    ],
    indirect=["kind"],
)
def test_what_does_not_fit_is_refused_before_there_is_a_run(experiment, data, spec, message):
    with pytest.raises(UsageError, match=message):
        prepare(experiment(**({"model": MODEL} | spec)), data=data)


@pytest.mark.parametrize("kind", ["steps"], indirect=True)
def test_further_metrics_judge_the_labelled_steps(experiment, begin):
    spec = experiment(MODEL, train="{epochs: 1, batch_size: 30}", more="metrics: [balanced_accuracy]")
    _, test = train(prepare(spec), begin(spec))
    recalls = [each.recall for each in test.report.classes]
    assert test.scores["balanced_accuracy"] == pytest.approx(np.mean(recalls))
