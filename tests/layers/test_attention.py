from __future__ import annotations

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.layers.attention import AttentionRNN

B, T, C = 3, 5, 3
SCORES = ("dnn", "dot", "general", "cosine")
X = np.random.default_rng(0).normal(size=(B, T, C)).astype(np.float32)


def layer(**options):
    """A layer whose weights are none of them zero."""
    made = AttentionRNN(C, return_sequences=True, **options)
    made.build(X.shape)
    draw = np.random.default_rng(1)
    made.set_weights([draw.normal(size=weight.shape) * 0.7 for weight in made.weights])
    return made


def scored(made, score, state, x):
    """The score of each input, by the definition: state (U,), x (T, C) -> (T,)."""
    if score == "dnn":
        W, V, b, v = (w.numpy() for w in (made.state_kernel, made.input_kernel, made.score_bias, made.score_kernel))
        return np.array([np.tanh(state @ W + each @ V + b) @ v[:, 0] for each in x])
    if score == "general":
        return np.array([state @ made.state_kernel.numpy() @ each for each in x])
    if score == "dot":
        return np.array([state @ each for each in x])
    lengths = max(np.linalg.norm(state), 1e-3) * np.linalg.norm(x, axis=-1)
    return float(made.strength) * (x @ state) / lengths


@pytest.mark.parametrize(
    ("score", "cell", "go_backwards"),
    [("dnn", "lstm", False), ("dnn", "gru", True), ("dot", "rnn", False), ("general", "gru", False),
     ("general", "lstm", True), ("cosine", "rnn", True)],
)  # fmt: skip
def test_it_computes_what_its_definition_says(score, cell, go_backwards):
    made = layer(score=score, cell=cell, go_backwards=go_backwards)
    outputs, weights = (each.numpy() for each in made(X))
    assert weights.shape == (B, T, T)
    for b in range(B):
        states = made.cell.get_initial_state(batch_size=1)
        for t in range(T)[:: -1 if go_backwards else 1]:
            exponents = np.exp(scored(made, score, states[0].numpy()[0], X[b]))
            by_hand = exponents / exponents.sum()
            np.testing.assert_allclose(weights[b, t], by_hand, atol=1e-5)
            read = np.concatenate([X[b, t], by_hand @ X[b]]).astype(np.float32)
            h, states = made.cell(tf.constant(read[None]), states)
            np.testing.assert_allclose(outputs[b, t], h[0], atol=1e-5)
    last = AttentionRNN(C, score=score, cell=cell, go_backwards=go_backwards)
    last.build(X.shape)
    last.set_weights(made.get_weights())
    np.testing.assert_allclose(last(X)[0], outputs[:, 0 if go_backwards else -1], atol=1e-6)


@pytest.mark.parametrize("score", SCORES)
def test_what_is_masked_has_no_weight_and_no_gradient(score):
    made, x = layer(score=score), tf.constant(X)
    mask = tf.sequence_mask([5, 3, 1], T)
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs, weights = made(x, mask=mask)
        gradient = tape.gradient(tf.reduce_sum(outputs**2), x)
    padding = ~mask.numpy()
    assert (gradient.numpy()[padding] == 0).all()
    assert (weights.numpy().transpose(0, 2, 1)[padding] == 0).all()
    assert (weights.numpy()[padding] == 0).all()
    np.testing.assert_allclose(weights.numpy().sum(-1)[~padding], 1, atol=1e-6)


@pytest.mark.parametrize("score", ["dot", "cosine"])
def test_inputs_of_another_size_than_the_state_are_refused(score):
    with pytest.raises(ValueError, match=rf"`score` \(={score}\) needs as many `units` \(=4\) .* has values, 3"):
        AttentionRNN(4, score=score)(X)


@pytest.mark.parametrize("score", SCORES)
def test_every_weight_is_learned(score):
    made = layer(score=score)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(made(X)[0] ** 2)
    for variable, gradient in zip(made.weights, tape.gradient(loss, made.trainable_weights), strict=True):
        assert tf.reduce_max(tf.abs(gradient)) > 0, variable.path


def test_penalties_are_those_of_its_kernels():
    penalty = keras.regularizers.L2(0.1)
    made = layer(kernel_regularizer=penalty, recurrent_regularizer=penalty)
    kernels = [w for w in made.weights if len(w.shape) == 2]
    assert len(kernels) == 5
    expected = 0.1 * sum(float(tf.reduce_sum(w**2)) for w in kernels)
    assert float(tf.add_n(made.losses)) == pytest.approx(expected, rel=1e-5)


def test_the_weights_of_a_saved_model_can_be_looked_at(tmp_path):
    inputs = keras.Input((T, C))
    options = {"score": "general", "cell": "gru", "kernel_regularizer": keras.regularizers.L2(0.1)}
    outputs, weights = AttentionRNN(4, **options, name="attention_1")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(2, name="head")(outputs))
    model.save(tmp_path / "model.keras")
    np.savez(tmp_path / "a.npz", x=X, y=model(X), weights=keras.Model(inputs, weights)(X))
    program = (
        "import numpy as np\n"
        "import dlcli.layers.attention, keras\n"
        "a = np.load('a.npz')\n"
        "model = keras.models.load_model('model.keras')\n"
        "weights = keras.Model(model.input, model.get_layer('attention_1').output[1]).predict(a['x'], verbose=0)\n"
        "assert np.allclose(model(a['x']), a['y'], atol=1e-6) and len(model.losses) == 1 + 1\n"
        "assert np.allclose(weights, a['weights'], atol=1e-6) and np.allclose(weights.sum(-1), 1)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
