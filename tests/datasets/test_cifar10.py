"""CIFAR-10: planes become images, and every kind of damage is told."""

from __future__ import annotations

import io
import pickle
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlcli.datasets.cifar10 import ARCHIVE, FOLDER, Cifar10
from dlcli.datasets.files.pickles import python2_pickle
from dlcli.errors import DataError

BATCHES = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]


def batch(number: int, examples: int = 20) -> bytes:
    """Images whose red is the number of their batch, whose green is their row and whose blue is their column."""
    planes = np.empty((examples, 3, 32, 32), np.uint8)
    planes[:, 0] = number
    planes[:, 1] = np.arange(32)[:, None]
    planes[:, 2] = np.arange(32)
    labels = [row % 10 for row in range(examples)]
    return python2_pickle({b"data": planes.reshape(examples, -1), b"labels": labels})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with the unpacked folder of the set."""
    (tmp_path / FOLDER).mkdir()
    for number, name in enumerate(BATCHES):
        (tmp_path / FOLDER / name).write_bytes(batch(number))
    return tmp_path


def test_planes_become_images_and_batches_stand_in_their_order(folder: Path) -> None:
    data = Cifar10(validation=None).load(folder)
    assert data.test is not None
    for split, numbers in ((data.train, [0, 1, 2, 3, 4]), (data.test, [5])):
        assert split.x[:, 0, 0, 0].tolist() == np.repeat(numbers, 20).tolist()
        assert (split.x[..., 1] == np.arange(32)[:, None]).all()
        assert (split.x[..., 2] == np.arange(32)).all()
        assert split.y.tolist() == list(range(10)) * (len(split) // 10)
    assert data.remarks == ("only a part of it: 100 of 50000 training and 20 of 10000 test images",)


def test_the_archive_gives_the_same_in_any_order_of_its_members(folder: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    packed.mkdir()
    with tarfile.open(packed / ARCHIVE.name, "w:gz") as tar:
        tar.add(folder / FOLDER, FOLDER, recursive=False)
        for name in reversed(BATCHES):
            tar.add(folder / FOLDER / name, f"{FOLDER}/{name}")
    assert Cifar10().load(packed).fingerprint() == Cifar10().load(folder).fingerprint()


def values(**changes: object) -> bytes:
    """A batch with other entries, as Python 3 writes pickles; None leaves an entry out."""
    entries = {"data": [1], "labels": [0] * 20} | changes
    return pickle.dumps({key.encode(): value for key, value in entries.items() if value is not None}, 3)


def labelled(*labels: int) -> bytes:
    return python2_pickle({b"data": np.zeros((len(labels), 3072), np.uint8), b"labels": list(labels)})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (pickle.dumps(print), r"names (builtins|__builtin__)\.print, which could run anything"),
        (b"text", r"is damaged"),
        (batch(2)[:-100], r"is damaged"),
        (pickle.dumps([1], 2), r"has no entry `data`, expected a dict"),
        (values(labels=None), r"has no entry `labels`, expected a dict"),
        (values(), r": `data` has the shape list, expected \(N, 3072\)"),
        (
            python2_pickle({b"data": np.zeros((5, 3071), np.uint8), b"labels": [0] * 5}),
            r": `data` has the shape \(5, 3071\)",
        ),
        (
            python2_pickle({b"data": np.zeros((0, 3072), np.uint8), b"labels": []}),
            r": `data` has the shape \(0, 3072\)",
        ),
        (
            python2_pickle({b"data": np.zeros((5, 3072), np.uint8), b"labels": [0] * 4}),
            r": `labels` has 4 entries, expected 5",
        ),
        (
            python2_pickle({b"data": np.zeros((5, 3072), np.uint8), b"labels": b"0"}),
            r": `labels` has bytes entries, expected 5",
        ),
        (labelled(0, 9, 10), r": label 2 is 10, expected 0 to 9"),
        (labelled(0, -1), r": label 1 is -1, expected 0 to 9"),
    ],
)
def test_damage_is_told_with_the_name_of_the_batch(folder: Path, content: bytes, message: str) -> None:
    (folder / FOLDER / "data_batch_3").write_bytes(content)
    with pytest.raises(DataError, match=rf"{FOLDER}/data_batch_3.*{message}"):
        Cifar10().load(folder)


def test_a_missing_batch_is_named(folder: Path) -> None:
    (folder / FOLDER / "test_batch").unlink()
    with pytest.raises(DataError, match=rf"{FOLDER} lacks {FOLDER}/test_batch"):
        Cifar10().load(folder)


def test_a_full_set_has_as_many_of_each_class(folder: Path) -> None:
    def of(count: Callable[[int], int]) -> bytes:
        labels = [label for label in range(10) for _ in range(count(label))]
        return python2_pickle({b"data": np.zeros((len(labels), 3072), np.uint8), b"labels": labels})

    (folder / FOLDER / "test_batch").write_bytes(of(lambda label: 1000))
    assert Cifar10().load(folder).remarks == (
        "only a part of it: 100 of 50000 training and 10000 of 10000 test images",
    )  # fmt: skip
    (folder / FOLDER / "test_batch").write_bytes(of(lambda label: 1000 + (label == 3) - (label == 4)))
    with pytest.raises(DataError, match=r"has \[1000, 1000, 1000, 1001, 999, .* of 10000 images .* expected 1000 each"):
        Cifar10().load(folder)


def test_names_that_lead_out_of_the_archive_are_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / ARCHIVE.name, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("../evil"), io.BytesIO())
    with pytest.raises(DataError, match=r"cifar-10-python\.tar\.gz: the member name '\.\./evil' leads out"):
        Cifar10().load(tmp_path)
