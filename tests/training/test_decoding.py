"""Writing, by a network whose probabilities are known."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest

from dlcli.datasets.data import BEGIN, END
from dlcli.training.decoding import decode

V, S, T = 7, 2, 4


class _Table(keras.layers.Layer):
    """Logits that depend on the source's first token, the step and the token before: x (B, S + T) -> (B, T, V)."""

    def __init__(self, logits):
        super().__init__()
        self.logits = logits

    def call(self, x):
        import tensorflow as tf

        x = tf.cast(x, tf.int32)
        before = x[:, S:]
        places = tf.stack(
            [tf.repeat(x[:, :1], T, axis=1), tf.tile(tf.range(T)[None], [tf.shape(x)[0], 1]), before], axis=-1
        )
        return tf.gather_nd(tf.constant(self.logits), places)

    def compute_output_shape(self, shape):
        return (shape[0], T, V)


@pytest.fixture
def table():
    return np.random.default_rng(5).normal(size=(V, T, V, V)).astype(np.float32) * 2


@pytest.fixture
def model(table):
    x = keras.Input((S + T,))
    return keras.Model(x, _Table(table)(x))


def best(table, source):
    """The most probable of all sequences, by trying each."""
    allowed = [END, 4, 5, 6]

    def nats(tokens):
        total, before = 0.0, BEGIN
        for t, token in enumerate(tokens):
            row = table[source, t, before].astype(np.float64)
            total += row[token] - np.log(np.exp(row[allowed]).sum())
            if token == END:
                break
            before = token
        return total

    every = itertools.product(allowed, repeat=T)
    ended = {tuple(itertools.takewhile(lambda token: token != END, tokens)): nats(tokens) for tokens in every}
    tokens = max(ended, key=ended.get)
    return [*tokens, *[-1] * (T - len(tokens))]


def test_greedy_takes_the_most_probable_token_each_time(model, table):
    sources = np.array([[a, b] for a in range(1, V) for b in (0, 3)], np.int32)
    written = decode(model, sources)
    for (source, _), row in zip(sources, written, strict=True):
        before, expected = BEGIN, []
        for t in range(T):
            logits = table[source, t, before].copy()
            logits[:3] = -np.inf
            before = int(logits.argmax())
            if before == END:
                break
            expected.append(before)
        assert row.tolist() == [*expected, *[-1] * (T - len(expected))]


def test_a_wide_beam_finds_the_most_probable_of_all(model, table):
    sources = np.arange(1, V, dtype=np.int32)[:, None].repeat(S, axis=1)
    written = decode(model, sources, beam=64)
    assert written.tolist() == [best(table, source) for source in range(1, V)]


def test_how_many_are_written_together_changes_nothing(model):
    sources = np.random.default_rng(0).integers(1, V, (300, S)).astype(np.int32)
    for beam in (1, 3):
        written = decode(model, sources, beam)
        assert written.shape == (300, T)
        np.testing.assert_array_equal(written[:7], decode(model, sources[:7], beam))


def test_of_nothing_nothing_is_written(model):
    assert decode(model, np.empty((0, S), np.int32)).shape == (0, T)
