"""Predicted over true numbers, and what predictions are off by."""

from __future__ import annotations

import numpy as np
import pytest

from dlcli.report.figures.page import POINTS, png
from dlcli.report.figures.predictions import predictions
from dlcli.report.figures.residuals import residuals
from tests.report.figures.subjects import classified, predicted, size, texts

TRUE = np.array([[1.0, 100], [2, 500], [3, 900]])
OUTPUT = TRUE + np.array([[0.5, 0], [-0.5, 250], [0.5, -250]])
both = pytest.mark.parametrize("kind", [predictions, residuals])


def subject(D: int, names: tuple[str, ...] = (), N: int = 20):
    draw = np.random.default_rng(D)
    return predicted(draw.normal(size=(N, D)), draw.normal(size=(N, D)), names)


def test_predictions_have_a_panel_for_each_number_four_in_a_row() -> None:
    width, height = size(png(predictions(subject(1))))
    assert size(png(predictions(subject(3)))) == (3 * width, height)
    assert size(png(predictions(subject(5)))) == (4 * width, 2 * height)


def test_residuals_have_a_row_for_each_number_with_mean_and_deviation() -> None:
    figure = residuals(predicted(TRUE, OUTPUT, ("temperature", "p")))
    assert [axes.get_title() for axes in figure.axes] == [
        "", "mean 0.1667, deviation 0.4714", "", "mean 0, deviation 204.1",
    ]  # fmt: skip
    assert figure.axes[2].get_xlabel() == "predicted p"


@both
def test_of_very_many_numbers_the_first_are_shown_and_it_is_said(kind) -> None:
    many = kind(subject(500))
    assert len(many.axes) == 12
    assert any("of 500 numbers" in text for text in texts(many))


@both
def test_other_predictions_give_another_picture_and_equal_ones_the_same(kind) -> None:
    one, same, other = (png(kind(predicted(TRUE, output))) for output in (OUTPUT, OUTPUT, TRUE))
    assert one == same
    assert one != other


@both
def test_one_example_and_a_constant_are_drawn(kind) -> None:
    assert size(png(kind(subject(1, N=1)))) == size(png(kind(subject(1))))
    ones = np.ones((4, 1))
    assert size(png(kind(predicted(ones, ones)))) == size(png(kind(subject(1))))


@both
def test_a_prediction_that_is_not_finite_is_left_out(kind) -> None:
    assert png(kind(predicted(TRUE, np.where(TRUE == 3, np.inf, OUTPUT))))


@both
def test_names_with_dollar_signs_are_no_formulas(kind) -> None:
    assert png(kind(subject(2, ("cost in $ of 2$^", "a_$\\frac$"))))


@both
def test_of_very_many_examples_some_are_drawn(kind) -> None:
    points = kind(subject(1, N=3 * POINTS)).axes[0].collections[0].get_offsets()
    assert len(points) == POINTS


@both
def test_classes_have_none(kind) -> None:
    assert kind(classified(np.eye(2), np.array([0, 1]))) is None
