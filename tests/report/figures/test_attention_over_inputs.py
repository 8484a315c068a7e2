"""Where models look in their inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from dlcli.layers.inline import arguments_of
from dlcli.models.attention_rnn import AttentionRNN
from dlcli.models.embedding import with_vocabulary
from dlcli.models.lstm import LSTM
from dlcli.models.transformer import Transformer
from dlcli.report.figures import draw
from dlcli.report.figures.attention_over_inputs import _black, _maps, attention_over_inputs
from dlcli.report.figures.subject import Subject
from tests.models.networks import network
from tests.report.figures.subjects import classified, size, texts

SIGNAL, IMAGE = (8, 2), (6, 5, 1)
VOCABULARY = ("<padding>", "<unknown>", "one", "two", "three")


def subject(spec: Any, shape: tuple[int, ...]) -> Subject:
    """Of three classes, each of which has two examples."""
    x = np.random.default_rng(0).normal(size=(6, *shape)).astype(np.float32)
    one = classified(np.tile(np.eye(3), (2, 1)), np.repeat(np.arange(3), 2), x)
    return replace(one, model=network(spec, shape))


def of_texts(spec: Any) -> Subject:
    x = np.array([[2, 3, 4, 0], [4, 1, 0, 0]], np.int32)
    tokens = with_vocabulary(keras.Input((4,)), len(VOCABULARY))
    one = classified(np.eye(2), np.arange(2), x)
    return replace(one, model=keras.Model(tokens, spec.build(tokens, 2)), data=replace(one.data, vocabulary=VOCABULARY))


def maps(figure: Any) -> list[np.ndarray]:
    return [axes.images[0].get_array() for axes in figure.axes if axes.get_title(loc="right")]


def test_there_is_an_example_of_each_class_and_a_map_of_each_layer_and_direction() -> None:
    figure = attention_over_inputs(subject(AttentionRNN(units=(4,), bidirectional=True), SIGNAL))
    assert [axes.get_title(loc="right").split(" · ")[0] for axes in figure.axes] == [
        "", "", "", *["forward_attention_1"] * 3, *["backward_attention_1"] * 3
    ]  # fmt: skip
    assert [axes.get_title(loc="left").split("\n")[:2] for axes in figure.axes[:3]] == [
        ["example 0", "true: class_0"], ["example 2", "true: class_1"], ["example 4", "true: class_2"]
    ]  # fmt: skip
    assert [each.shape for each in maps(figure)] == [(8, 8)] * 6
    black = max(maps(figure)[0].max(), 4 / 8)
    assert figure.axes[3].get_title(loc="right").endswith(f" · black: {black:.2g}")
    assert "small · test · where it looks in its input" in texts(figure)


def test_the_weights_are_those_of_the_layer_at_each_step() -> None:
    one = subject(AttentionRNN(units=(4,)), SIGNAL)
    (weights,) = _maps(one, np.array([1, 3])).values()
    layer = one.model.get_layer("attention_1")
    expected = keras.Model(one.model.input, layer.output[1])(one.split.x[[1, 3]])
    np.testing.assert_array_equal(weights, expected)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-6)


def test_a_picture_has_its_rows_beside_their_weights() -> None:
    one = subject(AttentionRNN(units=(4,)), IMAGE)
    figure = attention_over_inputs(one)
    (weights,) = _maps(one, np.array([0])).values()
    np.testing.assert_allclose(maps(figure)[0], weights[0].T, atol=1e-6)
    assert len(figure.axes) == 6
    (left, beside) = (axes.get_position() for axes in figure.axes[:2])
    assert (left.y0, left.y1) == (beside.y0, beside.y1)


@pytest.mark.parametrize("causal", [False, True])
def test_of_a_transformer_the_mean_of_its_heads_is_drawn_and_the_model_stays_as_it_is(causal: bool) -> None:
    one = subject(Transformer(layers=1, width=8, heads=2, causal=causal), SIGNAL)
    before = one.model(one.split.x)
    (weights,) = _maps(one, np.arange(2)).values()
    arguments, named = arguments_of(one.model, "attention_1")
    assert named.get("use_causal_mask", False) == causal
    h = keras.Model(one.model.input, arguments[0])(one.split.x[:2])
    _, scores = one.model.get_layer("attention_1")(h, h, use_causal_mask=causal, return_attention_scores=True)
    np.testing.assert_allclose(weights, np.asarray(scores).mean(axis=1), atol=1e-6)
    assert (np.triu(weights[0], 1) == 0).all() == causal
    np.testing.assert_array_equal(before, one.model(one.split.x))
    assert one.model.get_layer("attention_1").output.shape == (None, 8, 8)


@pytest.mark.parametrize("spec", [AttentionRNN(units=(4,), embedding=3), Transformer(layers=2, width=4, heads=2)])
def test_a_text_has_its_tokens_on_both_sides_without_padding(spec: Any) -> None:
    figure = attention_over_inputs(of_texts(spec))
    labels = [[label.get_text() for label in axes.get_xticklabels()] for axes in figure.axes]
    per_example = len(figure.axes) // 2
    assert labels == [["one", "two", "three"]] * per_example + [["three", "<unknown>"]] * per_example
    assert [each.shape for each in maps(figure)] == [(3, 3)] * per_example + [(2, 2)] * per_example


def test_a_class_token_is_left_out_and_pooled_steps_are_as_wide_as_they_are() -> None:
    figure = attention_over_inputs(subject(Transformer(layers=1, width=4, heads=2, pooling="class_token"), SIGNAL))
    assert maps(figure)[0].shape == (8, 8)
    figure = attention_over_inputs(subject(AttentionRNN(units=(4,), filters=(3,)), SIGNAL))
    assert maps(figure)[0].shape == (4, 4)
    assert figure.axes[3].images[0].get_extent() == [0, 8, 8, 0]


def test_of_texts_a_class_token_is_left_out_and_the_tokens_of_a_step_stand_together() -> None:
    for spec, rows in (
        (Transformer(layers=1, width=4, heads=2, pooling="class_token"), ["one", "two", "three"]),
        (AttentionRNN(units=(4,), filters=(3,), pool=2, embedding=3), ["one two", "three"]),
    ):
        one = of_texts(spec)
        figure = attention_over_inputs(one)
        assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == rows
        (whole,) = _maps(one, np.array([0])).values()
        rest = whole[0, 1:, 1:] if whole.shape[-1] == 5 else whole[0]
        shown = rest[: len(rows), : len(rows)]
        np.testing.assert_allclose(maps(figure)[0], shown / _black(shown), rtol=1e-6)


def test_of_an_ensemble_the_members_maps_are_drawn() -> None:
    single = [subject(spec, SIGNAL) for spec in (LSTM(units=(4,)), *[AttentionRNN(units=(4,))] * 3)]
    members = [
        keras.Model.from_config(one.model.get_config() | {"name": f"member_{number}"})
        for number, one in enumerate(single, start=1)
    ]
    for member, one in zip(members, single, strict=True):
        member.set_weights(one.model.get_weights())
    x = keras.Input(SIGNAL)
    model = keras.Model(x, keras.layers.Average()([member(x) for member in members]))
    drawn = _maps(replace(single[0], model=model, members=members), np.array([1, 3]))
    assert list(drawn) == ["member_2/attention_1", "member_3/attention_1"]
    for weights, one in zip(drawn.values(), single[1:], strict=False):
        np.testing.assert_allclose(weights, _maps(one, np.array([1, 3]))["attention_1"], rtol=1e-6)


def test_weights_that_are_alike_are_not_drawn_as_dark() -> None:
    assert _black(np.full((8, 8), 1 / 8)) == 4 / 8
    assert _black(np.eye(8)) == 1


def test_it_is_a_png() -> None:
    assert min(size(draw(subject(AttentionRNN(units=(4,)), SIGNAL))["attention_over_inputs"])) > 200


def test_models_that_look_over_nothing_have_none() -> None:
    assert attention_over_inputs(subject(LSTM(units=(4,)), SIGNAL)) is None
    assert attention_over_inputs(classified(np.eye(3), np.array([0, 1, 2]))) is None
