"""Classes of a user's own: which numbers are taken for them, and what is said where they look like slips."""

from __future__ import annotations

import numpy as np
import pytest

from dlcli.datasets.data import Classes, Reals, Split
from dlcli.datasets.labels import about_classes, may_be_classes


def split(counts: list[int]) -> Split:
    y = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    return Split(np.zeros((len(y), 1)), y)


@pytest.mark.parametrize(
    ("numbers", "examples", "may_be"),
    [
        ([0, 1], 10, True),
        ([0, 1], 9, False),
        ([-1.0, 4.0], 10, True),
        ([0.0, 0.5], 99, False),
        ([0.0, float("inf")], 99, False),
        (range(20), 100, True),
        (range(21), 999, False),
    ],
)
def test_few_whole_numbers_may_be_classes(numbers: list[float], examples: int, may_be: bool) -> None:
    assert may_be_classes(numbers, examples) is may_be


@pytest.mark.parametrize(
    ("names", "counts", "remarks"),
    [
        (("a", "b"), [[5, 5]], []),
        (("a", "b"), [[9, 1]], ["class `b` has 1 example"]),
        (("a", "b"), [[4, 9]], ["class `a` has 4 examples"]),
        (("a", "b"), [[9, 3], [1, 2]], []),  # of all splits together
        (("a", "b", "c"), [[9, 1, 0], [9, 1, 0]], ["class `b` has 2 examples"]),  # one of none is refused elsewhere
        (("a", "b", "c"), [[9, 1, 2]], ["classes with fewer than 5 examples: `b` (1), `c` (2)"]),
        (
            tuple("abcdefg"),
            [[1] * 7],
            ["classes with fewer than 5 examples: `a` (1), `b` (1), `c` (1), `d` (1), `e` (1) and 2 more"],
        ),
        (("Walk", "run", "walk"), [[9] * 3], ["`Walk` and `walk` are two classes, whose names differ only in case"]),
        (
            ("UP", "up", "u p"),
            [[9] * 3],
            ["`UP`, `up` and `u p` are 3 classes, whose names differ only in case or spaces"],
        ),
        (("walk up", "walk-up"), [[9] * 2], []),
    ],
)
def test_what_looks_like_a_slip_is_said(names: tuple[str, ...], counts: list[list[int]], remarks: list[str]) -> None:
    said = about_classes(Classes(names), [None, *map(split, counts)])
    assert len(said) == len(remarks)
    for each, expected in zip(said, remarks, strict=True):
        assert each.startswith(expected)


def test_nothing_is_said_of_numbers() -> None:
    assert about_classes(Reals(("y",)), [Split(np.zeros((3, 1)), np.zeros((3, 1), np.float32))]) == []
