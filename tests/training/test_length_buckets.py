"""Training in batches of texts of about the same length."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import get_args

import keras
import numpy as np
import pytest

from dlcli.datasets.data import Classes, Data, Split
from dlcli.errors import Preempted
from dlcli.models import Single
from dlcli.strategies.mirrored import Mirrored
from dlcli.training.build import build_model
from dlcli.training.checkpoints import newest
from dlcli.training.evaluate import evaluate_run
from dlcli.training.orders import lengths_of
from dlcli.training.prepare import prepare
from dlcli.training.signals import StopRequest
from dlcli.training.train import train
from tests.training.conftest import furthest, weights

MODELS = [
    "{type: text_cnn, embedding: 5, kernel_sizes: [2, 5], filters: 4, embedding_dropout: 0.2, dropout: 0.3}",
    "{type: lstm, embedding: 5, units: [4, 3], dropout: 0.3}",
    "{type: lstm, units: [4], pooling: mean}",
    "{type: bilstm, embedding: 5, units: [4], dropout: 0.3, pooling: max}",
    "{type: gru, embedding: 5, units: [4], bidirectional: true, pooling: mean}",
    "{type: rnn, embedding: 5, units: [4]}",
]
TRAIN = "{epochs: 2, batch_size: 16, length_buckets: 3}"


def texts(examples: int, seed: int) -> Split:
    """Texts of 1 to 12 tokens of eight; the class is whether one of them is there."""
    draw = np.random.default_rng(seed)
    x = draw.integers(2, 8, (examples, 12)).astype(np.int32)
    x[np.arange(12) >= draw.integers(1, 13, examples)[:, None]] = 0
    return Split(x, (x == 7).any(axis=1).astype(np.int32))


@pytest.fixture(scope="module")
def data() -> Data:
    return Data(texts(90, 1), texts(30, 2), texts(30, 3), Classes(("no", "yes")), vocabulary=tuple("0?abcdef"))


def test_all_models_that_say_so_are_tried() -> None:
    able = {cls().type for cls in get_args(Single) if getattr(cls, "any_length", False)}
    assert {model.split(",")[0].removeprefix("{type: ") for model in MODELS} == able


@pytest.mark.parametrize("model", MODELS)
def test_what_is_cut_off_changes_no_output(experiment, data, tmp_path, model) -> None:
    spec = experiment(model, train=TRAIN)
    built = build_model(spec, data, prepare(spec, data=data).task)
    fixed = build_model(experiment(model), data, prepare(spec, data=data).task)
    fixed.set_weights(built.get_weights())
    x = data.test.x[lengths_of(data.test.x) <= 5].astype(np.float32)
    assert len(x) > 4
    whole = built.predict(x, verbose=0)
    np.testing.assert_allclose(built.predict(x[:, :5], verbose=0), whole, atol=1e-5)
    np.testing.assert_allclose(fixed.predict(x, verbose=0), whole, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("model", [MODELS[0], MODELS[3]])
def test_two_devices_agree_with_one(experiment, make_loop, data, model) -> None:
    spec = experiment(model, "{type: adam, learning_rate: 0.003, clip_norm: 0.05}", TRAIN)
    one, two = (
        make_loop(spec, strategy, data=data) for strategy in (None, Mirrored(devices=("CPU:0", "CPU:1")).build())
    )
    for loop in (one, two):
        loop.run(StopRequest())
    assert furthest(one.steps.model.get_weights(), two.steps.model.get_weights()) < 1e-5
    for key in ("loss", "accuracy"):
        told, by_one = ([row[key] for row in loop.listener.rows] for loop in (two, one))
        assert told == pytest.approx(by_one, abs=1e-6)


def test_parts_of_a_batch_give_what_the_whole_gives(experiment, make_loop, data) -> None:
    whole, parts = (
        make_loop(
            experiment(MODELS[0].replace("0.2", "0").replace("0.3", "0"), "{type: sgd, learning_rate: 0.1}",
                       f"{{epochs: 1, batch_size: 16, length_buckets: 3, accumulation_steps: {n}}}"),
            data=data,
        )
        for n in (1, 3)
    )  # fmt: skip
    for loop in (whole, parts):
        loop.run(StopRequest())
    assert furthest(whole.steps.model.get_weights(), parts.steps.model.get_weights()) < 1e-5


def test_a_training_that_was_stopped_ends_with_the_same_bits(experiment, make_loop, data) -> None:
    spec = experiment(MODELS[0], train=TRAIN)
    undisturbed, stopped = make_loop(spec, data=data), make_loop(spec, data=data)
    assert undisturbed.steps_per_epoch > -(-90 // 16)  # each bucket's last batch is short
    undisturbed.run(StopRequest())
    stop = StopRequest()
    stopped.listener.on_step = lambda epoch, done: setattr(
        stop, "received", "SIGTERM" if (epoch, done) == (1, 3) else ""
    )
    with pytest.raises(Preempted):
        stopped.run(stop, [keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)])
    assert stopped.progress.step == undisturbed.steps_per_epoch + 3
    resumed = make_loop(spec, data=data)
    resumed.restore(newest(stopped.checkpoints.folder))
    resumed.run(StopRequest())
    assert furthest(weights(undisturbed), weights(resumed)) == 0


def test_a_run_is_evaluated_and_its_file_reads_any_length_in_plain_keras(experiment, begin, data, tmp_path) -> None:
    spec = experiment(MODELS[0], "{type: adam, learning_rate: 0.01}", "{epochs: 20, batch_size: 16, length_buckets: 3}")
    run = begin(spec)
    reported = train(prepare(spec), run)
    assert evaluate_run(run, "test").as_json() == reported[-1].as_json()
    assert reported[-1].scores["accuracy"] > 0.8
    x = data.test.x[:4].astype(np.float32)
    np.save(tmp_path / "x.npy", np.concatenate([x, np.zeros((4, 9), np.float32)], axis=1))
    program = (
        f"import numpy as np, keras; model = keras.models.load_model({str(run.model_path)!r});"
        f"np.save({str(tmp_path / 'y.npy')!r}, model.predict(np.load({str(tmp_path / 'x.npy')!r}), verbose=0))"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env=os.environ | {"KERAS_BACKEND": "tensorflow"})
    expected = keras.models.load_model(run.model_path).predict(x, verbose=0)
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), expected, atol=1e-5)
