"""The hapt dataset: its splits, its windows against hand-cut and against published ones, its refusals."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.datasets import hapt
from dlcli.datasets.data import Data, Split
from dlcli.datasets.hapt import ACTIVITIES, CHANNELS, TEST_SUBJECTS, TRAINING_SUBJECTS, Hapt, Recording
from dlcli.datasets.sensors.windows import inertial_channels
from dlcli.errors import DataError
from dlcli.shipped import shipped

NOWHERE = Path("/nowhere")

FILE = shipped("data", "hapt", "hapt.npz")


@pytest.fixture(scope="module")
def data() -> Data:
    return Hapt().load(NOWHERE)


@pytest.fixture(scope="module")
def recordings() -> list[Recording]:
    return hapt.read_recordings(FILE)


def everything(data: Data) -> Split:
    """All splits in one."""
    splits = data.splits.values()
    groups = [split.groups for split in splits if split.groups is not None]
    return Split(
        np.concatenate([split.x for split in splits]),
        np.concatenate([split.y for split in splits]),
        np.concatenate(groups),
    )


def subjects(split: Split) -> set[int]:
    assert split.groups is not None
    return set(split.groups.tolist())


# Splits and classes


def test_sizes_and_class_counts(data: Data) -> None:
    counts = {name: np.bincount(split.y).tolist() for name, split in data.splits.items()}
    assert counts == {
        "train": [1006, 871, 791, 1051, 1151, 1152],
        "validation": [220, 202, 196, 242, 272, 261],
        "test": [496, 471, 420, 508, 556, 545],
    }
    assert data.target.names == ACTIVITIES
    for split in data.splits.values():
        assert split.x.shape == (len(split.y), 128, 9)
        assert split.groups is not None
        assert (split.x.dtype, split.y.dtype, split.groups.dtype) == (np.float32, np.int32, np.int32)
        assert np.isfinite(split.x).all()


def test_with_transitions_there_are_as_many_windows_as_published() -> None:
    # HAPT's features: 7767 windows for training and 3162 for testing, of 12 classes.
    data = Hapt(transitions=True).load(NOWHERE)
    assert len(data.train) + len(data.validation) == 7767
    assert len(data.test) == 3162
    assert len(data.target.names) == 12
    for split in data.splits.values():
        assert set(split.y.tolist()) == set(range(12))


def test_no_subject_on_two_sides(data: Data) -> None:
    train, validation, test = (subjects(split) for split in data.splits.values())
    assert test == set(TEST_SUBJECTS)
    assert validation == {7, 16, 23, 29}
    assert train == set(TRAINING_SUBJECTS) - validation


def test_chosen_validation_subjects_leave_training(data: Data) -> None:
    chosen = Hapt(validation_subjects=(1, 30)).load(NOWHERE)
    assert subjects(chosen.validation) == {1, 30}
    assert len(chosen.train) + len(chosen.validation) == len(data.train) + len(data.validation)
    np.testing.assert_array_equal(chosen.test.x, data.test.x)


# Windows


def test_windows_equal_hand_cut_signals(data: Data, recordings: list[Recording]) -> None:
    # labels.txt begins "1 1 5 250 1232": experiment, user, standing, first and last sample, counted from 1.
    first = recordings[0]
    assert (first.experiment, first.subject, first.segments[0].tolist()) == (1, 1, [5, 249, 1232])
    signal = inertial_channels(first.acceleration, first.angular_velocity, hapt.RATE_HZ).astype(np.float32)
    for number in range((1232 - 249 - 128) // 64 + 1):
        start = 249 + number * 64
        np.testing.assert_array_equal(data.train.x[number], signal[start : start + 128])
    assert ACTIVITIES[data.train.y[0]] == "standing"


def test_gravity_and_body_acceleration_make_up_the_total(data: Data) -> None:
    gravity = data.test.x[..., 6:] - data.test.x[..., :3]
    length = np.linalg.norm(gravity, axis=-1)
    assert np.median(length) == pytest.approx(1, abs=0.05)
    still = np.isin(data.test.y, [ACTIVITIES.index("standing"), ACTIVITIES.index("laying")])
    assert np.ptp(gravity[still], axis=1).max(axis=-1).mean() < 0.1  # it hardly turns within a window
    assert abs(np.median(data.test.x[..., :3])) < 0.01


def test_channels_pick_columns_in_the_order_given(data: Data) -> None:
    chosen = Hapt(channels=("total_acc_z", "body_gyro_x")).load(NOWHERE)
    np.testing.assert_array_equal(chosen.test.x, data.test.x[..., [8, 3]])
    np.testing.assert_array_equal(chosen.train.y, data.train.y)


@pytest.mark.parametrize(("window", "overlap", "step"), [(128, 0.0, 128), (100, 0.75, 25)])
def test_overlap_sets_the_number_of_windows(
    recordings: list[Recording], window: int, overlap: float, step: int
) -> None:
    lengths = np.concatenate([np.diff(each.segments[each.segments[:, 0] <= 6, 1:])[:, 0] for each in recordings])
    expected = np.maximum(0, (lengths - window) // step + 1).sum()
    data = Hapt(window=window, overlap=overlap, channels=("body_acc_x",)).load(NOWHERE)
    assert sum(len(split) for split in data.splits.values()) == expected


# Refusals


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"window": 15}, r"greater than or equal to 16 .*input_value=15"),
        ({"overlap": 1.0}, r"less than 1 .*input_value=1\.0"),
        ({"overlap": -0.1}, r"greater than or equal to 0 .*input_value=-0\.1"),
        ({"channels": ()}, r"`channels` \(=\[\]\) must name at least one channel"),
        (
            {"channels": ("body_acc_x",) * 2},
            r"`channels` \(=\['body_acc_x', 'body_acc_x'\]\) must name each channel once",
        ),
        ({"channels": ("acc_x",)}, r"Input should be 'body_acc_x'.* or 'total_acc_z' .*input_value='acc_x'"),
        ({"validation_subjects": ()}, r"`validation_subjects` \(=\[\]\) must name at least one subject"),
        ({"validation_subjects": (1, 1)}, r"`validation_subjects` \(=\[1, 1\]\) must name each subject once"),
        (
            {"validation_subjects": (1, 2, 31)},
            r"\(=\[1, 2, 31\]\) must be training subjects \[1, 3, .*; \[2, 31\] are not",
        ),
        (
            {"validation_subjects": TRAINING_SUBJECTS},
            r"\(=\[1, 3, .* 30\]\) must leave at least one subject to train on",
        ),
    ],
)
def test_wrong_fields_are_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Hapt.model_validate(fields)


@pytest.mark.parametrize(
    ("transitions", "window", "longest", "name"),
    [(False, 881, 880, "walking_downstairs"), (True, 184, 183, "sit_to_stand")],
)
def test_windows_longer_than_a_class_are_refused(transitions: bool, window: int, longest: int, name: str) -> None:
    message = rf"`window` \(={window}\) must not exceed {longest} samples, the longest recorded segment of {name}"
    with pytest.raises(DataError, match=message):
        Hapt(window=window, transitions=transitions).load(NOWHERE)


# Against the windows as published


@pytest.fixture(scope="module")
def published() -> tuple[np.ndarray, np.ndarray]:
    """Windows of UCI HAR (N, 128, 9), written with four digits, and their classes 0..5."""
    path = Path(os.environ.get("DLCLI_DATA", "")) / "uci_har_subset" / "UCI HAR Dataset.zip"
    if "DLCLI_DATA" not in os.environ or not path.is_file():
        pytest.skip("DLCLI_DATA names no folder with uci_har_subset/UCI HAR Dataset.zip")
    xs, ys = [], []
    with zipfile.ZipFile(path) as archive:
        for split in ("train", "test"):
            folder = f"UCI HAR Dataset/{split}"
            names = [f"{folder}/Inertial Signals/{channel}_{split}.txt" for channel in CHANNELS]
            columns = [np.array(archive.read(name).split(), np.float32).reshape(-1, 128) for name in names]
            xs.append(np.stack(columns, axis=-1))
            ys.append(np.array(archive.read(f"{folder}/y_{split}.txt").split(), np.int32) - 1)
    return np.concatenate(xs), np.concatenate(ys)


def best_matches(wanted: np.ndarray, ours: np.ndarray) -> np.ndarray:
    """Row of `ours` nearest to each of `wanted`, by squared error over all channels together."""
    a, b = (each.reshape(len(each), -1) for each in (wanted, ours))
    return ((b**2).sum(axis=1) - 2 * a @ b.T).argmin(axis=1)


@pytest.fixture(scope="module")
def matched(data: Data, published: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Our window of the same class that is nearest to each published one, channels standardised."""
    whole = everything(data)
    x, y = published
    scale = x.std(axis=(0, 1))
    result = np.empty_like(x)
    for label in range(6):
        ours = whole.x[whole.y == label]
        result[y == label] = ours[best_matches(x[y == label] / scale, ours / scale)]
    return result


def correlations(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pearson correlation along time (N, C) of windows (N, T, C)."""
    a, b = (each - each.mean(axis=1, keepdims=True, dtype=np.float64) for each in (a, b))
    return (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))


@pytest.mark.real_data
def test_median_correlation_with_published_windows(
    published: tuple[np.ndarray, np.ndarray], matched: np.ndarray
) -> None:
    median = np.median(correlations(published[0], matched), axis=0)
    assert (median >= 0.999).all(), dict(zip(CHANNELS, median.round(4), strict=True))


@pytest.mark.real_data
def test_walking_windows_are_the_published_ones_to_the_last_digit(
    published: tuple[np.ndarray, np.ndarray], matched: np.ndarray
) -> None:
    x, y = published
    error = np.abs(x - matched).max(axis=(1, 2))
    # Four digits: half of the fourth is 0.0005 from 1 g or 1 rad/s on.
    assert (error[y <= 2] < 0.0006).all()
    assert (error < 0.002).mean() > 0.59  # sitting, standing and laying are cut elsewhere too


def test_what_is_told_before_it_is_read_is_so(data):
    assert (len(data.train) + len(data.validation), len(data.test)) == (Hapt.facts.train, Hapt.facts.test)
    assert data.target.names == Hapt.facts.classes
    assert Hapt.facts.example == f"{data.train.x.shape[1]} x {data.train.x.shape[2]}, {data.train.x.dtype}"
