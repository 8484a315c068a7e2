"""A user's own recordings: what windows they give, whatever form they come in."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.datasets.data import Data, pooled
from dlcli.datasets.recordings import Recordings
from dlcli.datasets.sensors.windows import inertial_channels
from dlcli.errors import DataError, MissingData

NOWHERE = Path("/nowhere")
LABELS = np.repeat(["walk", "", "sit", "walk"], [40, 5, 30, 25])
INTERVALS = [("walk", 0, 40), ("sit", 45, 75), ("walk", 75, 100)]
PEOPLE = ("anna", "ben", "cleo", "dan")


def signals(seed: int, samples: int = 100) -> np.ndarray:
    """Every value its own, so that a window tells where it was cut."""
    return np.random.default_rng(seed).normal(size=(samples, 2))


def write(path: Path, columns: Mapping[str, Sequence[Any] | np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([list(columns), *zip(*columns.values(), strict=True)])


def columns(seed: int, **others: Sequence[Any] | np.ndarray) -> dict[str, Sequence[Any] | np.ndarray]:
    ax, ay = signals(seed).T
    return {"ax": ax, "ay": ay, "label": LABELS} | others


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, person in enumerate(PEOPLE):
        write(tmp_path / f"{person}_01.csv", columns(seed))
    return tmp_path


def load(folder: Path, **fields: Any) -> Data:
    values = {"path": str(folder), "window": 10, "file_names": "{subject}_{session}.csv", **fields}
    return Recordings.model_validate(values).load(NOWHERE)


def same(one: Data, other: Data) -> bool:
    return one.fingerprint() == other.fingerprint()


# What comes out


def test_windows_are_the_samples_of_the_files(folder: Path) -> None:
    whole = pooled(load(folder))
    assert (whole.x.dtype, whole.y.dtype, whole.x.shape[1:]) == (np.float32, np.int32, (10, 2))
    assert whole.groups is not None
    for seed, person in enumerate(PEOPLE):
        of = whole.groups == person
        starts = [*range(0, 31, 5), *range(45, 66, 5), *range(75, 91, 5)]
        expected = np.stack([signals(seed)[start : start + 10] for start in starts]).astype(np.float32)
        np.testing.assert_array_equal(whole.x[of], expected)
        assert whole.y[of].tolist() == [1] * 7 + [0] * 5 + [1] * 4  # classes are sorted: sit, walk


def test_both_formats_and_all_ways_of_labelling_give_the_same(folder: Path, tmp_path: Path) -> None:
    expected = load(folder)
    ways = [tmp_path / name for name in ("npz", "npz_intervals", "one_file", "file_each", "times")]
    rows = [(f"{person}_01", *each) for person in PEOPLE for each in INTERVALS]
    for seed, person in enumerate(PEOPLE):
        own = {"signals": signals(seed), "channels": ["ax", "ay"], "rate_hz": 50}
        bounds = np.array([each[1:] for each in INTERVALS])
        for way in ways[:2]:
            way.mkdir(exist_ok=True)
        np.savez(ways[0] / f"{person}_01.npz", **own, labels=LABELS)
        np.savez(ways[1] / f"{person}_01.npz", **own, intervals=bounds, labels=[each[0] for each in INTERVALS])
        plain = {name: values for name, values in columns(seed).items() if name != "label"}
        for way in ways[2:4]:
            write(way / f"{person}_01.csv", plain)
        label, start, end = zip(*INTERVALS, strict=True)
        write(ways[3] / f"{person}_01.labels.csv", {"label": label, "start": start, "end": end})
        write(ways[4] / f"{person}_01.csv", plain | {"time_ms": 7000 + 20 * np.arange(100)})
    names, label, start, end = (np.array(each) for each in zip(*rows, strict=True))
    write(ways[2] / "labels.csv", {"recording": names, "start": start / 50, "end": end / 50, "label": label})
    write(
        ways[4] / "labels.csv",
        {"recording": names, "start": 7000 + 20 * start, "end": 7000 + 20 * end} | {"label": label},
    )
    npz = {"file_names": "{subject}_{session}.npz"}
    fields: list[dict[str, object]] = [npz, npz, {"rate_hz": 50}, {"interval_unit": "samples"}, {}]
    for way, more in zip(ways, fields, strict=True):
        assert same(load(way, **more), expected), way.name


def test_tables_may_be_parted_by_semicolons_or_tabs_and_begin_with_a_mark(folder: Path) -> None:
    expected = load(folder)
    for person, mark in zip(PEOPLE, ";\t;\t", strict=True):
        path = folder / f"{person}_01.csv"
        path.write_text(path.read_text().replace(",", mark), encoding="utf-8-sig")
    assert same(load(folder, channels=("ax", "ay")), expected)


def test_lines_without_values_are_no_samples(folder: Path) -> None:
    expected = load(folder)
    for person in PEOPLE:
        path = folder / f"{person}_01.csv"
        path.write_text(path.read_text() + ",,\n\n, ,\n")
    assert same(load(folder), expected)


def test_arrays_are_used_as_the_spec_says(folder: Path, tmp_path: Path) -> None:
    for seed, person in enumerate(PEOPLE):
        own = {"signals": signals(seed), "channels": ["ax", "ay"], "labels": LABELS[::-1], "subject": f"{person}'s"}
        (tmp_path / "npz").mkdir(exist_ok=True)
        np.savez(tmp_path / "npz" / f"{person}_01.npz", **own, more=0)
        bounds = np.array([each[1:] for each in INTERVALS]).T
        rows = {"start": bounds[0], "end": bounds[1], "label": [each[0] for each in INTERVALS]}
        write(tmp_path / "npz" / f"{person}_01.labels.csv", rows)
    fields = {"file_names": "{subject}_{session}.npz", "label_column": None, "interval_unit": "samples"}
    data = load(tmp_path / "npz", **fields, channels=("ay", "ax"))
    assert same(data, load(folder, channels=("ay", "ax")))
    assert data.remarks == ("columns that were not used: more",)
    groups = pooled(load(tmp_path / "npz", **fields | {"file_names": None})).groups
    assert groups is not None
    assert set(groups.tolist()) == {f"{person}'s" for person in PEOPLE}


def test_subjects_come_from_names_folders_or_a_column_and_stay_whole(folder: Path, tmp_path: Path) -> None:
    for seed, person in enumerate(PEOPLE):
        write(folder / f"{person}_02.csv", columns(seed + 10))
        for session in (1, 2):
            more = columns(seed + (session == 2) * 10)
            write(tmp_path / "deep" / person / f"{session:02d}.csv", more)
            write(tmp_path / "column" / f"{person}-{session}.csv", more | {"user": [person] * 100})
    expected = load(folder)
    of = {name: set(split.groups.tolist()) for name, split in expected.splits.items() if split.groups is not None}
    assert {name: len(each) for name, each in of.items()} == {"train": 2, "validation": 1, "test": 1}
    assert set().union(*of.values()) == set(PEOPLE)
    assert same(load(tmp_path / "deep", file_names="{subject}/{session}.csv"), expected)
    assert same(load(tmp_path / "column", file_names=None), expected)


def test_without_subjects_each_recording_stands_alone_and_users_are_told(folder: Path) -> None:
    data = load(folder, file_names=None)
    groups = [set(split.groups.tolist()) for split in data.splits.values() if split.groups is not None]
    assert sorted(map(len, groups)) == [1, 1, 2]
    assert set().union(*groups) == {f"{person}_01" for person in PEOPLE}
    assert any("no subjects are named" in remark for remark in data.remarks)
    assert load(folder).remarks == ()


def test_other_files_in_the_folder_are_no_recordings(folder: Path) -> None:
    expected = load(folder)
    for name in ("notes.txt", "._anna_01.csv", ".~lock.anna_01.csv#"):
        (folder / name).write_bytes(b"\x00\xff")
    assert same(load(folder), expected)


def test_what_is_no_channel_is_left_out_and_told(folder: Path) -> None:
    for seed, person in enumerate(PEOPLE):
        odd = {"": range(100), "timestamp": np.arange(100) / 50, "device": ["left"] * 100}
        write(folder / f"{person}_01.csv", odd | columns(seed))
    data = load(folder)
    assert same(data, load(folder, channels=("ax", "ay")))
    assert data.remarks == ("columns that were not used: column_0, device",)
    assert load(folder, channels=("ay",)).train.x.shape[-1] == 1


def test_recordings_without_a_window_are_told(folder: Path) -> None:
    write(folder / "eva_01.csv", {name: values[40:60] for name, values in columns(5).items()})
    (remark,) = load(folder, window=16).remarks
    assert remark == "no labelled stretch is as long as a window (16 samples) in 1 of 5 recordings: eva_01"


def test_columns_may_stand_in_another_order(folder: Path) -> None:
    expected = load(folder)
    write(folder / "ben_01.csv", dict(reversed(columns(1).items())))
    assert same(load(folder), expected)


def test_classes_are_chosen_ordered_and_left_out(folder: Path) -> None:
    for seed, person in enumerate(PEOPLE):
        write(folder / f"{person}_01.csv", columns(seed, label=np.repeat(["10", "9", "2", "10"], [40, 15, 20, 25])))
    assert load(folder).target.names == ("2", "9", "10")
    chosen = load(folder, classes=("10", "2"))
    assert chosen.target.names == ("10", "2")
    assert same(load(folder, ignore=("9",), classes=None), load(folder, classes=("2", "10")))
    assert set(pooled(chosen).y.tolist()) == {0, 1}


def test_filters_make_the_nine_channels(tmp_path: Path) -> None:
    names = ["gx", "gy", "gz", "ax", "ay", "az"]
    raw = {person: np.random.default_rng(seed).normal(size=(100, 6)) for seed, person in enumerate(PEOPLE)}
    for person, values in raw.items():
        write(tmp_path / f"{person}_1.csv", dict(zip(names, values.T, strict=True)) | {"activity": LABELS})
    filters = {"acceleration": ("ax", "ay", "az"), "angular_velocity": ("gx", "gy", "gz")}
    whole = pooled(load(tmp_path, filters=filters, rate_hz=50))
    assert whole.groups is not None
    for person, values in raw.items():
        expected = inertial_channels(values[:, 3:], values[:, :3], 50.0)[:10].astype(np.float32)
        np.testing.assert_array_equal(whole.x[whole.groups == person][0], expected)


# Rates


def test_recordings_of_several_rates_are_brought_to_one(folder: Path) -> None:
    for seed, person in enumerate(PEOPLE):
        rate = 50 if seed % 2 else 100
        write(folder / f"{person}_01.csv", columns(seed, time=np.arange(100) / rate))
    data = load(folder, resample_hz=50, window=8)
    whole = pooled(data)
    assert whole.groups is not None
    assert sum(whole.groups == "ben") > 1.5 * sum(whole.groups == "anna")
    with pytest.raises(
        DataError, match=r"ben_01\.csv has 50 samples per second, \S+anna_01\.csv has 100; .*resample_hz"
    ):
        load(folder)


# Refusals of the spec


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"file_names": "data.csv"}, r"`file_names` \(=data\.csv\) must hold names in braces"),
        ({"file_names": "{subject.csv"}, r"`file_names` \(=\{subject\.csv\) must hold names in braces"),
        ({"file_names": "{a}_{a}.csv"}, r"`file_names` \(=\{a\}_\{a\}\.csv\) must hold each name in braces once"),
        ({"file_names": "{subject}.txt"}, r"`file_names` \(=\{subject\}\.txt\) must end in \.csv or \.npz"),
        ({"channels": ("ax", "ax")}, r"`channels` \(=\['ax', 'ax'\]\) must name each once"),
        (
            {"channels": ("ax",), "filters": {"acceleration": tuple("abc"), "angular_velocity": tuple("def")}},
            r"`channels` \(=\['ax'\]\) must be absent where `filters`",
        ),
        ({"classes": ("a", "b"), "ignore": ("b",)}, r"`ignore` \(=\['b'\]\) must not name classes; \['b'\] are in"),
        ({"subject_column": "who"}, r"`subject_column` \(=who\) must be absent: `file_names` has the subject"),
        ({"test": {"by": "chance"}}, r"`test\.by` \(=chance\) must be group, or `overlap` 0"),
        ({"validation": {"by": "class"}}, r"`validation\.by` \(=class\) must be group, or `overlap` 0"),
    ],
)
def test_wrong_fields_are_refused(fields: dict[str, object], message: str) -> None:
    values = {"path": "x", "file_names": "{subject}_{n}.csv"} | fields
    with pytest.raises(ValidationError, match=message):
        Recordings.model_validate(values)


def test_without_overlap_the_last_windows_may_be_held_out_but_no_person_by_class(folder: Path) -> None:
    data = load(folder, overlap=0.0, test={"by": "time", "fraction": 0.25}, validation=None)
    assert data.validation is None
    assert data.test is not None
    assert len(data.test) == round(0.25 * (len(data.train) + len(data.test)))
    with pytest.raises(DataError, match=r"group 'anna' stands in the train and in the test split"):
        load(folder, overlap=0.0, test={"by": "class", "fraction": 0.25}, validation=None)


# Where they are, and made-up ones


def test_the_folder_is_found_from_here_or_in_the_data_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = load(folder)
    monkeypatch.chdir(folder.parent)
    assert same(load(Path(folder.name)), expected)
    monkeypatch.chdir("/")
    spec = Recordings.model_validate({"path": folder.name, "window": 10, "file_names": "{subject}_{session}.csv"})
    assert same(spec.load(folder.parent), expected)
    with pytest.raises(MissingData, match=r"^my_sensors: there is no such .* from /, in the data folder /nowhere"):
        load(Path("my_sensors"))
    with pytest.raises(DataError, match=r"anna_01\.csv is a file; dataset\.path must name the folder"):
        load(folder / "anna_01.csv")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"file_names": "{subject}/{session}.csv", "time_column": "t_ms", "classes": ("up", "down"), "ignore": ("x",)},
        {"file_names": "{subject}_{session}.npz", "rate_hz": 100, "resample_hz": 25, "channels": ("a", "b")},
        {"label_column": None, "time_column": "at", "time_unit": "ns", "subject_column": "who"},
        {"label_column": None, "interval_unit": "samples", "time_column": None},
        {"filters": {"acceleration": ("a", "b", "c"), "angular_velocity": ("d", "e", "f")}, "path": "/away/mine"},
    ],
)
def test_made_up_recordings_are_read_by_the_same_spec(fields: dict[str, Any], tmp_path: Path) -> None:
    spec = Recordings.model_validate({"path": "mine", "window": 32} | fields)
    with pytest.raises(MissingData):
        spec.load(tmp_path)
    spec.write_stand_in(tmp_path)
    data = spec.load(tmp_path)
    assert data.target.names == fields.get("classes", ("sitting", "standing", "walking"))
    assert all(set(split.y.tolist()) == set(range(len(data.target.names))) for split in data.splits.values())
    assert len(set(pooled(data).groups.tolist())) == 10  # type: ignore[union-attr]
    # They can be learnt: the mean of a window tells its class.
    means = np.array([data.train.x[data.train.y == k].mean() for k in range(len(data.target.names))])
    assert data.test is not None
    if spec.filters is None:
        guess = np.abs(data.test.x[:].mean(axis=(1, 2))[:, None] - means).argmin(axis=1)
        assert (guess == data.test.y).mean() > 0.95
    spec.write_stand_in(tmp_path)
    assert same(spec.load(tmp_path), data)


def test_a_label_that_differs_only_in_case_is_remarked_on(folder: Path) -> None:
    slip = [label.upper() for label in LABELS]
    write(folder / f"{PEOPLE[0]}_02.csv", columns(9, label=slip))
    remarks = " ".join(load(folder, test=None, validation=None).remarks)
    for label in sorted(set(filter(None, LABELS))):
        assert f"`{label.upper()}` and `{label}` are two classes" in remarks
