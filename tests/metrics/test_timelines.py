"""Recordings put together of windows, and what is told of them."""

from __future__ import annotations

import numpy as np
import pytest

from dlcli.datasets.data import Timelines
from dlcli.metrics.timelines import OVERLAPS, Timeline, TimelineReport, timelines

NAMES = ("walk", "sit", "other")
TARGET = Timelines(NAMES, 2, 10.0, smooth_seconds=0.0, least_seconds=0.2, excerpt_seconds=1.0)


def sure(labels: np.ndarray, by: float = 0.8) -> np.ndarray:
    return np.where(np.arange(3) == labels[:, None], by, (1 - by) / 2)


def recording(true: list[int], predicted: list[int] | None = None, number: int = 1) -> Timeline:
    labels = np.array(true if predicted is None else predicted)
    return Timeline(number, np.array(true, np.int32), sure(labels), labels >= 0)


def report(*recordings: Timeline, target: Timelines = TARGET) -> TimelineReport:
    return TimelineReport.of_timelines(target, recordings)


WALK, SIT, OTHER, NONE = [0] * 10, [1] * 10, [2] * 5, [-1] * 10


# Put together


def test_windows_become_the_recordings_they_were_cut_of() -> None:
    draw = np.random.default_rng(0)
    true, probabilities = draw.integers(-1, 3, 6).astype(np.int32), draw.dirichlet(np.ones(3), 6)
    places = np.array([[7, 2, 4, 6], [7, 0, 0, 4]], np.int32)  # the last window first; it judges two of its four steps
    y = np.stack([np.append([-1, -1], true[4:]), true[:4]]).astype(np.int32)
    outputs = np.stack([np.concatenate([draw.dirichlet(np.ones(3), 2), probabilities[4:]]), probabilities[:4]])
    (whole,) = timelines(places, y, outputs)
    assert whole.recording == 7
    np.testing.assert_array_equal(whole.true, true)
    np.testing.assert_allclose(whole.probabilities, probabilities)
    assert whole.known.all()


def test_a_step_that_several_windows_judge_has_their_mean_and_one_that_none_does_is_not_known() -> None:
    places = np.array([[1, 0, 0, 2], [1, 1, 1, 3], [1, 5, 5, 7]], np.int32)
    outputs = np.stack([sure(np.array([0, 0])), sure(np.array([1, 1])), sure(np.array([2, 2]))])
    (whole,) = timelines(places, np.array([[0, 1], [1, 1], [2, -1]], np.int32), outputs)
    assert whole.known.tolist() == [True, True, True, False, False, True, True]
    assert whole.true.tolist() == [0, 1, 1, -1, -1, 2, -1]
    np.testing.assert_allclose(whole.probabilities[1], [0.45, 0.45, 0.1])
    assert whole.predicted.tolist() == [0, 0, 1, -1, -1, 2, 2]


def test_what_a_window_holds_behind_the_last_sample_it_judges_is_no_part_of_the_recording() -> None:
    outputs = sure(np.array([0, 1, 2]))[None]
    (whole,) = timelines(np.array([[1, 0, 0, 2]], np.int32), np.array([[0, 1, -1]], np.int32), outputs)
    assert whole.predicted.tolist() == whole.true.tolist() == [0, 1]


# Scores


def test_a_perfect_prediction_has_one_everywhere() -> None:
    true = [*WALK, *OTHER, *SIT, *WALK, *OTHER]
    scores = report(recording(true), recording([*SIT, *OTHER], number=2)).scores
    assert scores == pytest.approx(dict.fromkeys(scores, 1.0))
    assert list(scores) == [
        "macro_f1", "accuracy", "activity_f1", "segment_map", "labelled_segment_map", "occurrence_map", "excerpt_map",
    ]  # fmt: skip


def test_one_that_comes_half_a_segment_late_is_found_up_to_an_overlap_of_a_third() -> None:
    true, late = [*WALK, *OTHER, *SIT, *OTHER], [*OTHER, *WALK, *OTHER, *SIT]
    scores = report(recording(true, late)).segment_map
    assert scores == {least: 1.0 if least <= 1 / 3 else 0.0 for least in OVERLAPS}
    assert report(recording(true, late)).scores["segment_map"] == pytest.approx(3 / 7)


def test_steps_are_judged_where_they_have_a_label_and_were_judged() -> None:
    true, predicted = [*WALK, *NONE, *SIT, *OTHER], [*WALK, *SIT, *WALK, *([-1] * 5)]
    made = report(recording(true, predicted))
    assert made.confusion.tolist() == [[10, 0, 0], [10, 0, 0], [0, 0, 0]]
    assert made.accuracy == 0.5
    # Walking: F1 of 2 * 10 / (20 + 10); sitting 0; others neither occur nor are predicted.
    assert made.scores["macro_f1"] == made.activity_f1 == pytest.approx((2 / 3 + 0) / 2)


def test_macro_f1_counts_all_classes_and_activity_f1_those_that_are_sought() -> None:
    made = report(recording([*WALK, *SIT, *OTHER], [*WALK, *SIT, *([1] * 5)]))
    sit = 2 * 10 / (15 + 10)
    assert made.macro_f1 == pytest.approx((1 + sit + 0) / 3)
    assert made.activity_f1 == pytest.approx((1 + sit) / 2)


def test_time_without_labels_is_background_to_one_score_and_cut_out_for_the_other() -> None:
    # Nobody has told what is between two walks; one segment over both is found there.
    true, predicted = [*WALK, *NONE, *NONE, *WALK, *SIT], [*([0] * 40), *SIT]
    made = report(recording(true, predicted))
    assert [each[1:4] for each in made.found] == [(0, 40, 0), (40, 50, 1)]
    assert [each[1:4] for each in made.found_where_labelled] == [(0, 10, 0), (30, 40, 0), (40, 50, 1)]
    # The long one takes one of the two up to an overlap of a quarter: its precision is 1 at a recall of a half.
    assert made.segment_map == {least: 0.75 if least <= 0.25 else 0.5 for least in OVERLAPS}
    assert set(made.labelled_segment_map.values()) == {1.0}


def test_what_is_not_sought_is_no_segment() -> None:
    made = report(recording([*OTHER, *WALK]))
    assert [each.label for each in (*made.true, *made.found)] == [0, 0]
    assert set(made.of_each(made.found)) == {"walk"}


def test_smoothing_and_the_shortest_segment_are_in_seconds() -> None:
    predicted = [*WALK, 1, 1, 1, *WALK]
    parted, whole = (Timelines(NAMES, 2, 10.0, 0.0, least, 1.0) for least in (0.3, 0.4))
    assert len(report(recording([0] * 23, predicted), target=parted).found) == 3
    assert len(report(recording([0] * 23, predicted), target=whole).found) == 1
    smooth = Timelines(NAMES, 2, 10.0, 0.7, 0.0, 1.0)
    assert len(report(recording([0] * 23, predicted), target=smooth).found) == 1


def test_what_occurs_is_scored_in_recordings_and_in_excerpts() -> None:
    # Two excerpts of ten steps: of walking the first, of sitting the second; sitting is taken for walking.
    made = report(recording([*WALK, *SIT], [*WALK, *([0] * 10)]))
    assert made.occurrences == {"walk": 1.0, "sit": 1.0}
    # Both excerpts have the same probabilities: at equal scores the precision is a half.
    assert made.excerpts == {"walk": 0.5, "sit": 0.5}
    without = report(recording([*WALK, *OTHER]), recording([*WALK, *SIT, *OTHER], [*WALK, *WALK, *OTHER], 2))
    assert without.occurrences["sit"] == 0.5
    assert without.occurrences["walk"] == 1.0


def test_recordings_without_labels_or_segments_have_scores_of_zero() -> None:
    made = report(recording(NONE, WALK))
    assert made.scores == dict.fromkeys(made.scores, 0.0)


def test_as_json_has_scores_by_overlap_and_class() -> None:
    values = report(recording([*WALK, *SIT, *OTHER])).as_json()
    assert set(values) == {"classes", "confusion", "segments", "labelled_segments", "segments_of_classes"}
    assert values["segments"] == {f"{least:g}": 1.0 for least in OVERLAPS}
    assert values["segments_of_classes"]["sit"]["0.7"] == 1.0
