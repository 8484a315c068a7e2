"""The shipped file of the hapt dataset, the script that makes it, and what is said where it is missing or damaged."""

from __future__ import annotations

import importlib.util
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from dlcli.datasets import hapt
from dlcli.datasets.hapt import Hapt, Recording
from dlcli.errors import DataError
from dlcli.shipped import shipped

NOWHERE = Path("/nowhere")

FILE = shipped("data", "hapt", "hapt.npz")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "make_hapt.py"
    spec = importlib.util.spec_from_file_location("make_hapt", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_shipped_file_is_small_and_licensed() -> None:
    assert FILE.stat().st_size < 9_000_000
    licence = FILE.with_name("LICENSE.md").read_text(encoding="utf-8")
    for word in ("CC BY 4.0", "Reyes-Ortiz", "Oneto", "Samà", "Parra", "Anguita", "Ghio"):
        assert word in licence


def test_shipped_recordings() -> None:
    recordings: list[Recording] = hapt.read_recordings(FILE)
    assert [each.experiment for each in recordings] == list(range(1, 62))
    assert {each.subject for each in recordings} == set(range(1, 31))
    assert sum(len(each.acceleration) for each in recordings) == 1122772
    assert sum(len(each.segments) for each in recordings) == 1214
    for each in recordings:
        assert each.acceleration.shape == each.angular_velocity.shape == (len(each.acceleration), 3)
        assert each.segments.max() <= len(each.acceleration)
        assert (np.diff(each.segments[:, 1:].ravel()) >= 0).all()  # in time order, none inside another


def test_encoding_is_undone_exactly(script: ModuleType) -> None:
    counts = np.random.default_rng(0).integers(-32768, 32768, (1000, 6)).astype(np.int16)
    planes = script.encode_counts(counts)
    assert (planes.shape, planes.dtype) == ((2, 6, 1000), np.uint8)
    np.testing.assert_array_equal(hapt.decode_counts(planes), counts)


def test_counts_are_whole_or_refused(script: ModuleType) -> None:
    counts = np.random.default_rng(0).integers(-32768, 32768, (100, 6)).astype(np.int16)
    signals = counts * np.repeat([hapt.COUNT_G, hapt.COUNT_RAD_PER_S], 3)
    np.testing.assert_array_equal(script.to_counts(signals.astype(np.float32).astype(np.float64)), counts)
    signals[50, 4] += 1e-5
    with pytest.raises(SystemExit, match=r"off whole counts, expected at most 1\.19"):
        script.to_counts(signals)


def test_segments_are_the_labelled_stretches(script: ModuleType) -> None:
    labels = np.array([-1, 5, 5, 7, -1, -1, 5])
    assert script.segments_of(labels) == [[5, 1, 2], [7, 3, 3], [5, 6, 6]]


def test_equal_arrays_give_equal_bytes(script: ModuleType, tmp_path: Path) -> None:
    members = {"a": np.arange(1000), "b": np.zeros((3, 4), np.uint8)}
    content = script.npz(members)
    assert content == script.npz(members)
    (tmp_path / "a.npz").write_bytes(content)
    with np.load(tmp_path / "a.npz") as file:
        for name, values in members.items():
            np.testing.assert_array_equal(file[name], values)


def test_the_pickle_cannot_run_anything(script: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "evil.pkl"
    path.write_bytes(pickle.dumps(os.getcwd))
    with path.open("rb") as file, pytest.raises(pickle.UnpicklingError, match=r"names `\w+\.getcwd`, which is not"):
        script.Unpickler(file).load()


def test_missing_file_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hapt, "shipped", lambda *parts: tmp_path.joinpath(*parts))
    with pytest.raises(DataError, match=r"hapt\.npz is missing; reinstall dlcli, .* scripts/make_hapt\.py") as error:
        Hapt().load(NOWHERE)
    assert str(tmp_path) in str(error.value)


def _flip(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"no archive",
        lambda content: content[: len(content) // 2],
        lambda content: _flip(content, 3_000_000),
        lambda content: _flip(content, 0),
        lambda content: _flip(content, len(content) - 30),
    ],
    ids=["empty", "text", "half", "data", "header", "directory"],
)
def test_damaged_file_says_what_to_do(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "hapt.npz"
    path.write_bytes(damage(FILE.read_bytes()))
    with pytest.raises(
        DataError, match=r"hapt\.npz is damaged or not readable; reinstall dlcli, .* scripts/make_hapt\.py"
    ):
        hapt.read_recordings(path)


def test_file_with_other_members_is_damaged(tmp_path: Path) -> None:
    np.savez(tmp_path / "hapt.npz", planes=np.zeros((2, 6, 10), np.uint8))
    with pytest.raises(DataError, match=r"hapt\.npz is damaged"):
        hapt.read_recordings(tmp_path / "hapt.npz")
