from __future__ import annotations

import keras
import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.errors import UsageError
from dlcli.models.abilities import refuse_unfit
from dlcli.models.embedding import with_vocabulary
from dlcli.models.transformer import Transformer
from tests.models.networks import OUTPUTS, examples, network, parameters

T, C, V, W, H, F = 7, 3, 9, 8, 2, 12
TOKENS = np.array([[3, 1, 2, 0, 0, 0], [4, 4, 1, 2, 3, 0], [1, 2, 3, 4, 5, 6]], np.float32)
POOLINGS = ("mean", "max", "last", "class_token")


def small(**fields):
    return Transformer(**{"width": W, "heads": H, "feed_forward": F} | fields)


def reader(spec, steps=TOKENS.shape[1], *, each=False):
    """A network that reads tokens."""
    keras.utils.set_random_seed(0)
    x = with_vocabulary(keras.Input((steps,), name="inputs"), V)
    return keras.Model(x, (spec.build_steps if each else spec.build)(x, OUTPUTS))


@pytest.mark.parametrize("positions", ["sinusoidal", "learned"])
@pytest.mark.parametrize("layers", [1, 3])
def test_parameters(layers, positions):
    attention, feed_forward, norm = 4 * W * W, W * F + F + F * W + W, 2 * W
    counted = layers * (attention + feed_forward + 2 * norm) + norm + W * OUTPUTS + OUTPUTS
    places = T * W if positions == "learned" else 0
    spec = small(layers=layers, positions=positions)
    assert parameters(network(spec, (T, C))) == C * W + W + places + counted
    with_token = spec.model_copy(update={"pooling": "class_token"})
    assert parameters(network(with_token, (T, C))) == C * W + W + places + counted + W
    assert parameters(reader(spec, T)) == V * W + places + counted


@pytest.mark.parametrize("pooling", POOLINGS)
def test_padding_changes_nothing(pooling):
    spec = small(pooling=pooling)
    short, long = reader(spec), reader(spec, 10)
    long.set_weights(short.get_weights())
    padded = np.concatenate([TOKENS, np.zeros((3, 4), np.float32)], axis=1)
    np.testing.assert_allclose(short(TOKENS), long(padded), atol=1e-5)
    # What looks like padding but is a word of its own does change something.
    assert np.abs(short(TOKENS)[0] - short(np.where(TOKENS == 0, 1, TOKENS))[0]).max() > 1e-4


def test_padding_changes_nothing_of_the_steps_before_it():
    short, long = reader(small(), each=True), reader(small(), 10, each=True)
    long.set_weights(short.get_weights())
    padded = np.concatenate([TOKENS, np.zeros((3, 4), np.float32)], axis=1)
    there = TOKENS > 0
    np.testing.assert_allclose(short(TOKENS)[there], long(padded)[:, :6][there], atol=1e-5)


@pytest.mark.parametrize("causal", [True, False])
def test_only_what_is_causal_sees_nothing_of_what_comes_later(causal):
    model = reader(small(causal=causal), each=True)
    assert model.output_shape == (None, 6, OUTPUTS)
    changed = TOKENS.copy()
    changed[:, 4] = 2
    changed[1, 4] = 7
    before, after = model(TOKENS).numpy()[1:], model(changed).numpy()[1:]
    assert np.allclose(before[:, :4], after[:, :4], atol=1e-6) == causal
    assert not np.allclose(before[:, 4:], after[:, 4:], atol=1e-6)


def test_only_positions_tell_one_order_from_another():
    x = examples((T, C))
    turned = x[:, ::-1]
    for positions in ("sinusoidal", "none"):
        model = network(small(positions=positions), (T, C))
        assert np.allclose(model(x), model(turned), atol=1e-5) == (positions == "none")


def test_waves_are_as_published():
    model = network(small(), (T, C))
    projection = model.get_layer("projection")
    placed = keras.Model(model.input, model.get_layer("norm_1").input)
    added = (placed(examples((T, C))) - projection(examples((T, C)))).numpy()[0]
    for place in range(T):
        for i in range(W // 2):
            angle = place / 10000 ** (2 * i / W)
            np.testing.assert_allclose(added[place, [i, W // 2 + i]], [np.sin(angle), np.cos(angle)], atol=1e-5)


def test_attention_has_no_random_state_of_its_own():
    model = network(small(dropout=0.4), (T, C))
    assert model.get_layer("attention_1").dropout == 0
    assert [layer.name for layer in model.layers if layer.name.startswith("dropout")] == [
        f"dropout_{i}" for i in range(1, 6)
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"width": 9}, r"`width` \(=9\) must be a multiple of `heads` \(=2\)"),
        ({"width": 9, "heads": 3}, r"`width` \(=9\) must be even"),
        ({"causal": True, "pooling": "class_token"}, r"`pooling` \(=class_token\) sees no other step"),
    ],
)
def test_what_does_not_fit_together_is_refused(fields, said):
    with pytest.raises(ValidationError, match=said):
        small(**fields)


@pytest.mark.parametrize(("shape", "told"), [((9,), "9"), ((5, 4, 3, 2), "5x4x3x2")])
def test_what_is_no_signal_and_no_image_is_refused(shape, told):
    with pytest.raises(UsageError, match=rf"model: transformer reads signals \(T, C\), or images .* shape {told}$"):
        network(small(), shape)


def test_following_tokens_need_it_to_be_causal():
    with pytest.raises(UsageError, match=r"transformer sees what comes later; .*: give it `causal: true`"):
        refuse_unfit(small(), tokens=True, predicts="next tokens")
    refuse_unfit(small(causal=True), tokens=True, predicts="next tokens")
    refuse_unfit(small(), tokens=True, predicts="whole examples")
