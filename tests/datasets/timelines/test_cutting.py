"""Windows of whole recordings: what is learnt from overlaps, what is judged is judged once."""

from __future__ import annotations

import numpy as np
import pytest

from dlcli.datasets.timelines.cutting import Whole, to_judge, to_learn
from dlcli.errors import DataError

STEPS = 4


def recording(length: int, number: int = 1, labels: list[int] | None = None) -> Whole:
    """Whose signal counts its samples from 100 times its number on."""
    signals = (100 * number + np.arange(length, dtype=np.float32))[:, None]
    return Whole(signals, np.array(labels or [0] * length, np.int32), f"person {number}", number)


@pytest.mark.parametrize(
    ("length", "stride", "starts"),
    [(4, 2, [0]), (8, 2, [0, 2, 4]), (9, 2, [0, 2, 4, 5]), (11, 4, [0, 4, 7]), (9, 100, [0, 5])],
)
def test_windows_to_learn_begin_every_stride_and_reach_the_end(length, stride, starts):
    split = to_learn([recording(length)], STEPS, stride)
    assert split.x[:, :, 0].tolist() == [[100.0 + start + i for i in range(STEPS)] for start in starts]
    assert split.places.tolist() == [[1, start, start, start + STEPS] for start in starts]


def test_windows_without_a_label_teach_nothing_and_are_left_out():
    split = to_learn([recording(12, labels=[-1] * 7 + [2] + [-1] * 4)], STEPS, 4)
    assert split.places[:, 1].tolist() == [4]
    assert split.y.tolist() == [[-1, -1, -1, 2]]


@pytest.mark.parametrize("length", [4, 5, 7, 8, 13])
def test_every_sample_is_judged_in_one_window_labelled_or_not(length):
    labels = [i % 3 - 1 for i in range(length)]
    split = to_judge([recording(length, labels=labels), recording(2 * length, 2)], STEPS)
    judged = [(number, sample) for number, _, start, end in split.places.tolist() for sample in range(start, end)]
    assert judged == [(1, i) for i in range(length)] + [(2, i) for i in range(2 * length)]
    assert (split.y[split.places[:, 0] == 1] >= 0).sum() == sum(label >= 0 for label in labels)


def test_the_last_window_reaches_back_and_has_labels_only_where_none_before_it_has():
    split = to_judge([recording(6, 3, [0, 1, 2, 3, 4, 5])], STEPS)
    assert split.x[:, :, 0].tolist() == [[300, 301, 302, 303], [302, 303, 304, 305]]
    assert split.y.tolist() == [[0, 1, 2, 3], [-1, -1, 4, 5]]
    assert split.places.tolist() == [[3, 0, 0, 4], [3, 2, 4, 6]]


@pytest.mark.parametrize("cut", [lambda r: to_learn(r, STEPS, 2), lambda r: to_judge(r, STEPS)], ids=["learn", "judge"])
def test_a_recording_shorter_than_a_window_is_filled_up_by_nothing(cut):
    split = cut([recording(3, labels=[-1, 0, 2])])
    np.testing.assert_array_equal(split.x[:, :, 0], [[100, 101, 102, np.nan]])
    assert split.y.tolist() == [[-1, 0, 2, -1]]
    assert split.places.tolist() == [[1, 0, 0, 3]]


def test_recordings_without_any_label_teach_nothing():
    with pytest.raises(DataError, match="no recording of the train split has a label"):
        to_learn([recording(9, labels=[-1] * 9)], STEPS, 2)


def test_examples_know_whom_they_come_from_and_are_called_by_their_places():
    split = to_judge([recording(4), recording(8, 2)], STEPS)
    assert split.groups.tolist() == ["person 1", "person 2", "person 2"]
    assert split.name_of(2) == "recording 2 from sample 4"
    assert split.take(np.array([2, 0])).places.tolist() == [[2, 4, 4, 8], [1, 0, 0, 4]]
