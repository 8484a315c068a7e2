"""Whole recordings of HAPT: every labelled sample is there once, under the label that the publishers gave it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.datasets.data import Data, Timelines
from dlcli.datasets.hapt import (
    ACTIVITIES,
    TEST_SUBJECTS,
    TRAINING_SUBJECTS,
    Hapt,
    Recording,
    read_recordings,
    recordings_file,
)
from dlcli.datasets.hapt_recordings import SHORTEST, HaptRecordings

NOWHERE = Path("/nowhere")


@pytest.fixture(scope="module")
def data() -> Data:
    return HaptRecordings().load(NOWHERE)


@pytest.fixture(scope="module")
def recordings() -> list[Recording]:
    return read_recordings(recordings_file())


def counted(recordings: list[Recording], subjects: tuple[int, ...]) -> list[int]:
    """Samples of each activity and of all movements between postures, by the publishers' labels."""
    counts = np.zeros(7, np.int64)
    for each in recordings:
        for label, first, end in each.segments.tolist() if each.subject in subjects else ():
            counts[min(label - 1, 6)] += end - first
    return counts.tolist()


def test_what_is_judged_has_every_labelled_sample_once(data: Data, recordings: list[Recording]) -> None:
    for split, subjects in ((data.validation, TRAINING_SUBJECTS[4::5]), (data.test, TEST_SUBJECTS)):
        assert split is not None
        assert np.bincount(split.y[split.y >= 0], minlength=7).tolist() == counted(recordings, subjects)
        assert set(split.groups.tolist()) == set(subjects)
        lengths = sum(len(each.acceleration) for each in recordings if each.subject in subjects)
        assert (split.places[:, 3] - split.places[:, 2]).sum() == lengths


def test_who_is_learnt_from_is_nobody_who_is_judged_and_every_label_of_theirs_is_seen(data, recordings) -> None:
    subjects = set(TRAINING_SUBJECTS) - set(TRAINING_SUBJECTS[4::5])
    assert set(data.train.groups.tolist()) == subjects
    # Windows of 1024 every 512 show each sample twice, but for those at the ends of recordings.
    once = np.array(counted(recordings, tuple(subjects)))
    shown = np.bincount(data.train.y[data.train.y >= 0], minlength=7)
    assert (shown <= 3 * once).all()
    assert shown.sum() > 1.9 * once.sum()


def test_a_window_holds_the_filtered_signals_of_its_place(data: Data) -> None:
    windows = Hapt().load(NOWHERE).test
    one = data.test.x[data.test.places[:, 0] == 3]
    assert one.shape[1:] == (1024, 9)
    assert one.dtype == np.float32
    # The first window of walking that `hapt` cuts from this recording stands in it sample by sample.
    whole = np.concatenate([one[:-1].reshape(-1, 9)])
    first = windows.x[(windows.groups == 2) & (windows.y == 0)][0]
    start = np.flatnonzero((whole[:, 0] == first[0, 0]) & (whole[:, 8] == first[0, 8]))
    np.testing.assert_array_equal(whole[start[0] : start[0] + 128], first)


def test_the_facts_are_those_of_the_data(data: Data) -> None:
    assert HaptRecordings.facts is not None
    assert len(data.train) + len(data.validation) == HaptRecordings.facts.train
    assert len(data.test) == HaptRecordings.facts.test
    assert data.target.names == HaptRecordings.facts.classes == (*ACTIVITIES, "other")
    assert HaptRecordings.place(NOWHERE) == recordings_file()


def test_the_shortest_recording_can_be_a_window_and_no_more(recordings: list[Recording]) -> None:
    assert min(len(each.acceleration) for each in recordings) == SHORTEST
    whole = HaptRecordings(steps=SHORTEST, stride=SHORTEST, channels=("body_acc_x",)).load(NOWHERE)
    assert whole.test.x.shape[1:] == (SHORTEST, 1)
    with pytest.raises(ValidationError, match=r"less than or equal to 9898.*input_value=9899"):
        HaptRecordings(steps=9899)


def test_how_segments_are_made_says_nothing_of_the_data(data: Data) -> None:
    target = data.target
    assert isinstance(target, Timelines)
    assert (target.sought, target.rate_hz) == (6, 50.0)
    other = HaptRecordings(smooth_seconds=3.0, least_seconds=5.0, excerpt_seconds=9.0).load(NOWHERE)
    assert (other.target.smooth_seconds, other.target.least_seconds, other.target.excerpt_seconds) == (3, 5, 9)
    assert other.fingerprint() == data.fingerprint()
    assert HaptRecordings(stride=1024).load(NOWHERE).fingerprint() != data.fingerprint()
