"""What holds for every dataset that is downloaded: its stand-in, and what happens where nothing is here."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import numpy as np
import pytest

from dlcli.datasets.cifar10 import Cifar10
from dlcli.datasets.data import Classes
from dlcli.datasets.fashion_mnist import FashionMnist
from dlcli.datasets.hapt import ACTIVITIES
from dlcli.datasets.mnist import Mnist
from dlcli.datasets.uci_har import UciHar
from dlcli.errors import MissingData

Published = Mnist | FashionMnist | Cifar10 | UciHar
DATASETS: dict[str, tuple[Published, tuple[int, ...], type, tuple[int, int], int]] = {
    "mnist": (Mnist(), (28, 28, 1), np.uint8, (200, 60), 10),
    "fashion_mnist": (FashionMnist(), (28, 28, 1), np.uint8, (200, 60), 10),
    "cifar10": (Cifar10(), (32, 32, 3), np.uint8, (200, 60), 10),
    "uci_har": (UciHar(), (128, 9), np.float32, (252, 54), 6),
}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a download was attempted")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)


@pytest.mark.parametrize("name", DATASETS)
def test_the_stand_in_is_read_by_the_loader_of_the_real_files(name: str, tmp_path: Path) -> None:
    dataset, shape, dtype, sizes, classes = DATASETS[name]
    dataset.write_stand_in(tmp_path)
    data = dataset.load(tmp_path)
    assert data.train is not None
    assert data.validation is not None
    assert data.test is not None
    assert (len(data.train) + len(data.validation), len(data.test)) == sizes
    for split in data.splits.values():
        assert split.x.shape == (len(split), *shape)
        assert split.x.dtype == dtype
        assert split.y.dtype == np.int32
        assert set(split.y.tolist()) == set(range(classes))
    assert isinstance(data.target, Classes)
    assert len(data.target.names) == classes
    assert data.remarks[0].startswith("only a part of it: ")


@pytest.mark.parametrize("name", DATASETS)
def test_the_stand_in_is_the_same_every_time(name: str, tmp_path: Path) -> None:
    dataset = DATASETS[name][0]
    contents = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        dataset.write_stand_in(folder)
        contents.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert contents[0] == contents[1]
    assert sum(map(len, contents[0].values())) < 10_000_000


@pytest.mark.parametrize("name", DATASETS)
def test_the_stand_in_can_be_learned(name: str, tmp_path: Path) -> None:
    """A ridge regression from the features (spectra of signals) to the classes is right far more often than chance."""
    dataset, *_, classes = DATASETS[name]
    dataset.write_stand_in(tmp_path)
    data = dataset.load(tmp_path)

    def features(x: np.ndarray) -> np.ndarray:
        seen = np.abs(np.fft.rfft(x, axis=1))[:, :20] if x.ndim == 3 else x / 255
        return seen.reshape(len(x), -1)

    assert data.test is not None
    a, b = features(data.train.x[:]), features(data.test.x[:])
    weights = np.linalg.solve(a @ a.T + np.eye(len(a)), np.eye(classes)[data.train.y])
    assert ((b @ a.T @ weights).argmax(axis=1) == data.test.y).mean() > 0.8


@pytest.mark.parametrize("name", DATASETS)
def test_validation_can_be_left_out_and_is_drawn_by_its_seed(name: str, tmp_path: Path) -> None:
    dataset = DATASETS[name][0]
    dataset.write_stand_in(tmp_path)
    cls = type(dataset)
    assert cls(validation=None).load(tmp_path).validation is None
    one, other = (cls(split_seed=seed).load(tmp_path) for seed in (0, 1))
    assert one.fingerprint() == cls().load(tmp_path).fingerprint()
    assert one.fingerprint() != other.fingerprint()
    assert one.test is not None
    assert other.test is not None
    np.testing.assert_array_equal(one.test.x, other.test.x)


@pytest.mark.parametrize("name", DATASETS)
def test_files_one_folder_down_are_found(name: str, tmp_path: Path) -> None:
    dataset = DATASETS[name][0]
    dataset.write_stand_in(tmp_path)
    before = dataset.load(tmp_path).fingerprint()
    (tmp_path / "down").mkdir()
    for path in [path for path in tmp_path.rglob("*") if path.is_file()]:
        path.rename(tmp_path / "down" / path.name)
    assert dataset.load(tmp_path).fingerprint() == before


@pytest.mark.parametrize("name", DATASETS)
def test_where_nothing_is_here_and_downloads_are_forbidden_it_says_what_to_do(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLCLI_OFFLINE", "1")
    with pytest.raises(MissingData, match=rf"dataset {name}: (?s:.*)https?://(?s:.*)DLCLI_OFFLINE=1 forbids") as caught:
        DATASETS[name][0].load(tmp_path / "nothing")
    assert len(str(caught.value).splitlines()) <= 24
    assert list(tmp_path.iterdir()) == []


def test_class_names() -> None:
    assert Mnist.published.classes == tuple("0123456789")
    assert FashionMnist.published.classes[::3] == ("t_shirt_top", "dress", "shirt", "ankle_boot")
    assert ACTIVITIES[0] == "walking"
