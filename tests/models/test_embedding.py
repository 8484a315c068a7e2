from __future__ import annotations

import keras
import numpy as np
import pytest

from dlcli.errors import UsageError
from dlcli.models.abilities import refuse_unfit
from dlcli.models.attention_rnn import AttentionRNN
from dlcli.models.bilstm import BiLSTM
from dlcli.models.cnn_lstm import CNNLSTM
from dlcli.models.embedding import embedded, reads_tokens, vocabulary_of, with_vocabulary
from dlcli.models.gru import GRU
from dlcli.models.lstm import LSTM
from dlcli.models.mlp import MLP
from dlcli.models.rnn import RNN
from dlcli.models.sequential import Sequential

TOKENS = np.array([[3, 1, 2, 0, 0, 0], [4, 4, 1, 2, 3, 0]], np.float32)


def reader(spec, *, steps=False, T=6):
    keras.utils.set_random_seed(0)
    x = with_vocabulary(keras.Input((T,), name="inputs"), 5)
    return keras.Model(x, (spec.build_steps if steps else spec.build)(x, 3))


def test_what_is_no_token_stays_as_it_is():
    x = keras.Input((6, 2))
    assert vocabulary_of(x) is None
    assert embedded(x, vocabulary_of(x), 4) is x


def test_tokens_become_vectors_that_are_learned_or_axes_that_are_not():
    x = with_vocabulary(keras.Input((6,)), 5)
    assert vocabulary_of(x) == 5
    model = keras.Model(x, embedded(x, 5, 8))
    assert model.output_shape == (None, 6, 8)
    assert [tuple(weight.shape) for weight in model.trainable_weights] == [(5, 8)]
    one_hot = keras.Model(x, embedded(x, 5, None))
    assert not one_hot.trainable_weights
    np.testing.assert_array_equal(one_hot(TOKENS), np.eye(5)[TOKENS.astype(int)])


def test_a_large_vocabulary_needs_vectors():
    with pytest.raises(UsageError, match="each of the 1001 tokens of this data would be an axis"):
        embedded(keras.Input((6,)), 1001, None)


@pytest.mark.parametrize("cls", [LSTM, GRU, BiLSTM])
def test_padding_at_the_end_changes_nothing(cls):
    spec = cls(units=(4, 3), embedding=5)
    short, long = reader(spec), reader(spec, T=9)
    long.set_weights(short.get_weights())
    padded = np.concatenate([TOKENS, np.zeros((2, 3), np.float32)], axis=1)
    np.testing.assert_allclose(short(TOKENS), long(padded), atol=1e-5)
    assert np.abs(short(TOKENS) - short(np.where(TOKENS == 0, 1, TOKENS))).max() > 1e-4
    at_steps, longer = reader(spec, steps=True), reader(spec, steps=True, T=9)
    longer.set_weights(at_steps.get_weights())
    there = TOKENS > 0
    np.testing.assert_allclose(at_steps(TOKENS)[there], longer(padded)[:, :6][there], atol=1e-5)


@pytest.mark.parametrize("cls", [LSTM, GRU, BiLSTM])
def test_only_what_is_causal_sees_nothing_of_what_comes_later(cls):
    model = reader(cls(units=(4,)), steps=True)
    assert model.output_shape == (None, 6, 3)
    changed = TOKENS.copy()
    changed[:, 4] = 2
    before, after = model(TOKENS).numpy(), model(changed).numpy()
    assert np.allclose(before[:, :4], after[:, :4], atol=1e-6) == cls.causal
    assert not np.allclose(before[:, 4:], after[:, 4:], atol=1e-6)


def test_parameters():
    gates, E, U = 3, 6, 4
    counted = sum(int(np.prod(weight.shape)) for weight in reader(GRU(units=(U,), embedding=E), steps=True).weights)
    assert counted == 5 * E + gates * (E * U + U * U + 2 * U) + U * 3 + 3


def test_who_reads_tokens():
    assert all(map(reads_tokens, (LSTM, GRU, BiLSTM, Sequential)))
    assert not reads_tokens(MLP)


@pytest.mark.parametrize(
    ("model", "tokens", "predicts", "said"),
    [
        (MLP(), True, "whole examples", "model: mlp reads numbers; here examples are texts, which lstm,"),
        (
            MLP(),
            False,
            "steps",
            "model: mlp makes one prediction for the whole example; .* which lstm, bilstm, gru, rnn, cnn_lstm, "
            "attention_rnn and transformer can",
        ),
        (
            BiLSTM(),
            True,
            "next tokens",
            "model: bilstm sees what comes later; .* which lstm, gru, rnn and transformer can",
        ),
    ],
)
def test_what_a_model_cannot_do_is_refused(model, tokens, predicts, said):
    with pytest.raises(UsageError, match=said):
        refuse_unfit(model, tokens=tokens, predicts=predicts)
    refuse_unfit(BiLSTM(), tokens=True, predicts="steps")
    refuse_unfit(LSTM(), tokens=True, predicts="next tokens")


@pytest.mark.parametrize(
    "spec",
    [RNN(units=(4,)), GRU(units=(4,), bidirectional=True), CNNLSTM(filters=(4,), pool=1, units=(4,), pooling="max"),
     AttentionRNN(units=(4,), score="general", pooling="max")],
    ids=lambda spec: spec.type,
)  # fmt: skip
@pytest.mark.parametrize("size", [None, 5])
def test_padding_of_texts_changes_nothing_for_the_other_recurrent_models(spec, size):
    spec = spec.model_copy(update={"embedding": size})
    short, long = reader(spec), reader(spec, T=9)
    long.set_weights(short.get_weights())
    padded = np.concatenate([TOKENS, np.zeros((2, 3), np.float32)], axis=1)
    np.testing.assert_allclose(short(TOKENS), long(padded), atol=1e-5)


def test_what_reads_both_ways_predicts_no_following_token():
    with pytest.raises(UsageError, match="gru with `bidirectional: true` sees what comes later") as caught:
        refuse_unfit(GRU(bidirectional=True), tokens=True, predicts="next tokens")
    assert caught.value.at == ("model", "bidirectional")
    for model in (BiLSTM(), CNNLSTM(), AttentionRNN()):
        said = rf"{model.type} sees what comes later; .* lstm, gru, rnn and transformer can"
        with pytest.raises(UsageError, match=said):
            refuse_unfit(model, tokens=True, predicts="next tokens")
