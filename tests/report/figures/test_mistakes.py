"""Which examples are shown as mistakes, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dlcli.datasets.data import Column, StepClasses
from dlcli.datasets.rows import Rows
from dlcli.report.figures.mistakes import mistakes
from dlcli.report.figures.page import png
from dlcli.tasks import StepClassification
from tests.report.figures.subjects import classified, predicted, size, texts

DRAW = np.random.default_rng(3)
LOGITS = np.array([[4.0, 0, 0], [0, 5, 0], [0, 0, 9], [1, 0, 0]])
TRUE = np.array([0, 2, 1, 2])


def captions(figure) -> list[list[str]]:
    return [text.splitlines() for text in texts(figure) if "\ntrue: " in text]


def test_only_what_is_wrong_is_shown_the_most_certain_first() -> None:
    figure = mistakes(classified(LOGITS, TRUE))
    assert captions(figure) == [
        ["example 2", "true: class_1", "model: class_2 (100%)"],
        ["example 1", "true: class_2", "model: class_1 (99%)"],
        ["example 3", "true: class_2", "model: class_0 (58%)"],
    ]
    assert "small · test · 3 of 4 wrong, the worst first" in texts(figure)


def test_of_two_classes_the_one_logit_decides() -> None:
    subject = classified(np.array([[3.0, 0], [3.0, 0]]), np.array([0, 1]), names=("no", "yes"))
    subject = replace(subject, outputs=np.array([[-3.0], [-3.0]]))
    assert captions(mistakes(subject)) == [["example 1", "true: yes", "model: no (95%)"]]


def test_nothing_wrong_is_no_figure() -> None:
    assert mistakes(classified(LOGITS, LOGITS.argmax(axis=-1))) is None


def test_an_example_goes_by_its_own_name_of_which_the_end_tells_most() -> None:
    subject = classified(LOGITS, TRUE)
    names = np.array(["a", "b", "pictures/train/cat/0123456789.png", "d"])
    subject = replace(subject, split=replace(subject.split, names=names))
    assert captions(mistakes(subject))[0][0] == "…in/cat/0123456789.png"


@pytest.mark.parametrize(("shape", "shown"), [((6, 5, 1), 24), ((6, 5, 3), 24), ((6, 5, 2), 24), ((9, 3), 12)])
def test_of_many_mistakes_the_first_are_shown(shape: tuple[int, ...], shown: int) -> None:
    x = DRAW.normal(size=(50, *shape)).astype(np.float32)
    figure = mistakes(classified(np.tile([9.0, 0], (50, 1)), np.ones(50, np.int64), x))
    assert len(captions(figure)) == shown
    assert size(png(figure))


def test_of_the_numbers_to_predict_the_largest_errors_are_shown() -> None:
    true = np.array([[1.0, 10], [2, 20], [3, 30]])
    figure = mistakes(predicted(true, true + np.array([[0, 0], [5, 0], [0, 90]])))
    assert captions(figure)[:2] == [
        ["example 2", "true: 3, 30", "model: 3, 120"],
        ["example 1", "true: 2, 20", "model: 7, 20"],
    ]


def test_a_row_of_a_table_is_written_with_its_columns() -> None:
    columns = (Column("age"), Column("a very long name of a column"), Column("sex", ("female", "male")))
    x = np.array([[29.5, np.nan, 1], [1, 2, 0]])
    figure = mistakes(classified(np.array([[0.0, 9], [9, 0]]), np.array([0, 0]), x, columns=columns))
    (row,) = [text for text in texts(figure) if text.startswith("age")]
    assert [line.split() for line in row.splitlines()] == [
        ["age", "29.5"], ["a", "very", "long", "name…", "missing"], ["sex", "male"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("vocabulary", "shown"),
    [(("", "?", "good", "bad", "not"), "not good"), (("", "?", "h", "i", "!"), "!h")],
)
def test_a_text_is_written_out_without_what_fills_it_up(vocabulary: tuple[str, ...], shown: str) -> None:
    subject = classified(np.array([[0.0, 9]]), np.array([0]), np.array([[4, 2, 0, 0]]))
    subject = replace(subject, data=replace(subject.data, vocabulary=vocabulary))
    assert shown in texts(mistakes(subject))


def test_where_each_step_is_predicted_there_are_none() -> None:
    subject = classified(LOGITS, TRUE)
    steps = StepClassification.of(StepClasses(("a", "b", "c")), TRUE[:, None])
    assert mistakes(replace(subject, task=steps)) is None


def test_a_wide_table_does_not_run_out_of_its_panel() -> None:
    columns = tuple(Column(f"c{i}") for i in range(99))
    figure = mistakes(classified(np.array([[0.0, 9]]), np.array([0]), np.zeros((1, 99)), columns=columns))
    (row,) = [text for text in texts(figure) if text.startswith("c0")]
    assert row.splitlines()[-1] == "… 89 more"


@pytest.mark.parametrize("shape", [(4,), (40,), (9, 3), (7, 6, 5, 3), (6, 5, 2)])
def test_every_shape_of_examples_is_drawn_and_shows_their_differences(shape: tuple[int, ...]) -> None:
    pages = []
    for scale in (1, 0, 1):
        x = scale * np.arange(2 * np.prod(shape), dtype=np.float32).reshape(2, *shape) % 17
        pages.append(png(mistakes(classified(np.array([[0.0, 9], [0, 8]]), np.array([0, 0]), x))))
    assert pages[0] == pages[2]
    assert (pages[0] != pages[1]) == (len(shape) < 4)  # of what cannot be drawn, only the shape is told


def test_examples_on_disk_are_read_where_they_are_shown() -> None:
    x = DRAW.integers(0, 255, (4, 6, 5, 1)).astype(np.uint8)
    assert png(mistakes(classified(LOGITS, TRUE, Rows(x)))) == png(mistakes(classified(LOGITS, TRUE, x)))


def test_pictures_without_contrast_or_finite_numbers_are_drawn() -> None:
    for value in (7.0, np.nan, np.inf):
        x = np.full((1, 6, 5, 3), value, np.float32)
        assert png(mistakes(classified(np.array([[0.0, 9]]), np.array([0]), x)))
