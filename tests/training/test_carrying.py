"""Models that go on with their states from one window of a running text to the next."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.datasets.text import Text
from dlcli.errors import Preempted, UsageError
from dlcli.runs.run import Run
from dlcli.strategies.mirrored import Mirrored
from dlcli.training import evaluate as evaluation_module
from dlcli.training import prepare as prepare_module
from dlcli.training.advance import Advance, batches_from
from dlcli.training.batches import EVALUATION_STREAMS
from dlcli.training.build import build_model, portable, recurrent_kernels
from dlcli.training.carrying import carrying, forget, read_in_streams, states_of
from dlcli.training.checkpoints import newest
from dlcli.training.diagnosis import diagnose
from dlcli.training.evaluate import evaluate_run
from dlcli.training.orders import Streams
from dlcli.training.prepare import prepare
from dlcli.training.resume import take_up
from dlcli.training.sampling import sample_run
from dlcli.training.train import train

STEPS, ROWS = 5, 6
GRU = "{type: gru, units: [4, 3], embedding: 3, dropout: 0.2, stateful: true}"
TRAIN = f"{{epochs: 2, batch_size: {ROWS}}}"
DATASET = Text(text="".join(np.random.default_rng(0).choice(list("abcd"), 450)), steps=STEPS)


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """Windows of five letters: 65 for training, which leave a short last batch of five, some for validation, a test."""
    return DATASET.load(tmp_path_factory.mktemp("none"))


@pytest.fixture
def carried(experiment):
    """An experiment of a model that carries its states, on the text."""

    def make(model=GRU, train=TRAIN, optimizer="adam", more=""):
        return experiment(model, optimizer, train, more=more).model_copy(update={"dataset": DATASET})

    return make


@pytest.fixture
def begin_text(begin, text, monkeypatch):
    """Makes a new run of an experiment on the text."""

    def make(experiment):
        for module in (prepare_module, evaluation_module):
            monkeypatch.setattr(module, "load_data", lambda experiment, **_: text)
        return begin(experiment)

    return make


def states(model):
    return [np.array(state.numpy()) for state in states_of(model)]


def windows_of(data, step):
    """The windows in each row of a training step."""
    return data.train.x[Streams(len(data.train), ROWS).examples_of(step)]


@pytest.mark.parametrize("kind", ["gru", "lstm", "rnn"])
def test_windows_read_in_turn_are_predicted_as_one_long_window(experiment, text, kind):
    spec = experiment(f"{{type: {kind}, units: [4, 3], embedding: 3, stateful: true}}", train=TRAIN)
    model = build_model(spec, text, prepare(spec, data=text).task)
    assert model.input_shape == (ROWS, STEPS)
    long = np.concatenate([windows_of(text, step) for step in range(4)], axis=1).astype(np.float32)
    whole = carrying(model, ROWS, 4 * STEPS)(long).numpy()
    for _ in range(2):
        parts = [model(part, training=False).numpy() for part in np.split(long, 4, axis=1)]
        np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-5)
        forget(model)
    assert not any(state.any() for state in states(model))


def test_states_go_on_within_an_epoch_and_are_zero_at_the_beginning_of_each(carried, make_loop, text):
    no_dropout = "{type: gru, units: [4, 3], embedding: 3, stateful: true}"
    loop = make_loop(carried(no_dropout, optimizer="{type: sgd, learning_rate: 1.0e-30}"), data=text)
    per_epoch, reader = loop.steps_per_epoch, carrying(loop.steps.model, ROWS)
    batches = batches_from(loop.prepared, 0)
    for step in range(2 * per_epoch - 1):
        loop.steps.train(batches, 1, loop.steps.no_totals)
        if step % per_epoch == 0:
            forget(reader)
        if step % per_epoch < per_epoch - 1:  # the last batch is filled up
            reader(windows_of(text, step % per_epoch).astype(np.float32), training=False)
            for ours, expected in zip(states(loop.steps.model), states(reader), strict=True):
                assert ours.any()
                np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_an_epoch_whose_first_step_is_skipped_begins_with_zeros(carried, make_loop, text, monkeypatch):
    loop = make_loop(carried(train=TRAIN.replace("}", ", on_nan: skip}")), data=text)
    steps, per_epoch, good = loop.steps, loop.steps_per_epoch, loop.steps.train
    advance = Advance(loop.prepared, steps, loop.variables, every_step=True)
    for _ in range(per_epoch):
        advance(loop.progress, 1)

    def spoilt(batches, count, totals):
        return False, good(batches, count, totals)[1]

    monkeypatch.setattr(steps, "train", spoilt)
    assert any(state.any() for state in states(steps.model))
    advance(loop.progress, 1)
    assert (loop.progress.step, loop.progress.skipped) == (per_epoch + 1, 1)
    assert not any(state.any() for state in states(steps.model))
    monkeypatch.setattr(steps, "train", good)
    advance(loop.progress, 1)
    before = states(steps.model)
    monkeypatch.setattr(steps, "train", spoilt)
    advance(loop.progress, 1)
    for one, other in zip(before, states(steps.model), strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_spoils_a_step_is_found_in_the_windows_of_its_rows(carried, make_loop, text):
    loop = make_loop(carried(), data=text)
    loop.steps.train(batches_from(loop.prepared, 0), 2, loop.steps.no_totals)
    kernel, bias = loop.steps.model.get_layer("head").variables
    kernel.assign(3e38 * np.where(np.arange(kernel.shape[1]) % 2, 1.0, -1.0) * np.ones(kernel.shape))
    bias.assign(3.4e38 * np.where(np.arange(kernel.shape[1]) < 2, 1.0, -1.0))
    found = diagnose(loop.prepared, loop.steps, 2)
    windows = Streams(len(text.train), ROWS).examples_of(2)
    assert found.record["examples"] == windows
    assert found.record["at_fault"] == windows
    assert "the outputs of layer `head` are the first that are not finite numbers" in found.text


def test_validation_reads_on_with_states_of_its_own(carried, make_loop, text):
    loop = make_loop(carried(), data=text)
    loop.steps.train(batches_from(loop.prepared, 0), 3, loop.steps.no_totals)
    before = states(loop.steps.model)
    first, again = loop._validate(0, keras.callbacks.CallbackList()), loop._validate(0, keras.callbacks.CallbackList())
    assert first == again
    for one, other in zip(before, states(loop.steps.model), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_split_is_judged_in_parts_each_read_from_its_beginning_to_its_end(carried, text):
    spec = carried()
    model = portable(build_model(spec, text, prepare(spec, data=text).task))
    x = text.train.x
    read = list(read_in_streams(model, x))
    numbers = np.concatenate([numbers for numbers, _ in read])
    assert sorted(numbers) == list(range(len(x)))
    outputs = np.concatenate([outputs for _, outputs in read])[np.argsort(numbers)]
    beginnings = sorted(read[0][0].tolist())
    assert len(beginnings) == EVALUATION_STREAMS
    for start, end in zip(beginnings, [*beginnings[1:], len(x)], strict=True):
        long = x[start:end].reshape(1, -1).astype(np.float32)
        whole = keras.Model.from_config(_any_length(model))
        whole.set_weights(model.get_weights())
        ours = outputs[start:end].reshape(long.shape[1], -1)
        np.testing.assert_allclose(ours, whole(long).numpy()[0], atol=1e-5)


def _any_length(model):
    config = model.get_config()
    config["layers"][0]["config"]["batch_shape"] = (None, None)
    for layer in config["layers"]:
        layer.pop("build_config", None)
    return config


def test_a_run_reports_what_eval_and_validation_say_and_its_file_is_any_models(carried, begin_text, text):
    spec = carried()
    run = begin_text(spec)
    for reported in train(prepare(spec), run):
        assert evaluate_run(run, reported.split).as_json() == reported.as_json()
    best = min(row["val_nats_per_token"] for row in run.metrics())
    assert evaluate_run(run, "validation").scores["nats_per_token"] == pytest.approx(best, abs=1e-6)
    model = keras.models.load_model(run.model_path)
    assert model.input_shape == (None, STEPS)
    assert not any(getattr(layer, "stateful", False) for layer in model.layers)
    assert not [layer for layer in model.layers if type(layer).__module__.startswith("dlcli")]
    whole = model(text.test.x[:3].astype(np.float32)).numpy()
    np.testing.assert_allclose(model(text.test.x[2:3].astype(np.float32)).numpy(), whole[2:], atol=1e-6)
    assert sample_run(run, "ab", temperature=0.0, length=4, seed=0).startswith("ab")


@pytest.mark.slow
def test_a_run_that_died_within_an_epoch_ends_as_if_undisturbed(carried, begin_text):
    spec = carried(more="checkpoint: {every: 4 steps}")
    runs = [begin_text(spec), begin_text(spec)]
    train(prepare(spec), runs[0])

    def stop(batch, logs):
        if int(counter.model.optimizer.iterations.numpy()) == 18:
            raise Preempted("stopped")

    counter = keras.callbacks.LambdaCallback(on_train_batch_end=stop)
    with pytest.raises(Preempted):
        train(prepare(spec), runs[1], callbacks=[counter])
    checkpoint = newest(runs[1].checkpoint_folder)
    assert checkpoint.step == 16  # of epochs of eleven steps
    assert [name for name in checkpoint.names if "rnn_state" in name]
    again = Run(runs[1].path)
    prepared, checkpoint = take_up(again, spec, runs=again.path.parents[1])
    train(prepared, again, checkpoint=checkpoint)
    last = [newest(run.checkpoint_folder) for run in runs]
    assert last[0].step == last[1].step
    for one, other in zip(last[0].variables, last[1].variables, strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_lstm_says_in_which_kernel_it_runs_and_why(carried, text):
    spec = carried(GRU.replace("gru", "lstm"))
    model = build_model(spec, text, prepare(spec, data=text).task)
    assert set(recurrent_kernels(model).values()) == {"keras (states are carried on)"}


def test_examples_that_predict_no_next_tokens_are_refused(experiment, data):
    with pytest.raises(UsageError, match=r"^model\.stateful: no next tokens are predicted here; states are") as caught:
        prepare(experiment("{type: gru, units: [4], stateful: true}"), data=data)
    assert caught.value.at == ("model", "stateful")


def test_windows_that_do_not_continue_one_another_are_refused_but_tried(carried, text):
    other = int(np.flatnonzero(text.train.x[:, 0] != text.train.y[1, -1])[-1])
    apart = replace(text, train=text.train.take(np.array([0, 1, other])))
    message = r"^model\.stateful: example 2 of train does not begin where example 1 ends; states are carried"
    with pytest.raises(UsageError, match=message) as caught:
        prepare(carried(), data=apart)
    assert caught.value.at == ("model", "stateful")
    assert prepare(carried(), data=apart, smoke=True).data is apart


def test_a_batch_that_devices_share_is_refused(carried, text):
    two = {"strategy": Mirrored(devices=("CPU:0", "CPU:1"))}
    with pytest.raises(UsageError, match=r"^strategy: 2 devices share each batch; .* one device") as caught:
        prepare(carried().model_copy(update=two), data=text)
    assert caught.value.at == ("strategy", "type")


def test_a_run_that_carries_its_states_is_no_member(carried, experiment, begin_text, tmp_path):
    spec = carried(train=f"{{epochs: 1, batch_size: {ROWS}}}", more="name: a")
    run = begin_text(spec)
    train(prepare(spec), run)
    message = rf"^model\.from_runs: {run.path} carries its states from window to window, which members do not$"
    with pytest.raises(UsageError, match=message) as caught:
        prepare(experiment("{type: ensemble, from_runs: [a]}"), runs=tmp_path / "runs")
    assert caught.value.at == ("model", "from_runs", 0)


def test_no_other_model_carries_states(experiment, text):
    spec = experiment(GRU.replace("true", "false"), train=TRAIN)
    model = build_model(spec, text, prepare(spec, data=text).task)
    x = tf.constant(text.train.x[:4].astype(np.float32))
    assert not states_of(model)
    np.testing.assert_array_equal(model(x, training=False), model(x, training=False))
