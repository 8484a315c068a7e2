"""Figures of what was written: how many edits it takes, and where the model looked."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from dlcli.datasets.data import BEGIN, END, Data, Split, TokenSequence
from dlcli.models.embedding import with_source, with_vocabulary
from dlcli.models.seq2seq import Seq2Seq
from dlcli.report.figures import draw
from dlcli.report.figures.attention import attention_map
from dlcli.report.figures.edits import edits
from dlcli.report.figures.subject import Subject
from dlcli.tasks import SequenceToSequence
from tests.report.figures.subjects import classified, size, texts

VOCABULARY = ("<padding>", "<unknown>", *"abc$")
TARGET = TokenSequence(("<padding>", "<unknown>", "<begin>", "<end>", *"xyz"), 4)
X = np.array([[2, 3, 4, 5, BEGIN, 4, 5], [2, 3, 0, 0, BEGIN, 6, 0]], np.int32)
Y = np.array([[4, 5, END], [6, END, -1]], np.int32)
WRITTEN = np.array([[4, 5, -1], [6, 6, -1]], np.int32)


def subject(score="general", written=WRITTEN):
    x = with_source(with_vocabulary(keras.Input((7,)), len(VOCABULARY)), 4)
    model = keras.Model(x, Seq2Seq(units=(4,), embedding=3, score=score).build_sequences(x, len(TARGET.names)))
    split = Split(X, Y)
    data = Data(split, None, split, TARGET, vocabulary=VOCABULARY)
    task = SequenceToSequence.of(TARGET, Y)
    kept = np.ones((2, 3), np.float32)
    report = task.written(Y, kept, {1: written, 4: written})
    return Subject("small · test", data, split, task, report, kept, np.zeros(2), model)


def test_what_writes_has_its_kinds():
    drawn = draw(subject())
    assert set(drawn) == {"edits", "attention_map"}
    assert min(min(size(png)) for png in drawn.values()) > 200


def test_of_each_beam_there_is_a_line():
    figure = edits(subject())
    lines = figure.axes[0].lines
    assert [line.get_ydata().tolist() for line in lines] == [[1, 1], [1, 1]]
    assert {"greedily", "with a beam of 4", "small · test · exact match 0.5000"} <= set(texts(figure))


def test_mistakes_come_first_with_what_they_should_be():
    figure = attention_map(subject())
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["example 1: zz\nis z", "example 0: xy"]
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["a", "b"]
    assert [label.get_text() for label in figure.axes[1].get_xticklabels()] == ["a", "b", "c", "$"]
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()] == ["x", "y"]


def test_weights_are_those_of_what_was_written():
    drawn = attention_map(subject()).axes[0].images[0].get_array()
    assert drawn.shape == (2, 2)
    np.testing.assert_allclose(drawn.sum(axis=1), 1, atol=1e-5)


def test_of_an_ensemble_the_first_member_that_looks_is_shown():
    blind, looking = subject(score="none"), subject()
    member = keras.Model.from_config(looking.model.get_config() | {"name": "member_2"})
    member.set_weights(looking.model.get_weights())
    figure = attention_map(replace(blind, members=(blind.model, member)))
    assert "small · test · where member_2 looks while it writes" in texts(figure)
    expected = attention_map(looking).axes[0].images[0].get_array()
    np.testing.assert_allclose(figure.axes[0].images[0].get_array(), expected, rtol=1e-6)


def test_what_wrote_nothing_is_drawn_as_nothing():
    nothing = np.full_like(WRITTEN, -1)
    assert attention_map(subject(written=nothing)) is not None
    assert attention_map(subject(score="none")) is None


@pytest.mark.parametrize("kind", [attention_map, edits])
def test_other_tasks_have_none(kind):
    assert kind(classified(np.eye(3), np.array([0, 1, 2]))) is None
