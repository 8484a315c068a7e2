"""What a user is told when a recording, a file of labels or a folder is not as it should be."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.datasets.recordings import Recordings
from dlcli.errors import DataError
from tests.datasets.test_recordings import LABELS, PEOPLE, columns, load, write


def change(line: int, old: str, new: str) -> Callable[[str], str]:
    """Puts text into one line of a file, counted from 1."""

    def changed(text: str) -> str:
        lines = text.splitlines()
        assert old in lines[line - 1]
        lines[line - 1] = lines[line - 1].replace(old, new, 1)
        return "\n".join(lines)

    return changed


def numbered(folder: Path, **others: Any) -> Path:
    """Recordings whose values are easy to name: ax counts the samples."""
    for person in PEOPLE:
        draw = np.random.default_rng([*person.encode()])
        values: dict[str, Any] = {"time": np.arange(100) / 50, "ax": np.arange(100), "ay": draw.normal(size=100)}
        write(folder / f"{person}_01.csv", values | {"label": LABELS} | others)
    return folder


def said(folder: Path, **fields: Any) -> str:
    with pytest.raises(DataError) as caught:
        load(folder, **fields)
    return str(caught.value)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (change(4, ",2,", ",2g,"), r"line 4: `ax` is '2g', expected a finite number"),
        (change(4, ",2,", ",,"), r"line 4: `ax` is empty, expected a finite number"),
        (change(9, ",7,", ",NaN,"), r"line 9: `ax` is 'NaN', expected a finite number"),
        (change(9, ",7,", ",-inf,"), r"line 9: `ax` is '-inf', expected a finite number"),
        (change(9, ",7,", ",1e39,"), r"line 9: `ax` is '1e39', expected a finite number"),
        (change(4, ",2,", ",2,5,"), r"line 4: has 5 columns; expected 4, as in line 1 .*','"),
        (change(4, ",2,", ","), r"line 4: has 3 columns; expected 4, as in line 1"),
        (change(9, ",7,", ",7_0,"), r"line 9: `ax` is '7_0', expected a finite number"),
        (change(3, ",1,", ',"1,'), r"line 3: what begins here cannot be read .*every quote to be closed"),
        (change(1, "ax", "ay"), r"line 1: columns 1 and 2 are both named 'ay'; .*; rename one$"),
        (
            lambda text: text.split("\n", 1)[1].replace("walk", "1"),
            r"the first line is '0\.0,0,.*', expected the names",
        ),
        (lambda text: "", r"is empty; expected the names of columns, and rows"),
        (lambda text: text.split("\n")[0], r"holds 0 samples, expected at least 2"),
        (change(5, "0.06", "0.02"), r"line 5: time goes from 0\.04 to 0\.02, it must rise; .*time_column=null"),
        (change(5, "0.06", "0.04"), r"line 5: time goes from 0\.04 to 0\.04, it must rise"),
        (
            lambda text: re.sub(r"\n0\.(1[2468]?|08),.*", "", text),
            r"line 6: time goes from 0\.06 to 0\.2, a gap of 0\.14 s where 0\.02 is usual; split the recording",
        ),
        (change(1, "ay", "az"), r"ben_01\.csv and \S+anna_01\.csv have different channels; only one has ay, az"),
    ],
)
def test_damaged_tables(damage: Callable[[str], str], message: str, tmp_path: Path) -> None:
    path = numbered(tmp_path) / "ben_01.csv"
    path.write_text(damage(path.read_text()), encoding="utf-8")
    text = said(tmp_path)
    assert re.search(rf"{re.escape(str(path))}.*{message.removeprefix('ben_01' + chr(92) + '.csv')}", text)
    assert set(re.findall(r"dataset\.(\w+)", text)) <= set(Recordings.model_fields)


def test_a_table_in_another_encoding(tmp_path: Path) -> None:
    path = numbered(tmp_path) / "ben_01.csv"
    path.write_bytes(path.read_bytes().replace(b"walk", "gähn".encode("latin-1")))
    assert re.search(r"ben_01\.csv, line 2: byte b'\\xe4' is not utf-8 text; save the file as UTF-8$", said(tmp_path))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"channels": ("ax", "aya")}, r"has no column `aya` \(did you mean `ay`\?\); its columns: time, ax, ay, label"),
        ({"label_column": "lable"}, r"has no column `lable` \(did you mean `label`\?\)"),
        ({"time_column": "zeit"}, r"has no column `zeit`; its columns: time"),
        ({"file_names": None, "subject_column": "who"}, r"has no column `who`"),
        ({"channels": ("ax", "label")}, r"line 2: `label` is 'walk', expected a finite number"),
        (
            {"rate_hz": 100},
            r"anna_01\.csv: by its time column, taken to be in s, there are 50 samples per second; dataset\.rate_hz "
            r"\(=100\) must be within 2% of that$",
        ),
        ({"time_unit": "ms", "rate_hz": 50}, r"there are 50000 samples.*Is the column in s\? .* dataset\.time_unit=s"),
        ({"classes": ("walk", "sits")}, r"dataset\.classes has 'sits' \(did you mean `sit`\?\)"),
        ({"ignore": ("wlk",)}, r"dataset\.ignore has 'wlk' \(did you mean `walk`\?\).*labels: \['sit', 'walk'\]"),
        ({"label_column": None}, r"no sample has a label; .* or as intervals in \S+labels\.csv"),
        ({"window": 41}, r"`window` \(=41\) must not exceed 30 samples, the longest .* of sit; .* dataset\.ignore"),
        ({"resample_hz": 10}, r"`window` \(=10\) must not exceed 6 samples, the longest recorded segment of sit"),
        (
            {"file_names": "{subject}-{n}.csv"},
            r"anna_01\.csv does not fit dataset\.file_names \(\{subject\}-\{n\}\.csv\)",
        ),
        (
            {
                "filters": {"acceleration": ("ax", "ay", "ax"), "angular_velocity": ("ax", "ay", "ax")},
                "resample_hz": 40,
            },
            r"anna_01\.csv has 40 samples per second, `filters` need more than 40",
        ),
        (
            {"time_column": None, "resample_hz": 40},
            r"anna_01\.csv does not say its sampling rate, which `resample_hz` needs: set dataset\.rate_hz",
        ),
        (
            {
                "filters": {"acceleration": ("ax", "ay", "ax"), "angular_velocity": ("ax", "ay", "ax")},
                "time_column": None,
            },
            r"anna_01\.csv does not say its sampling rate, which `filters` needs: set dataset\.rate_hz",
        ),
        ({"test": {"fraction": 0.9}}, r"`test` \(=\{fraction: 0\.9, by: group\}\) leaves nothing to train on"),
    ],
)
def test_specs_that_do_not_fit_the_files(fields: dict[str, Any], message: str, tmp_path: Path) -> None:
    assert re.search(message, said(numbered(tmp_path), **fields))


def test_more_than_one_column_that_could_be_meant(tmp_path: Path) -> None:
    numbered(tmp_path, activity=LABELS)
    assert "anna_01.csv has columns label, activity: choose one by dataset.label_column" in said(tmp_path)
    assert load(tmp_path, label_column="activity").target.names == ("sit", "walk")


@pytest.mark.parametrize(
    ("subject", "message"),
    [
        ([*["anna"] * 50, *["ben"] * 50], r"line 52: `subject` is 'ben', expected 'anna' as above; put each subject"),
        (["anna", *[""] * 99], r"line 3: `subject` is '', expected a name"),
    ],
)
def test_subject_columns_that_do_not_say_who(subject: list[str], message: str, tmp_path: Path) -> None:
    assert re.search(message, said(numbered(tmp_path, subject=subject), file_names=None))


def test_subjects_of_some_recordings_alone(tmp_path: Path) -> None:
    numbered(tmp_path)
    write(tmp_path / "ben_01.csv", columns(0, subject=["ben"] * 100))
    message = r"anna_01\.csv does not say who was recorded, but \S+ben_01\.csv does; name all or none"
    assert re.search(message, said(tmp_path, file_names=None))


def test_no_sensor_values(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", {"time": [0, 1], "note": ["a", "b"]})
    assert re.search(r"a\.csv has no columns of sensor values beside note", said(tmp_path, file_names=None))


def test_folders_without_recordings_and_names_given_twice(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "anna" / "a.csv", columns(0))
    assert re.search(r"deep holds no recordings, expected \.csv or \.npz files; .*file_names", said(tmp_path / "deep"))
    write(tmp_path / "a.csv", columns(0))
    np.savez(tmp_path / "a.npz", signals=np.zeros((9, 2)))
    assert re.search(r"a\.npz and \S+a\.csv have the same name", said(tmp_path, file_names=None))


@given(st.text(st.sampled_from('a1,;\t\n\r".-e \x00'), max_size=40), st.booleans())
def test_whatever_a_file_holds_users_are_told_in_words(text: str, named: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        content = f"ax,label\n1,a\n2,a\n{text}" if named else text
        (Path(folder) / "a.csv").write_text(content, encoding="utf-8", newline="")
        with pytest.raises(DataError):  # one recording cannot be split
            load(Path(folder), file_names=None, window=2)


# Intervals


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("anna_01,0.5,0.2,walk", r"labels\.csv, line 2: 'walk' from 0\.5 to 0\.2 must end after it starts"),
        ("anna_01,0.5,0.5,walk", r"labels\.csv, line 2: 'walk' from 0\.5 to 0\.5 must end after it starts"),
        (
            "anna_01,0,2.1,walk",
            r"line 2: 'walk' from 0 to 2\.1 lies outside the recording, which goes from 0 to 1\.98; .*`interval_unit`",
        ),
        ("anna_01,-1,1,walk", r"line 2: 'walk' from -1 to 1 lies outside the recording"),
        (
            "anna_01,1,2,walk\nben_01,0,2,sit\nanna_01,0,1.1,sit",
            r"line 2: 'walk' from 1 to 2 overlaps 'sit' from 0 to 1\.1 \(\S+labels\.csv, line 4\)",
        ),
        ("anna_02,0,1,walk", r"line 2: there is no recording 'anna_02' \(did you mean `anna_01`\?\)"),
        ("anna_01,0,x,walk", r"line 2: `end` is 'x', expected a finite number"),
        ("anna_01,0,1,", r"line 2: '' from 0 to 1: the label is empty"),
        ("anna_01,0,1", r"line 2: has 3 columns; expected 4"),
    ],
)
def test_wrong_intervals(rows: str, message: str, tmp_path: Path) -> None:
    (numbered(tmp_path) / "labels.csv").write_text(f"recording,start,end,label\n{rows}\n", encoding="utf-8")
    assert re.search(message, said(tmp_path, label_column=None))


def test_files_of_labels_that_do_not_fit(tmp_path: Path) -> None:
    (numbered(tmp_path) / "labels.csv").write_text("recording,start,stop,label\nanna_01.csv,0,1,walk\n")
    assert re.search(r"labels\.csv has no column `end`; its columns: recording, start, stop", said(tmp_path))
    (tmp_path / "labels.csv").write_text("recording,start,end,label\nanna_01.csv,0,1,walk\n")
    message = r"anna_01\.csv has labels of its own and intervals .*; remove one, or set dataset\.label_column=null"
    assert re.search(message, said(tmp_path))
    message = r"anna_01\.csv does not say its sampling rate, which times .*interval_unit=samples"
    assert re.search(message, said(tmp_path, label_column=None, time_column=None))
    (tmp_path / "anna_01.labels.csv").write_text("start,end,label\n0,1,walk\n")
    assert re.search(r"anna_01 has intervals in \S+anna_01\.labels\.csv and in \S+/labels\.csv", said(tmp_path))


# .npz


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"signals": None, "signal": np.zeros((9, 2))}, r"there is no array `signals` \(did you mean `signal`\?\)"),
        ({"signals": np.zeros(9)}, r"`signals` has shape \(9,\), expected \(samples, channels\)"),
        ({"signals": np.array([["a", "b"]] * 9)}, r"`signals` holds text, expected numbers: .*'a'"),
        ({"signals": np.array([[0, 1], [2, np.nan]])}, r"sample 1: `channel_2` is nan, expected a finite number"),
        ({"signals": np.zeros((1, 2)), "labels": ["a"]}, r"holds 1 samples, expected at least 2"),
        ({"channels": ["ax"]}, r"`channels` names 1, but `signals` has 2"),
        ({"labels": ["a"] * 8}, r"`labels` has shape \(8,\), expected \(9,\): one for each sample"),
        ({"intervals": [[0, 4]], "labels": None}, r"`labels` has shape None, expected \(1,\): .* of the `intervals`"),
        ({"intervals": [0, 4], "labels": ["a", "b"]}, r"`intervals` has shape \(2,\), expected \(intervals, 2\)"),
        ({"intervals": [[0, np.nan]], "labels": ["a"]}, r"interval 0: 'a' from 0 to nan must end after it starts"),
        ({"intervals": [[0, 10]], "labels": ["a"]}, r"interval 0: 'a' from 0 to 10 lies outside .* from 0 to 8"),
        ({"intervals": [[-1, 3]], "labels": ["a"]}, r"interval 0: 'a' from -1 to 3 lies outside"),
        ({"rate_hz": [50, 60]}, r"`rate_hz` is \[50\.0, 60\.0\], expected one number above 0"),
        ({"rate_hz": 0}, r"`rate_hz` is \[0\.0\], expected one number above 0"),
        ({"rate_hz": 40}, r"its `rate_hz` is 40; dataset\.rate_hz \(=50\) must be within 2% of it"),
        (
            {"labels": np.array(["a", None] * 4 + ["a"])},
            r"`labels` cannot be read \(Object arrays .* as numbers or text",
        ),
    ],
)
def test_wrong_arrays(arrays: dict[str, Any], message: str, tmp_path: Path) -> None:
    members = {"signals": np.zeros((9, 2)), "labels": ["a"] * 9} | arrays
    np.savez(tmp_path / "a_1.npz", **{name: np.asarray(each) for name, each in members.items() if each is not None})
    assert re.search(rf"a_1\.npz.*{message}", said(tmp_path, rate_hz=50, file_names="{subject}_{n}.npz"))


def test_npz_files_that_are_none_or_lack_a_channel(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 no archive")
    assert re.search(r"a\.npz: is not an \.npz file \(.*numpy\.savez", said(tmp_path, file_names=None))
    np.savez(tmp_path / "a.npz", signals=np.zeros((9, 2)), channels=["ax", "ay"])
    message = r"a\.npz has no channel `axx` \(did you mean `ax`\?\); it has: \['ax', 'ay'\]"
    assert re.search(message, said(tmp_path, file_names=None, channels=("ay", "axx")))
