"""A user's own recordings as frames: lengths that vary, labels of frames or intervals, wholes and windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.datasets.checks import check
from dlcli.datasets.data import Data, Timelines
from dlcli.datasets.frames import Frames
from dlcli.errors import DataError, MissingData

NOWHERE = Path("/nowhere")
LENGTHS = {"anna": 20, "ben": 33, "cleo": 26, "dan": 8, "eve": 40}


def features(seed: int, frames: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(frames, 3)).astype(np.float32)


def labels(frames: int) -> np.ndarray:
    """Pouring, then a frame that nobody has told, then nothing, then stirring."""
    of = np.array(["pour"] * frames, "U8")
    of[frames // 3], of[frames // 3 + 1 :], of[2 * frames // 3 :] = "", "nothing", "stir"
    return of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, (name, frames) in enumerate(LENGTHS.items()):
        np.savez(tmp_path / f"{name}_1.npz", signals=features(seed, frames), labels=labels(frames), rate_hz=5.0)
    return tmp_path


def load(folder: Path, **fields: Any) -> Data:
    values = {"path": str(folder), "file_names": "{subject}_{session}.npz", "background": ("nothing",), **fields}
    data = Frames.model_validate(values).load(NOWHERE)
    check(data, "frames")
    return data


def test_whole_recordings_are_examples_filled_up_to_the_longest(folder: Path) -> None:
    data = load(folder)
    assert data.padded
    assert [len(split) for split in data.splits.values()] == [3, 1, 1]
    for split in data.splits.values():
        assert split.x.shape[1:] == (40, 3)
        for x, y, person, place in zip(split.x, split.y, split.groups, split.places, strict=True):
            length, seed = LENGTHS[person], list(LENGTHS).index(person)
            np.testing.assert_array_equal(x[:length], features(seed, length))
            assert np.isnan(x[length:]).all()
            names = [data.target.names[label] if label >= 0 else "" for label in y[:length]]
            assert names == labels(length).tolist()
            assert (y[length:] == -1).all()
            assert place.tolist() == [seed, 0, 0, length]


def test_background_comes_last_and_is_not_sought(folder: Path) -> None:
    target = load(folder).target
    assert isinstance(target, Timelines)
    assert (target.names, target.sought, target.rate_hz) == (("pour", "stir", "nothing"), 2, 5.0)
    assert target.name_of(1) == "ben_1"
    assert load(folder, background=()).target.sought == 3
    given = load(folder, classes=("stir", "pour", "nothing")).target
    assert (given.names, given.sought) == (("stir", "pour", "nothing"), 2)


def test_labels_that_are_left_out_or_ignored_are_none(folder: Path) -> None:
    both = load(folder, ignore=("nothing",), background=()), load(folder, classes=("pour", "stir"), background=())
    for data in both:
        assert data.target.names == ("pour", "stir")
        assert data.fingerprint() == both[0].fingerprint()
        assert (data.train.y >= 0).sum() < (load(folder).train.y >= 0).sum()


def test_windows_are_cut_where_they_are_asked_for(folder: Path) -> None:
    data = load(folder, steps=10, stride=5)
    assert data.train.x.shape[1:] == (10, 3)
    assert data.padded  # dan's recording is shorter
    for split in (data.validation, data.test):
        judged = sum(end - first for _, _, first, end in split.places.tolist())
        assert judged == sum(LENGTHS[person] for person in np.unique(split.groups))
    assert not load(folder, steps=8).padded


def test_intervals_and_csv_files_say_the_same(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("csv")
    for seed, (name, frames) in enumerate(LENGTHS.items()):
        rows = zip(features(seed, frames).tolist(), labels(frames), strict=True)
        lines = [",".join([*map(repr, values), label]) for values, label in rows]
        (other / f"{name}_1.csv").write_text("\n".join(["a,b,c,label", *lines, ""]))
    with pytest.raises(DataError, match=r"anna_1\.csv does not say how many frames .* set dataset\.rate_hz") as caught:
        load(other, file_names="{subject}_{session}.csv")
    assert caught.value.at == ("dataset", "rate_hz")
    of_csv = load(other, file_names="{subject}_{session}.csv", rate_hz=5.0)
    assert of_csv.fingerprint() == load(folder).fingerprint()


def test_intervals_stand_in_a_file_beside_them(folder: Path) -> None:
    whole = load(folder)
    rows = ["recording,start,end,label"]
    for seed, (name, frames) in enumerate(LENGTHS.items()):
        np.savez(folder / f"{name}_1.npz", signals=features(seed, frames), rate_hz=5.0)
        third, two = frames // 3, 2 * frames // 3
        for first, end, label in ((0, third, "pour"), (third + 1, two, "nothing"), (two, frames, "stir")):
            rows.append(f"{name}_1,{first / 5},{end / 5},{label}")
    (folder / "labels.csv").write_text("\n".join(rows))
    assert load(folder).fingerprint() == whole.fingerprint()


@pytest.mark.parametrize("classes", [None, ("pour", "stir", "nothing")])
def test_made_up_recordings_have_a_class_to_seek_and_those_of_the_background(tmp_path: Path, classes) -> None:
    spec = Frames(path="features", background=("nothing",), classes=classes, file_names="{subject}_{session}.npz")
    spec.write_stand_in(tmp_path)
    data = spec.load(tmp_path)
    check(data, "frames")
    assert isinstance(data.target, Timelines)
    assert data.target.names == (classes or ("sitting", "standing", "walking", "nothing"))


def test_equal_recordings_on_two_sides_are_refused(folder: Path) -> None:
    for name in LENGTHS:
        np.savez(folder / f"{name}_1.npz", signals=features(0, 20), labels=labels(20), rate_hz=5.0)
    with pytest.raises(DataError, match="equals recording"):
        load(folder)
    assert load(folder, duplicates="allow").train.x.shape == (3, 20, 3)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"background": ("nothin",)}, r"dataset\.background has 'nothin' \(did you mean `nothing`\?\), .* no class"),
        ({"background": ("nothing", "pour", "stir")}, r"have the labels .*expected two classes or more, one to seek"),
        ({"ignore": ("pour", "stir"), "background": ()}, r"labels \['nothing'\]; expected two classes"),
        ({"classes": ("poor", "nothing")}, r"dataset\.classes has 'poor' \(did you mean `pour`\?\)"),
        ({"rate_hz": 9.0}, r"its `rate_hz` is 5; dataset\.rate_hz \(=9\)"),
    ],
)
def test_what_the_files_do_not_bear_out_is_refused(folder: Path, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(folder, **fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"stride": 4}, r"`stride` \(=4\) is of windows"),
        (
            {"classes": ("nothing", "pour"), "background": ("nothing",)},
            r"`classes` .* must end with those of `backg",
        ),
        ({"classes": ("a", "b"), "background": ("b", "a")}, r"`background` \(=\['b', 'a'\]\) must leave a class"),
        ({"ignore": ("nothing",)}, r"`ignore` \(=\['nothing'\]\) must not name classes"),
        ({"background": ("a", "a")}, r"`background` .* must name each once"),
        ({"file_names": "{subject.npz"}, r"`file_names` \(=\{subject\.npz\)"),
    ],
)
def test_fields_that_disagree_are_refused(folder: Path, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        load(folder, **fields)


def test_what_would_fill_the_memory_is_refused_with_what_helps(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlcli.datasets.timelines.own._MAX_BYTES", 1000)
    with pytest.raises(DataError, match=r"of 40 frames take .* recording has 40\); set dataset\.steps to something"):
        load(folder)


def test_a_file_in_the_place_of_the_folder_is_refused_and_nothing_at_all_is_missing(folder: Path) -> None:
    with pytest.raises(DataError, match=r"anna_1\.npz is a file; dataset\.path must name the folder"):
        load(folder / "anna_1.npz")
    with pytest.raises(MissingData, match="absent"):
        load(folder / "absent")
