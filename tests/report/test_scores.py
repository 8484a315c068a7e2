"""Scores as text: the numbers stand where their headings say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.datasets.data import TokenSequence
from dlcli.metrics.classification import ClassificationReport
from dlcli.metrics.sequences import SequenceReport
from dlcli.report.scores import class_table, confusion_table, headline, text_table

CONFUSION = np.array([[8, 2, 0], [1, 4, 0], [0, 0, 0]])
REPORT = ClassificationReport(("walking", "up", "never"), CONFUSION)


class Evaluated:
    split = "test"
    examples = 15
    scores = {"loss": 0.25, "accuracy": 0.8, "macro_f1": 0.78}  # noqa: RUF012 (nobody changes it)


def test_the_headline_names_split_scores_and_examples() -> None:
    evaluation: Any = Evaluated()
    said = "test         loss 0.2500   accuracy 0.8000   macro_f1 0.7800   (15 examples)"
    assert headline(evaluation) == said


def test_the_class_table_has_a_row_for_each_class() -> None:
    assert class_table(REPORT).split("\n") == [
        "         precision  recall      f1  support",
        "walking     0.8889  0.8000  0.8421       10",
        "up          0.6667  0.8000  0.7273        5",
        "never       0.0000  0.0000  0.0000        0",
    ]


def test_the_confusion_table_has_true_classes_in_rows_and_dots_for_none() -> None:
    assert [line.rstrip() for line in confusion_table(REPORT).split("\n")] == [
        "true class \\ predicted as",
        "               0    1    2",
        "walking   0    8    2    ·",
        "up        1    1    4    ·",
        "never     2    ·    ·    ·",
    ]


_classes = st.lists(st.text("abcxyz_", min_size=1, max_size=20), min_size=1, max_size=12, unique=True)


@given(_classes, st.integers(0, 10**7), st.randoms(use_true_random=False))
def test_columns_stay_under_each_other_whatever_the_names_and_counts(names: list[str], most: int, draw: Any) -> None:
    K = len(names)
    counts = np.array([[draw.choice([0, 1, most]) for _ in range(K)] for _ in range(K)])
    report = ClassificationReport(tuple(names), counts)
    head, *rows = class_table(report).split("\n")
    assert [line.split()[0] for line in rows] == names
    assert {len(line) for line in rows} <= {len(head), len(head) + 1, len(head) + 2, len(head) + 3}
    title, head, *rows = confusion_table(report).split("\n")
    assert {len(line) for line in rows} == {len(head)}
    assert title.startswith("true class")
    for line, row in zip(rows, counts, strict=True):
        cells = line.split()[2:]
        assert [0 if cell == "·" else int(cell) for cell in cells] == row.tolist()


def test_texts_that_are_not_as_they_should_be_stand_with_their_source_and_name() -> None:
    target = TokenSequence(("<padding>", "<unknown>", "<begin>", "<end>", "le", "chat", "chien"), 3, " ")
    true, texts = np.array([[4, 5], [4, 6]]), {1: np.array([[4, 5], [4, -1]])}
    report = SequenceReport(target, true, 0.9, texts, ["a.txt, line 1", "a.txt, line 7"], ["the cat", "the dog"])
    assert text_table(report).split("\n") == [
        "beam  exact_match  token_error_rate",
        "   1       0.5000            0.2500",
        "",
        "first texts that were not written as they should be",
        "  a.txt, line 7",
        "    source   the dog",
        "    true     le chien",
        "    written  le",
    ]
    nothing = text_table(replace(report, written={1: np.array([[4, 5], [-1, -1]])}))
    assert nothing.endswith("    written  (nothing)")
    true[1, 1] = 1
    *_, shown, written, unknown = text_table(replace(report, true=true)).split("\n")
    assert (shown, written) == ("    true     le <unknown>", "    written  le")
    assert unknown == "  <unknown>: not in the vocabulary; what stood there is not kept"


@pytest.mark.parametrize("K", [99, 100, 101, 120])
def test_more_than_a_hundred_classes_stay_in_line(K: int) -> None:
    report = ClassificationReport(tuple(f"class_{k}" for k in range(K)), np.eye(K, dtype=np.int64))
    _, head, *rows = confusion_table(report).split("\n")
    assert {len(line) for line in rows} == {len(head)}
