"""The confusion matrix as a picture, of two classes and of a thousand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dlcli.report.figures.confusion import confusion_matrix
from dlcli.report.figures.page import png
from tests.report.figures.subjects import classified, counted, predicted, size, texts


def picture(K: int, confusion: np.ndarray | None = None) -> bytes:
    return png(confusion_matrix(counted(np.eye(K, dtype=np.int64) if confusion is None else confusion)))


@pytest.mark.parametrize("K", [2, 12])
def test_it_is_a_whole_png_that_grows_with_the_classes(K: int) -> None:
    width, height = size(picture(K))
    assert width >= height >= 60 * K


def test_it_stops_growing_where_names_no_longer_fit() -> None:
    assert size(picture(60)) == size(picture(300))


def test_a_class_without_examples_is_drawn_like_the_others() -> None:
    assert size(picture(3, np.diag([1, 0, 0]))) == size(picture(3))


def test_other_counts_give_another_picture_and_equal_ones_the_same() -> None:
    assert picture(2) == picture(2)
    assert picture(2) != picture(2, np.array([[0, 1], [1, 0]]))


def test_it_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    assert picture(2)


@pytest.mark.parametrize("K", [2, 20, 21, 60])
def test_up_to_sixty_classes_all_have_their_names_and_none_overlap(K: int) -> None:
    figure = confusion_matrix(counted(np.eye(K, dtype=np.int64), names=tuple(f"a long name {k}" for k in range(K))))
    assert {f"a long name {k}" for k in range(K)} <= set(texts(figure))
    png(figure)  # lays it out
    rows = [label.get_window_extent() for label in figure.axes[0].get_yticklabels()]
    assert not any(one.overlaps(other) for one, other in pairwise(rows))


def test_with_two_classes_neither_the_title_nor_the_words_at_the_axes_are_cut_off() -> None:
    one = classified(np.eye(2), np.arange(2))
    figure = confusion_matrix(replace(one, title="titanic_wide_deep_with_more_columns · validation"))
    figure.draw_without_rendering()
    whole = figure.bbox
    for text in (figure._suptitle, figure.axes[0].xaxis.label, figure.axes[0].yaxis.label):
        extent = text.get_window_extent()
        assert whole.x0 <= extent.x0 < extent.x1 <= whole.x1, text.get_text()


def test_counts_are_written_where_there_are_few_classes() -> None:
    figure = confusion_matrix(counted(np.array([[5, 7], [0, 123]])))
    assert {"5", "7", "123"} <= set(texts(figure))


def test_of_many_classes_the_most_frequent_mistakes_are_listed() -> None:
    confusion = np.eye(30, dtype=np.int64)
    confusion[3, 4], confusion[7, 1] = 5, 9
    (listed,) = [text for text in texts(confusion_matrix(counted(confusion))) if "most frequent" in text]
    first, second = listed.splitlines()[3:]
    assert first.split() == ["9", "class_7", "→", "class_1"]
    assert second.split() == ["5", "class_3", "→", "class_4"]


def test_a_long_name_is_shortened_and_a_dollar_sign_is_no_formula() -> None:
    names = ("x" * 80, "$\\frac$", "$x^$")
    figure = confusion_matrix(counted(np.eye(3, dtype=np.int64), names=names, title="$\\frac$ · test"))
    assert png(figure)
    assert "x" * 23 + "…" in texts(figure)


def test_letters_that_the_font_lacks_are_no_warning() -> None:
    assert png(confusion_matrix(counted(np.eye(2, dtype=np.int64), names=("걷기", "🚶"))))


def test_numbers_to_predict_have_none() -> None:
    assert confusion_matrix(predicted(np.ones((3, 1)), np.ones((3, 1)))) is None
