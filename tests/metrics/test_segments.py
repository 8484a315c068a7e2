"""Segments and their average precision, by hand and by what must hold of any."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from dlcli.metrics.segments import (
    Segment,
    detection_average_precision,
    found_segments,
    overlap,
    segments_of,
    smoothed,
)


def sure(labels: list[int], classes: int = 3, by: float = 0.7) -> np.ndarray:
    """Probabilities of which this is the largest at each step."""
    rest = (1 - by) / (classes - 1)
    return np.where(np.arange(classes) == np.array(labels)[:, None], by, rest)


def everywhere(labels: list[int]) -> np.ndarray:
    return np.ones(len(labels), bool)


def seg(first: int, end: int, label: int = 0, score: float = 1.0, recording: int = 1) -> Segment:
    return Segment(recording, first, end, label, score)


def test_runs_of_a_label_are_segments_and_what_has_none_is_not() -> None:
    assert segments_of(np.array([2, 2, 0, -1, -1, 0, 0]), 5) == [
        seg(0, 2, 2, recording=5), seg(2, 3, 0, recording=5), seg(5, 7, 0, recording=5),
    ]  # fmt: skip
    assert segments_of(np.array([-1, -1]), 5) == []


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ((0, 10), (0, 10), 1.0),
        ((0, 10), (5, 15), 1 / 3),
        ((0, 10), (2, 7), 0.5),
        ((0, 4), (4, 8), 0),
        ((0, 1), (7, 8), 0),
    ],
)
def test_overlap_is_what_is_shared_over_all(one, other, shared) -> None:
    assert overlap(seg(*one), seg(*other)) == overlap(seg(*other), seg(*one)) == pytest.approx(shared)


def test_the_score_of_a_segment_is_the_mean_probability_of_its_class() -> None:
    probabilities = np.array([[0.9, 0.1], [0.5, 0.5], [0.6, 0.4], [0.2, 0.8]])
    first, second = found_segments(probabilities, np.ones(4, bool), 1, 7)
    assert first == seg(0, 3, 0, pytest.approx(2 / 3), 7)
    assert second == seg(3, 4, 1, pytest.approx(0.8), 7)


def test_a_short_run_becomes_part_of_the_neighbour_that_is_more_probable_in_it() -> None:
    labels = [0] * 5 + [1] * 2 + [2] * 5
    probabilities = sure(labels)
    probabilities[5:7] = [0.1, 0.6, 0.3]
    assert [each[1:4] for each in found_segments(probabilities, everywhere(labels), 3, 1)] == [(0, 5, 0), (5, 12, 2)]
    assert len(found_segments(probabilities, everywhere(labels), 2, 1)) == 3


def test_what_a_short_run_parted_is_one_again() -> None:
    labels = [0] * 5 + [1] * 2 + [0] * 5
    (one,) = found_segments(sure(labels), everywhere(labels), 3, 1)
    assert one[1:4] == (0, 12, 0)


def test_no_segment_is_shorter_and_none_reaches_over_what_is_not_known() -> None:
    draw = np.random.default_rng(0)
    for _ in range(20):
        probabilities, there = draw.dirichlet(np.ones(4), 60), draw.uniform(size=60) < 0.9
        found = found_segments(probabilities, there, 4, 1)
        assert all(each.end - each.first >= 4 for each in found)
        assert all(there[each.first : each.end].all() for each in found)
        assert all(one.end <= other.first for one, other in pairwise(found))
        assert all(0 <= each.score <= 1 for each in found)


def test_a_stretch_that_is_too_short_as_a_whole_is_left_out() -> None:
    there = np.array([True] * 2 + [False] + [True] * 4)
    assert [each[1:3] for each in found_segments(sure([0] * 7), there, 3, 1)] == [(3, 7)]
    assert found_segments(sure([0] * 7), np.zeros(7, bool), 3, 1) == []


def test_smoothing_is_the_mean_of_the_neighbours_that_are_known() -> None:
    values = np.array([[0.0], [1.0], [5.0], [0.0], [4.0]])
    there = np.array([True, True, False, True, True])
    assert smoothed(values, there, 3)[:, 0].tolist() == [0.5, 0.5, 0.5, 2.0, 2.0]
    np.testing.assert_array_equal(smoothed(values, there, 1), values)
    np.testing.assert_allclose(smoothed(np.full((9, 2), 0.3), np.ones(9, bool), 4), 0.3)


# Average precision

TRUE = [seg(0, 10), seg(20, 30), seg(0, 10, recording=2)]


def test_a_perfect_detection_has_one_at_every_overlap() -> None:
    for least in (0.1, 0.5, 1.0):
        assert detection_average_precision(TRUE, TRUE, least) == 1.0


@pytest.mark.parametrize(("least", "expected"), [(0.3, 1.0), (0.33, 1.0), (0.34, 0.0), (0.7, 0.0)])
def test_segments_moved_by_half_their_length_are_found_up_to_a_third(least: float, expected: float) -> None:
    moved = [each._replace(first=each.first + 5, end=each.end + 5) for each in TRUE]
    assert detection_average_precision(TRUE, moved, least) == expected


def test_by_hand() -> None:
    # By falling score: right, wrong (another recording), right; the third is missed.
    found = [seg(0, 9, score=0.9), seg(20, 30, score=0.8, recording=2), seg(21, 30, score=0.7)]
    assert detection_average_precision(TRUE, found, 0.5) == pytest.approx((1 / 1 + 2 / 3) / 3)
    # A wrong one with the highest score costs all; the better precision at a higher recall counts.
    found = [seg(40, 50, score=0.9), seg(0, 10, score=0.8), seg(20, 30, score=0.7), seg(0, 10, score=0.6, recording=2)]
    assert detection_average_precision(TRUE, found, 0.5) == pytest.approx(3 / 4)


def test_each_true_segment_is_found_once_and_a_second_find_is_wrong() -> None:
    twice = [seg(0, 10, score=0.9), seg(0, 9, score=0.8), seg(20, 30, score=0.7)]
    # Precision 1, 1/2, 2/3 at recalls 1/3, 1/3, 2/3.
    assert detection_average_precision(TRUE, twice, 0.5) == pytest.approx((1 + 2 / 3) / 3)


def test_a_segment_takes_what_it_overlaps_most_of_what_is_not_taken() -> None:
    true = [seg(0, 10), seg(10, 20)]
    # The first find takes the second true segment, although the first overlaps it enough, too.
    found = [seg(4, 20, score=0.9), seg(0, 10, score=0.8)]
    assert detection_average_precision(true, found, 0.3) == 1.0


def test_nothing_found_and_nothing_to_find_are_zero() -> None:
    assert detection_average_precision(TRUE, [], 0.5) == 0.0
    assert detection_average_precision([], TRUE, 0.5) == 0.0


def test_it_does_not_fall_with_a_further_right_segment_nor_rise_with_the_overlap() -> None:
    draw = np.random.default_rng(1)
    for _ in range(30):
        firsts = draw.integers(0, 200, 12)
        true = [seg(int(f), int(f + draw.integers(5, 20)), recording=int(draw.integers(2))) for f in firsts]
        found = [
            each._replace(first=each.first + int(draw.integers(-3, 3)), score=float(draw.uniform())) for each in true
        ]
        scores = [detection_average_precision(true, found, least) for least in (0.1, 0.3, 0.5, 0.7)]
        assert scores == sorted(scores, reverse=True)
        assert 0 <= scores[-1] <= scores[0] <= 1
