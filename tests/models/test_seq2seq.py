from __future__ import annotations

import keras
import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.datasets.data import BEGIN
from dlcli.errors import UsageError
from dlcli.models.abilities import refuse_unfit
from dlcli.models.embedding import with_source, with_vocabulary
from dlcli.models.lstm import LSTM
from dlcli.models.mlp import MLP
from dlcli.models.seq2seq import Seq2Seq
from dlcli.training.build import portable
from tests.models.networks import parameters

V, K, S, T, E, U = 9, 8, 6, 4, 5, 4
SOURCES = np.array([[3, 1, 2, 0, 0, 0], [4, 4, 1, 2, 3, 0], [1, 2, 3, 4, 5, 6]], np.float32)
BEFORE = np.array([[BEGIN, 4, 5, 6], [BEGIN, 5, 0, 0], [BEGIN, 7, 7, 0]], np.float32)


def spec(**fields):
    return Seq2Seq(**{"units": (U,), "embedding": E} | fields)


def network(model, source_steps=S, seed=0):
    keras.utils.set_random_seed(seed)
    x = with_source(with_vocabulary(keras.Input((source_steps + T,), name="inputs"), V), source_steps)
    return keras.Model(x, model.build_sequences(x, K))


def inputs(sources=SOURCES, before=BEFORE):
    return np.concatenate([sources, before], axis=1)


def recurrent(cell, read, units):
    gates, biases = {"lstm": (4, 1), "gru": (3, 2)}[cell]
    return gates * (read * units + units * units + biases * units)


@pytest.mark.parametrize(
    ("cell", "score", "both_ways"),
    [("lstm", "general", True), ("gru", "dot", False), ("gru", "dnn", True), ("lstm", "none", False)],
)
def test_parameters(cell, score, both_ways):
    built = network(spec(cell=cell, score=score, units=(6, U), bidirectional=both_ways))
    ways = 2 if both_ways else 1
    encoder = ways * (recurrent(cell, E, 6 // ways) + recurrent(cell, 6, U // ways))
    decoder = recurrent(cell, E, 6) + recurrent(cell, 6, U)
    of_score = {"general": U * U, "dot": 0, "dnn": 2 * U * U + U, "none": 0}[score]
    attention = 0 if score == "none" else of_score + 2 * U * U
    assert parameters(built) == V * E + K * E + encoder + decoder + attention + U * K + K
    assert built.output_shape == (None, T, K)


@pytest.mark.parametrize(
    "model",
    [
        spec(),
        spec(score="dnn", cell="gru", bidirectional=False),
        spec(score="dot", units=(U, U)),
        spec(score="none", cell="gru"),
    ],
    ids=lambda model: model.score,
)
def test_padding_of_the_source_changes_nothing(model):
    short, long = network(model), network(model, S + 3)
    long.set_weights(short.get_weights())
    padded = np.concatenate([SOURCES, np.zeros((3, 3), np.float32)], axis=1)
    np.testing.assert_allclose(short(inputs()), long(inputs(padded)), atol=1e-5)
    other = np.where(SOURCES == 0, 1, SOURCES)
    assert np.abs(short(inputs())[0] - short(inputs(other))[0]).max() > 1e-4


def test_a_token_depends_on_the_source_and_on_what_is_before_it_alone():
    built = network(spec())
    changed = BEFORE.copy()
    changed[:, 2] = 6
    before, after = built(inputs()).numpy(), built(inputs(before=changed)).numpy()
    np.testing.assert_allclose(before[:, :2], after[:, :2], atol=1e-6)
    assert np.abs(before[:, 2:] - after[:, 2:]).max() > 1e-5


@pytest.mark.parametrize("score", ["general", "dot", "dnn"])
def test_the_weights_of_the_source_can_be_looked_at(score):
    built = network(spec(score=score))
    weights = keras.Model(built.input, built.get_layer("attention").output[1])(inputs()).numpy()
    assert weights.shape == (3, T, S)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-6)
    assert weights.transpose(0, 2, 1)[SOURCES == 0].max() < 1e-6


@pytest.mark.parametrize("score", ["general", "dnn"])
def test_a_portable_copy_is_all_of_keras_and_opens_again(score, tmp_path):
    built = network(spec(score=score, dropout=0.2, cell="gru"))
    copy = portable(built)
    assert not [layer for layer in copy._flatten_layers() if type(layer).__module__.startswith("dlcli")]
    copy.save(tmp_path / "model.keras")
    opened = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(built(inputs()), opened(inputs()), atol=2e-6)


def test_halves_need_an_even_number():
    with pytest.raises(ValidationError, match=r"`units` \(=5\) must be even"):
        spec(units=(4, 5))
    spec(units=(5,), bidirectional=False)


def test_sequences_are_written_by_those_that_can_and_nothing_else_is():
    refuse_unfit(spec(), tokens=True, predicts="sequences")
    with pytest.raises(
        UsageError, match="lstm writes no sequences; here one is written for each example, which seq2seq"
    ):
        refuse_unfit(LSTM(), tokens=True, predicts="sequences")
    with pytest.raises(UsageError, match="mlp reads numbers; here examples are texts"):
        refuse_unfit(MLP(), tokens=True, predicts="sequences")
    for predicts in ("whole examples", "steps", "next tokens"):
        with pytest.raises(UsageError, match=f"seq2seq writes a sequence for each example; here {predicts} are"):
            refuse_unfit(spec(), tokens=True, predicts=predicts)
