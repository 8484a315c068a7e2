from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.datasets.texts.tokens import coded, filled_up, joined, of_training, tokens_of


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("words", ["Do", "n't", "go", ",", "it", "'s", "U", ".", "S", ".", "\n", "well", "-", "known"]),
        ("spaces", ["Don't", "go,", "it's", "U.S.", "\n", "well-known"]),
        ("characters", [*"Don't go, it's U.S.\nwell-known"]),
    ],
)
def test_what_a_token_is(by, expected):
    assert list(tokens_of("Don't go, it's U.S.\nwell-known", by)) == expected
    assert list(tokens_of("Ab", by, lowercase=True)) == (["a", "b"] if by == "characters" else ["ab"])


@given(st.text())
def test_characters_and_spaced_words_come_together_again(text):
    assert joined(tokens_of(text, "characters"), "characters") == text
    again = joined(tokens_of(text, "spaces"), "spaces")
    assert tokens_of(again, "spaces") == tokens_of(text, "spaces")


def test_words_are_put_together_as_they_are_usually_written():
    text = "Don't go, it's late.\nHome (soon)!"
    assert joined(tokens_of(text, "words"), "words") == "Don't go, it's late.\nHome ( soon)!"


def test_the_vocabulary_is_that_of_training_the_most_frequent_first():
    codes, names = coded([["b", "a", "b"], ["c", "a", "b"], ["d"]])
    rows = filled_up(codes, 3)
    np.testing.assert_array_equal(rows, [[2, 3, 2], [4, 3, 2], [5, 0, 0]])
    number_of, vocabulary = of_training(rows[:2], names, None)
    assert vocabulary == ("<padding>", "<unknown>", "b", "a", "c")
    np.testing.assert_array_equal(number_of[rows], [[2, 3, 2], [4, 3, 2], [1, 0, 0]])
    number_of, vocabulary = of_training(rows[:2], names, 1)
    assert vocabulary == ("<padding>", "<unknown>", "b")
    np.testing.assert_array_equal(number_of[rows], [[2, 1, 2], [1, 1, 2], [1, 0, 0]])


def test_long_texts_are_cut():
    np.testing.assert_array_equal(filled_up([np.array([5, 6, 7], np.int32)], 2), [[5, 6]])
