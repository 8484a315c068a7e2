"""The confusion matrix as a picture."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from dlcli.metrics.classification import ClassificationReport
from dlcli.report.picture import confusion_png


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert png[-8:-4] == b"IEND"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def picture(K: int, confusion: np.ndarray | None = None) -> bytes:
    names = tuple(f"class_{k}" for k in range(K))
    matrix = np.eye(K, dtype=np.int64) if confusion is None else confusion
    return confusion_png(ClassificationReport(names, matrix), "small · test")


@pytest.mark.parametrize("K", [1, 2, 12])
def test_it_is_a_whole_png_that_grows_with_the_classes(K: int) -> None:
    width, height = size(picture(K))
    assert width >= height >= 60 * K


def test_a_class_without_examples_is_drawn_like_the_others() -> None:
    assert size(picture(3, np.zeros((3, 3), np.int64))) == size(picture(3))


def test_other_counts_give_another_picture_and_equal_ones_the_same() -> None:
    assert picture(2) == picture(2)
    assert picture(2) != picture(2, np.array([[0, 1], [1, 0]]))


def test_it_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    assert picture(2)
