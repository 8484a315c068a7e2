"""Training, evaluating and taking up models that give back their inputs."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.augment.jitter import Jitter
from dlcli.augment.mixup import Mixup
from dlcli.datasets.data import Column, Data, Inputs, NextToken, Reals, Split
from dlcli.datasets.rows import Rows
from dlcli.errors import Preempted, UsageError
from dlcli.models.autoencoder import Autoencoder
from dlcli.report.figures import draw
from dlcli.strategies.mirrored import Mirrored
from dlcli.training.augmentation import augmentation
from dlcli.training.batches import training_batches
from dlcli.training.checkpoints import newest
from dlcli.training.evaluate import evaluate_run
from dlcli.training.giving_back import as_predicted
from dlcli.training.orders import Shuffled
from dlcli.training.prepare import prepare
from dlcli.training.signals import StopRequest
from dlcli.training.train import train
from tests.training.conftest import furthest, signals, weights

MODEL = (
    "{type: autoencoder, filters: [4, 6], units: [10], code: 5, kernel_size: 3, batch_norm: true, dropout: 0.1, "
    "noise: 0.2, l2: 0.001}"
)
DENSE = "{type: autoencoder, units: [10], code: 5, dropout: 0.1, noise: 0.2}"
SMALL_STEPS = "{type: adam, learning_rate: 0.003, clip_norm: 0.05}"


@pytest.fixture(scope="module")
def data():
    named = Data(signals(150, 1), signals(60, 2), signals(60, 3), Reals(("y",)))
    return as_predicted(named, Autoencoder())


def test_the_inputs_are_what_is_predicted_and_are_there_once(data):
    assert data.target == Inputs("mse")
    assert all(split.y is split.x for split in data.splits.values())
    assert as_predicted(data, Autoencoder(loss="cross_entropy")).target == Inputs("cross_entropy")


def test_a_model_that_does_not_say_so_predicts_what_the_dataset_says(experiment):
    labelled = Data(signals(9, 1), None, None, Reals(("y",)))
    assert as_predicted(labelled, experiment("linear").model) is labelled


def test_texts_and_categories_cannot_be_given_back():
    split = Split(np.zeros((4, 2), np.float32), np.zeros((4, 1), np.float32))
    texts = Data(split, None, None, NextToken(("a",)), vocabulary=("a",))
    table = Data(split, None, None, Reals(("y",)), columns=(Column("size"), Column("colour", ("red", "green"))))
    for data, said in {
        "here examples are texts": texts,
        "here `colour` is a column of categories: leave it out": table,
    }.items():
        with pytest.raises(UsageError, match=rf"^model: autoencoder gives back numbers; {data}") as caught:
            as_predicted(said, Autoencoder())
        assert caught.value.at == ("model", "type")


def test_a_run_is_scored_by_its_errors_and_its_file_gives_back_what_it_is_given(experiment, begin, data):
    spec = experiment(DENSE, train="{epochs: 1, batch_size: 50}")
    run = begin(spec)
    reported = train(prepare(spec), run)
    evaluation = evaluate_run(run, "test")
    assert evaluation.as_json() == reported[1].as_json()
    assert set(evaluation.scores) == {"loss", "mse", "mae"}
    assert set(draw(evaluation.subject)) == {"reconstructions"}
    model = keras.models.load_model(run.model_path)
    given = model.predict(data.test.x, verbose=0)
    deviation = data.train.x.std(axis=(0, 1))
    mse = float(np.square((given - data.test.x) / deviation).mean())
    assert mse == pytest.approx(evaluation.scores["mse"], rel=1e-3)
    encoder = keras.Model(model.input, model.get_layer("code").output)
    assert encoder(data.test.x).shape == (60, 5)


def test_training_lowers_the_error_below_that_of_the_mean(experiment, make_loop, data):
    loop = make_loop(
        experiment("{type: autoencoder, units: [32], code: 8}", "{type: adam, learning_rate: 0.01}", "{epochs: 12}"),
        data=data,
    )
    loop.run(StopRequest())
    rows = loop.listener.rows
    assert rows[-1]["mse"] < 0.7 < rows[0]["mse"]
    assert rows[-1]["val_mse"] < rows[0]["val_mse"]


def test_pixels_are_given_back_as_bytes_and_never_beyond_them(experiment, make_loop):
    x = np.random.default_rng(0).integers(0, 256, (40, 6, 5, 1)).astype(np.uint8)
    images = Data(Split(x, x[:, 0, 0, 0]), None, None, Reals(("y",)))
    model = "{type: autoencoder, units: [8], code: 3, loss: cross_entropy}"
    spec = experiment(model, train="{epochs: 1}")
    loop = make_loop(spec, data=as_predicted(images, spec.model))
    loop.run(StopRequest())
    given = loop.steps.model(tf.constant(x, tf.float32)).numpy()
    assert given.min() >= 0
    assert given.max() <= 255
    assert given.std() > 1


@pytest.mark.slow
def test_two_devices_agree_with_one(experiment, make_loop, data):
    spec = experiment(MODEL, SMALL_STEPS, "{epochs: 2, batch_size: 44}")
    one = make_loop(spec, data=data)
    several = make_loop(spec, Mirrored(devices=("CPU:0", "CPU:1")).build(), data=data)
    for loop in (one, several):
        loop.run(StopRequest())
    assert furthest(one.steps.model.get_weights(), several.steps.model.get_weights()) < 1e-5
    for key in ("loss", "mse", "mae", "val_loss", "val_mse"):
        told, by_one = ([row[key] for row in loop.listener.rows] for loop in (several, one))
        np.testing.assert_allclose(told, by_one, atol=1e-6)


def test_a_resumed_training_ends_with_the_same_weights(experiment, make_loop, data):
    spec = experiment(DENSE, train="{epochs: 2, batch_size: 32}", more="checkpoint: {every: 2 steps}")
    whole, stopped, resumed = (make_loop(spec, data=data) for _ in range(3))
    whole.run(StopRequest())
    stop = StopRequest()

    def at_step(epoch, done):
        if epoch == 1 and done < 5:
            stop.received = "SIGTERM"

    stopped.listener.on_step = at_step
    with pytest.raises(Preempted):
        stopped.run(stop)
    resumed.restore(newest(stopped.checkpoints.folder))
    resumed.run(StopRequest())
    assert all(np.array_equal(a, b) for a, b in zip(weights(whole), weights(resumed), strict=True))


@pytest.mark.parametrize("on_disk", [False, True])
def test_what_is_distorted_is_to_be_given_back_as_it_was(data, on_disk):
    split = data.train
    if on_disk:
        x = Rows(split.x)
        split = replace(split, x=x, y=x)
    augment = augmentation((Jitter(deviations=0.5),), data, 1)
    strategy = tf.distribute.OneDeviceStrategy("/CPU:0")
    batch = next(
        iter(training_batches(split, Shuffled(len(split), 150, 1), first_step=0, strategy=strategy, augment=augment))
    )
    order = np.argsort(batch.y.numpy()[:, 0, 0])
    clean = data.train.x[np.argsort(data.train.x[:, 0, 0])]
    np.testing.assert_array_equal(batch.y.numpy()[order], clean)
    apart = batch.x.numpy()[order] - clean
    assert apart.std() == pytest.approx(0.5 * data.train.x.std(), rel=0.1)


def test_mixed_examples_are_to_be_given_back_mixed(data):
    strategy = tf.distribute.OneDeviceStrategy("/CPU:0")
    augment = augmentation((Mixup(),), data, 1)
    batch = next(
        iter(
            training_batches(
                data.train, Shuffled(len(data.train), 32, 1), first_step=0, strategy=strategy, augment=augment
            )
        )
    )
    np.testing.assert_array_equal(batch.x, batch.y)
