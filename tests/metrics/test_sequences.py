from __future__ import annotations

import numpy as np
import pytest

from dlcli.datasets.data import TokenSequence
from dlcli.metrics.sequences import SequenceReport, edit_distances

WORDS = TokenSequence(("<padding>", "<unknown>", "<begin>", "<end>", *"abcdefghijklmnopqrstuvwxyz"), 3)


def tokens(*texts, length=9):
    rows = np.full((len(texts), length), -1, np.int32)
    for row, text in zip(rows, texts, strict=True):
        row[: len(text)] = [WORDS.names.index(letter) for letter in text]
    return rows


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("same", "same", 0), ("", "abc", 3), ("abc", "", 3), ("", "", 0),
        ("saturday", "sunday", 3), ("ab", "ba", 2), ("aaaa", "aa", 2),
    ],
)  # fmt: skip
def test_edits_are_those_everybody_knows(one, other, edits):
    assert edit_distances(tokens(one), tokens(other)) == [edits]
    assert edit_distances(tokens(one, length=12), tokens(other)) == [edits]
    assert edit_distances(tokens(other), tokens(one)) == [edits]


def test_many_at_once_are_as_each_alone():
    draw = np.random.default_rng(0)
    texts = ["".join(draw.choice(list("abc"), draw.integers(0, 8))) for _ in range(40)]
    one, other = tokens(*texts[:20]), tokens(*texts[20:])
    alone = [int(edit_distances(one[i : i + 1], other[i : i + 1])[0]) for i in range(20)]
    np.testing.assert_array_equal(edit_distances(one, other), alone)


def test_scores_are_of_the_widest_beam_and_mistakes_are_shown_as_text():
    true = tokens("abc", "de", "fgh", "i")
    written = {1: tokens("abd", "de", "fg", "jk"), 4: tokens("abc", "de", "fg", "i")}
    report = SequenceReport(WORDS, true, 0.9, written)
    assert report.scores == {"exact_match": 0.75, "token_error_rate": pytest.approx(1 / 9), "accuracy": 0.9}
    assert report.of_beam(1) == {"exact_match": 0.25, "token_error_rate": pytest.approx(4 / 9)}
    assert report.mistakes(5) == [(2, "example 2", "", "fgh", "fg")]
    assert set(report.as_json()["beams"]) == {"1", "4"}


def test_a_mistake_is_told_with_its_name_and_source():
    texts = {1: tokens("abc", "ed")}
    report = SequenceReport(WORDS, tokens("abc", "de"), 0.9, texts, ["a.txt, line 1", "a.txt, line 7"], ["ABC", "DE"])
    assert report.mistakes(5) == [(1, "a.txt, line 7", "DE", "de", "ed")]
    (told,) = report.as_json()["mistakes"]
    assert told == {"example": 1, "name": "a.txt, line 7", "source": "DE", "true": "de", "written": "ed"}


def test_nothing_written_has_no_score_but_that_of_tokens():
    report = SequenceReport(WORDS, tokens("a"), 0.5, {})
    assert report.scores == {"accuracy": 0.5}
    assert report.mistakes(3) == []
