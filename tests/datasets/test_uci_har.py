"""UCI HAR: from every form it comes in, checked, held out by volunteer, and as published."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.datasets import uci_har
from dlcli.datasets.data import Data, Split
from dlcli.datasets.hapt import CHANNELS, TEST_SUBJECTS, TRAINING_SUBJECTS
from dlcli.datasets.uci_har import ARCHIVE, FOLDER, INNER, UciHar
from dlcli.errors import DataError


def subjects(split: Split | None) -> set[int]:
    assert split is not None
    assert split.groups is not None
    return set(split.groups.tolist())


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    UciHar().write_stand_in(folder)
    return folder


@pytest.fixture(scope="module")
def data(stand_in: Path) -> Data:
    return UciHar().load(stand_in)


@pytest.fixture
def unpacked(stand_in: Path, tmp_path: Path) -> Path:
    """A data folder with the unpacked folder of the stand-in."""
    with zipfile.ZipFile(stand_in / ARCHIVE.name) as outer:
        outer.extract(INNER, tmp_path / "zip")
    with zipfile.ZipFile(tmp_path / "zip" / INNER) as inner:
        inner.extractall(tmp_path)
    return tmp_path


def test_every_form_of_the_set_gives_the_same(data: Data, unpacked: Path) -> None:
    assert UciHar().load(unpacked / "zip").fingerprint() == data.fingerprint()
    shutil.rmtree(unpacked / "zip")
    assert UciHar().load(unpacked).fingerprint() == data.fingerprint()


def test_signals_stand_in_the_order_of_the_channels(unpacked: Path) -> None:
    test = UciHar().load(unpacked).test
    assert test is not None
    for number, channel in enumerate(CHANNELS):
        text = (unpacked / FOLDER / "test" / "Inertial Signals" / f"{channel}_test.txt").read_text()
        rows = [[float(cell) for cell in line.split()] for line in text.splitlines()]
        np.testing.assert_array_equal(test.x[..., number], np.array(rows, np.float32))


def test_channels_pick_columns_in_the_order_given_and_only_their_files_are_read(data: Data, unpacked: Path) -> None:
    for channel in set(CHANNELS) - {"total_acc_z", "body_gyro_x"}:
        for split in ("train", "test"):
            (unpacked / FOLDER / split / "Inertial Signals" / f"{channel}_{split}.txt").unlink()
    chosen = UciHar(channels=("total_acc_z", "body_gyro_x")).load(unpacked)
    assert chosen.test is not None
    assert data.test is not None
    np.testing.assert_array_equal(chosen.test.x, data.test.x[..., [8, 3]])
    np.testing.assert_array_equal(chosen.train.y, data.train.y)


# What is held out


def test_whole_volunteers_are_held_out(data: Data) -> None:
    assert len(subjects(data.validation)) == 4
    assert not subjects(data.train) & subjects(data.validation)
    assert subjects(data.train) | subjects(data.validation) == set(TRAINING_SUBJECTS)
    assert subjects(data.test) == set(TEST_SUBJECTS)


def test_named_volunteers_are_held_out_in_the_place_of_drawn_ones(stand_in: Path) -> None:
    dataset = UciHar(validation_subjects=(1, 30))
    assert dataset.validation is None
    loaded = dataset.load(stand_in)
    assert subjects(loaded.validation) == {1, 30}
    assert subjects(loaded.train) == set(TRAINING_SUBJECTS) - {1, 30}
    assert UciHar.model_validate(dataset.model_dump()) == dataset


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"validation": {"fraction": 0.1}, "validation_subjects": (1, 3)},
            r"`validation_subjects` \(=\[1, 3\]\) must stand alone: leave `validation` out, or set it to null",
        ),
        ({"validation_subjects": ()}, r"`validation_subjects` \(=\[\]\) must name at least one subject"),
        ({"validation_subjects": (2,)}, r"\(=\[2\]\) must be training subjects \[1, 3, .*; \[2\] are not"),
        ({"channels": ()}, r"`channels` \(=\[\]\) must name at least one channel"),
    ],
)
def test_wrong_fields_are_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        UciHar.model_validate(fields)


def rewrite(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    path.write_text("".join(f"{line}\n" for line in change(path.read_text().splitlines())))


def test_named_volunteers_who_are_not_in_a_part_are_told(unpacked: Path) -> None:
    rewrite(unpacked / FOLDER / "train" / "subject_train.txt", lambda lines: ["3" if s == "1" else s for s in lines])
    with pytest.raises(DataError, match=r"\(=\[1\]\) leaves the validation split empty: .* subjects \[3, 5, 6"):
        UciHar(validation_subjects=(1,)).load(unpacked)
    rewrite(unpacked / FOLDER / "train" / "subject_train.txt", lambda lines: ["3"] * len(lines))
    with pytest.raises(DataError, match=r"\(=\[3\]\) leaves nothing to train on: .* the training subjects \[3\]"):
        UciHar(validation_subjects=(3,)).load(unpacked)


# Checks


def cell(row: int, column: int, text: str) -> Callable[[list[str]], list[str]]:
    """Another text in a cell, both counted from 1."""

    def change(lines: list[str]) -> list[str]:
        cells = lines[row - 1].split()
        cells[column - 1] = text
        return [*lines[: row - 1], " ".join(cells), *lines[row:]]

    return change


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("Inertial Signals/body_acc_x_train.txt", cell(7, 128, "NaN"), "row 7, column 128 is 'NaN', expected a finite"),
        ("Inertial Signals/total_acc_z_train.txt", cell(3, 2, "1.5.2"), "row 3, column 2 is '1.5.2', expected"),
        ("Inertial Signals/body_gyro_y_train.txt", cell(5, 1, ""), "row 5 has 127 columns, expected 128"),
        ("Inertial Signals/body_gyro_y_train.txt", cell(5, 1, "1 2"), "row 5 has 129 columns, expected 128"),
        ("Inertial Signals/body_gyro_z_train.txt", lambda lines: lines[:-1], r"has 251 rows, .*y_train\.txt has 252"),
        ("Inertial Signals/body_gyro_z_train.txt", lambda lines: [], "is empty, expected rows of 128 numbers"),
        ("subject_train.txt", lambda lines: lines[:-2], r"has 250 rows, but .*y_train\.txt has 252"),
        ("subject_train.txt", cell(4, 1, "31"), "row 4 is 31, expected a whole number from 1 to 30"),
        ("y_train.txt", cell(2, 1, "7"), "row 2 is 7, expected a whole number from 1 to 6"),
        ("y_train.txt", cell(2, 1, "0"), "row 2 is 0, expected a whole number from 1 to 6"),
        ("y_train.txt", cell(2, 1, "walking"), "row 2, column 1 is 'walking', expected a finite number"),
    ],
)  # fmt: skip
def test_damage_is_told_with_file_and_place(
    unpacked: Path, name: str, change: Callable[[list[str]], list[str]], message: str
) -> None:
    rewrite(unpacked / FOLDER / "train" / name, change)
    with pytest.raises(DataError, match=rf"{re.escape(f'{FOLDER}/train/{name}')}.*{message}"):
        UciHar().load(unpacked)


def test_a_missing_file_is_named(unpacked: Path) -> None:
    (unpacked / FOLDER / "test" / "subject_test.txt").unlink()
    with pytest.raises(DataError, match=rf"{FOLDER} lacks {FOLDER}/test/subject_test\.txt"):
        UciHar().load(unpacked)


@pytest.fixture
def small_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes the counts of the stand-in for the published ones."""
    monkeypatch.setattr(uci_har, "CLASS_COUNTS", {"train": (42,) * 6, "test": (9,) * 6})


@pytest.mark.usefixtures("small_is_full")
def test_a_full_set_needs_no_remark(stand_in: Path) -> None:
    assert UciHar().load(stand_in).remarks == ()


@pytest.mark.usefixtures("small_is_full")
def test_a_full_set_has_the_published_counts(unpacked: Path) -> None:
    rewrite(unpacked / FOLDER / "test" / "y_test.txt", cell(1, 1, "2"))
    with pytest.raises(DataError, match=r"the test split has \[8, 10, 9, 9, 9, 9\] windows .*, expected \[9, 9, 9, 9"):
        UciHar().load(unpacked)


def test_volunteers_on_both_sides_stop_a_full_set_and_are_remarked_on_in_a_part(
    unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(unpacked / FOLDER / "test" / "subject_test.txt", cell(1, 1, "5"))
    part, shared = UciHar().load(unpacked).remarks
    assert part == "only a part of it: 252 of 7352 training and 54 of 2947 test windows"
    assert shared.startswith("volunteers [5] stand in training and test")
    monkeypatch.setattr(uci_har, "CLASS_COUNTS", {"train": (42,) * 6, "test": (9,) * 6})
    with pytest.raises(DataError, match="group 5 stands in the train and in the test split"):
        UciHar().load(unpacked)


# Against the published windows


@pytest.fixture(scope="module")
def published() -> Data:
    folder = Path(os.environ.get("DLCLI_DATA", ""))
    if "DLCLI_DATA" not in os.environ or not (folder / "uci_har_subset" / INNER).is_file():
        pytest.skip(f"DLCLI_DATA names no folder with uci_har_subset/{INNER}")
    return UciHar(validation=None).load(folder / "uci_har_subset")


@pytest.mark.real_data
def test_the_part_is_as_described(published: Data) -> None:
    assert published.test is not None
    assert (published.train.x.shape, published.test.x.shape) == ((2400, 128, 9), (950, 128, 9))
    assert np.bincount(published.train.y).tolist() == [400, 350, 322, 420, 449, 459]
    assert np.bincount(published.test.y).tolist() == [160, 152, 135, 158, 172, 173]
    assert subjects(published.train) == set(TRAINING_SUBJECTS)
    assert subjects(published.test) == set(TEST_SUBJECTS)
    assert published.remarks == ("only a part of it: 2400 of 7352 training and 950 of 2947 test windows",)


@pytest.mark.real_data
def test_total_acceleration_is_gravity_and_movement(published: Data) -> None:
    assert published.test is not None
    gravity = np.linalg.norm(published.test.x[..., 6:] - published.test.x[..., :3], axis=-1)
    assert np.median(gravity) == pytest.approx(1, abs=0.05)
