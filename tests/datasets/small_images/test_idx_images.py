"""MNIST and Fashion-MNIST: told apart though their files have the same names, checked, and as published."""

from __future__ import annotations

import gzip
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dlcli.datasets.data import Data
from dlcli.datasets.fashion_mnist import FashionMnist
from dlcli.datasets.files.idx import idx_bytes
from dlcli.datasets.mnist import Mnist
from dlcli.errors import DataError, MissingData

NAMES = [file.name for file in Mnist.published.files]


def write(folder: Path, name: str, array: np.ndarray) -> None:
    (folder / name).write_bytes(idx_bytes(array.astype(np.uint8)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a stand-in of MNIST in mnist/."""
    Mnist().write_stand_in(tmp_path)
    return tmp_path


def test_unpacked_files_are_read_too(folder: Path) -> None:
    before = Mnist().load(folder).fingerprint()
    for name in NAMES:
        packed = folder / "mnist" / name
        packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()
    assert Mnist().load(folder).fingerprint() == before


def test_a_part_is_remarked_on(folder: Path) -> None:
    assert Mnist().load(folder).remarks == (
        "only a part of it: 200 of 60000 training and 60 of 10000 test images",
    )  # fmt: skip


@pytest.mark.parametrize("named", ["fashion_mnist", "fashion-mnist", "FashionMNIST", "fashion"])
def test_each_set_is_read_from_the_folder_named_after_it(tmp_path: Path, named: str) -> None:
    Mnist().write_stand_in(tmp_path)
    FashionMnist().write_stand_in(tmp_path)
    # Other images in the folder for fashion, so that the two can be told apart.
    shutil.copy(tmp_path / "fashion_mnist" / NAMES[2], tmp_path / "fashion_mnist" / NAMES[0])
    shutil.copy(tmp_path / "fashion_mnist" / NAMES[3], tmp_path / "fashion_mnist" / NAMES[1])
    (tmp_path / "fashion_mnist").rename(tmp_path / named)
    assert Mnist().load(tmp_path).remarks[0].startswith("only a part of it: 200 of")
    assert FashionMnist().load(tmp_path).remarks[0].startswith("only a part of it: 60 of")


@pytest.mark.parametrize("named", ["fashion_mnist", "kmnist", "fashion"])
def test_folders_of_other_sets_are_not_looked_into(folder: Path, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCLI_OFFLINE", "1")
    (folder / "mnist").rename(folder / named)
    with pytest.raises(MissingData, match="dataset mnist: its files are not here"):
        Mnist().load(folder)


def test_the_folder_named_after_a_set_comes_before_the_data_folder(folder: Path) -> None:
    for image, label in ((0, 1), (2, 3)):  # the test's files for training, too
        shutil.copy(folder / "mnist" / NAMES[2], folder / NAMES[image])
        shutil.copy(folder / "mnist" / NAMES[3], folder / NAMES[label])
    assert Mnist().load(folder).remarks[0].startswith("only a part of it: 200 of")


def test_files_of_several_folders_are_not_mixed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCLI_OFFLINE", "1")
    (folder / "mnist" / NAMES[0]).rename(folder / NAMES[0])
    with pytest.raises(MissingData, match="dataset mnist: its files are not here"):
        Mnist().load(folder)


def full(folder: Path, counts: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    """Files with as many labels of each class; the images would be large, so tests with these make them small."""
    for split, each in enumerate(counts):
        labels = np.repeat(np.arange(10), each)
        write(folder, NAMES[2 * split], np.zeros((len(labels), 28, 28)))
        write(folder, NAMES[2 * split + 1], labels)


def test_the_other_set_is_told_by_its_label_counts(tmp_path: Path) -> None:
    full(tmp_path, FashionMnist.published.label_counts)
    assert FashionMnist().load(tmp_path).remarks == ()
    message = r"train-labels-idx1-ubyte\.gz has 6000 each examples of the classes, but mnist has 5923, 6742, .*, 5949"
    with pytest.raises(DataError, match=message):
        Mnist().load(tmp_path)
    full(tmp_path, Mnist.published.label_counts)
    assert Mnist().load(tmp_path).remarks == ()
    with pytest.raises(DataError, match=r"has 5923, .* but fashion_mnist has 6000 each: .*a folder fashion_mnist/"):
        FashionMnist().load(tmp_path)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        (NAMES[0], np.zeros((200, 32, 32)), r"train-images.* has images of 32 x 32, expected 28 x 28"),
        (NAMES[0], np.zeros((199, 28, 28)), r"train-images.* has 199 images, but .*train-labels.* has 200 labels"),
        (NAMES[3], np.arange(60), r"t10k-labels-idx1-ubyte\.gz: label 10 is 10, expected 0 to 9"),
        (NAMES[1], np.zeros((200, 1)), r"train-labels.* begins with 0x00000802, expected 0x00000801"),
    ],
)
def test_wrong_files_are_refused(folder: Path, name: str, array: np.ndarray, message: str) -> None:
    write(folder / "mnist", name, array)
    with pytest.raises(DataError, match=message):
        Mnist().load(folder)


def test_empty_files_are_refused(folder: Path) -> None:
    write(folder / "mnist", NAMES[2], np.zeros((0, 28, 28)))
    write(folder / "mnist", NAMES[3], np.zeros(0))
    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte\.gz has no labels, expected at least 1"):
        Mnist().load(folder)


def test_absent_files_are_downloaded_and_read(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib

    monkeypatch.delenv("DLCLI_OFFLINE", raising=False)
    contents = [(folder / "mnist" / name).read_bytes() for name in NAMES]
    files = tuple(
        replace(file, size_bytes=len(content), digest=f"sha256:{hashlib.sha256(content).hexdigest()}")
        for file, content in zip(Mnist.published.files, contents, strict=True)
    )
    here = replace(Mnist.published, files=files, mirrors=(f"{(folder / 'mnist').as_uri()}/",))
    monkeypatch.setattr(Mnist, "published", here)
    loaded = Mnist().load(tmp_path / "data")
    assert sorted(path.name for path in (tmp_path / "data" / "mnist").iterdir()) == sorted(NAMES)
    assert loaded.fingerprint() == Mnist().load(folder).fingerprint()


# Against the published files


@pytest.fixture(scope="module")
def published() -> Data:
    folder = Path(os.environ.get("DLCLI_DATA", ""))
    if "DLCLI_DATA" not in os.environ or not (folder / "mnist" / NAMES[0]).is_file():
        pytest.skip("DLCLI_DATA names no folder with mnist/")
    return Mnist(validation=None).load(folder)


@pytest.mark.real_data
def test_mnist_is_as_published(published: Data) -> None:
    assert published.test is not None
    assert (published.train.x.shape, published.test.x.shape) == ((60000, 28, 28, 1), (10000, 28, 28, 1))
    assert np.bincount(published.train.y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    pixels = published.train.x[:] / 255
    assert pixels.mean() == pytest.approx(0.1307, abs=5e-5)
    assert pixels.std() == pytest.approx(0.3081, abs=5e-5)
    assert published.train.y[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert published.remarks == ()
    assert published.fingerprint() == "d9e10ca5a9fc5bff"


@pytest.mark.real_data
def test_a_tenth_of_each_class_is_held_out(published: Data) -> None:
    data = Mnist().load(Path(os.environ["DLCLI_DATA"]))
    assert data.validation is not None
    counts = np.bincount(published.train.y)
    held_out = np.bincount(data.validation.y)
    # Of classes whose tenth is no whole number, some are rounded up, so that it is a tenth of all.
    assert held_out.sum() == counts.sum() // 10
    assert np.all(np.abs(held_out - counts / 10) < 1)
    assert len(data.train) + len(data.validation) == 60000
