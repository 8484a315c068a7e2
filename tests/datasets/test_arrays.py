"""Arrays of a user's own: by which names they are found, what stays on disk, and what is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.datasets.arrays import Npz
from dlcli.datasets.checks import check
from dlcli.datasets.data import Classes, Reals, pooled
from dlcli.datasets.rows import Rows
from dlcli.errors import DataError, MissingData

X = np.random.default_rng(0).normal(size=(60, 4, 2)).astype(np.float32)
Y = np.arange(60) % 3


def saved(folder: Path, form: str = "npz", **arrays: Any) -> str:
    """Saves arrays as a file or as a folder; returns its name."""
    if form == "npy":
        (folder / "a").mkdir()
        for name, array in arrays.items():
            np.save(folder / "a" / f"{name}.npy", array)
        return "a"
    save = np.savez_compressed if form == "compressed" else np.savez
    save(folder / "a.npz", **arrays)
    return "a.npz"


@pytest.mark.parametrize("form", ["npz", "compressed", "npy", "mapped"])
def test_every_form_gives_the_same_data(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if form == "mapped":
        monkeypatch.setattr("dlcli.datasets.files.array_file._MAP_BYTES", 1)
    path = saved(tmp_path, form, x=X, y=Y)
    data = Npz(path=path).load(tmp_path)
    assert isinstance(data.train.x, Rows) == (form in ("npy", "mapped"))
    assert {name: np.bincount(split.y).tolist() for name, split in data.splits.items()} == {
        "train": [14, 14, 15],
        "validation": [2, 2, 1],
        "test": [4, 4, 4],
    }
    whole = pooled(data)
    rows = [int(np.flatnonzero((example == X).all(axis=(1, 2)))[0]) for example in whole.x]
    assert sorted(rows) == list(range(60))
    np.testing.assert_array_equal(whole.y, Y[rows])
    check(data, "npz")


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_mapped_members_are_what_numpy_reads(
    tmp_path: Path, order: Any, dtype: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dlcli.datasets.files.array_file._MAP_BYTES", 1)
    x = np.asarray(np.arange(120).reshape(20, 3, 2), dtype, order=order)
    path = saved(tmp_path, first=np.arange(7), x=x, y=Y[:20])
    data = Npz(path=path, test=None, validation=None).load(tmp_path)
    assert isinstance(data.train.x, Rows)
    np.testing.assert_array_equal(data.train.x[:], x)
    assert data.train.x.dtype == dtype


@pytest.mark.parametrize("ending", ["validation", "val"])
def test_divided_arrays_stay_divided(tmp_path: Path, ending: str) -> None:
    path = saved(
        tmp_path,
        x_train=X[:30], y_train=Y[:30], x_test=X[50:], y_test=Y[50:],
        **{f"x_{ending}": X[30:50], f"y_{ending}": Y[30:50]},
        groups_train=np.array(["a", "b", "c"] * 10), groups_test=np.array(["d"] * 10),
    )  # fmt: skip
    data = Npz(path=path).load(tmp_path)
    for name, rows in (("train", slice(30)), ("validation", slice(30, 50)), ("test", slice(50, 60))):
        np.testing.assert_array_equal(data.splits[name].x, X[rows])
        np.testing.assert_array_equal(data.splits[name].y, Y[rows])
    assert data.train.groups is not None
    assert data.train.groups.tolist() == ["a", "b", "c"] * 10


def test_what_is_not_there_is_held_out(tmp_path: Path) -> None:
    path = saved(tmp_path, x_train=X[:50], y_train=Y[:50], x_test=X[50:], y_test=Y[50:])
    data = Npz(path=path).load(tmp_path)
    assert {name: len(split) for name, split in data.splits.items()} == {"train": 45, "validation": 5, "test": 10}
    assert Npz(path=path, validation=None).load(tmp_path).validation is None


def test_arrays_of_other_names(tmp_path: Path) -> None:
    path = saved(tmp_path, signals=X, activity=Y, person=np.arange(60) // 6)
    data = Npz(path=path, x="signals", y="activity", groups="person").load(tmp_path)
    sides = [set(split.groups.tolist()) for split in data.splits.values() if split.groups is not None]
    assert [len(side) for side in sides] == [7, 1, 2]
    assert set.union(*sides) == set(range(10))


@pytest.mark.parametrize(
    ("y", "fields", "target", "labels"),
    [
        (Y + 1, {}, Classes(("1", "2", "3")), Y),
        (Y[:, None].astype(np.uint8), {}, Classes(("0", "1", "2")), Y),
        (Y == 1, {}, Classes(("0", "1")), Y == 1),
        (np.arange(60) % 12, {}, Classes(tuple(map(str, range(12)))), np.arange(60) % 12),
        (Y, {"classes": ("a", "b", "c", "d")}, Classes(("a", "b", "c", "d")), Y),
        (np.array(["x", "b", "c"])[Y], {}, Classes(("b", "c", "x")), np.array([2, 0, 1])[Y]),
        (np.array([b"x", b"b", b"c"])[Y], {}, Classes(("b", "c", "x")), np.array([2, 0, 1])[Y]),
        (np.array(["x", "b", "c"])[Y], {"classes": ("x", "b", "c")}, Classes(("x", "b", "c")), Y),
    ],
)
def test_whole_numbers_and_text_are_classes(
    tmp_path: Path, y: Any, fields: dict[str, Any], target: Classes, labels: Any
) -> None:
    path = saved(tmp_path, x=X, y=y)
    data = Npz.model_validate({"path": path, "test": None, "validation": None, **fields}).load(tmp_path)
    assert data.target == target
    assert data.train.y.dtype == np.int32
    np.testing.assert_array_equal(data.train.y, labels)


@pytest.mark.parametrize("shape", [(60,), (60, 1), (60, 3)])
def test_decimals_are_numbers(tmp_path: Path, shape: tuple[int, ...]) -> None:
    y = np.random.default_rng(0).normal(size=shape)
    data = Npz(path=saved(tmp_path, x=X, y=y), test=None, validation=None).load(tmp_path)
    assert isinstance(data.target, Reals)
    assert len(data.target.names) == data.train.y.shape[1] == (shape[1] if len(shape) > 1 else 1)
    np.testing.assert_array_equal(data.train.y, y.reshape(60, -1).astype(np.float32))


def test_one_number_an_example_becomes_a_column(tmp_path: Path) -> None:
    data = Npz(path=saved(tmp_path, x=np.arange(60), y=Y), test=None, validation=None).load(tmp_path)
    assert data.train.x.shape == (60, 1)


@pytest.mark.parametrize(
    ("arrays", "fields", "message"),
    [
        ({"x": X}, {}, r"a\.npz: there is no array `y`; there are: x"),
        ({"x": X, "y": Y}, {"x": "signal", "y": "y"}, r"no array `signal`; there are: x, y"),
        ({"x_train": X, "y_trian": Y}, {}, r"no array `y_train` \(did you mean `y_trian`\?\); there are:"),
        ({"a": X}, {}, r"no array `y`; there are: a"),
        ({"x": X, "y": Y[:59]}, {}, r"`y` has 59 rows, `x` 60; expected one each"),
        ({"x": X, "y": Y, "groups": Y[:3]}, {}, r"`groups` has 3 rows, `x` 60"),
        ({"x": X, "y": Y, "groups": X[:, 0]}, {}, r"`groups` has shape \(60, 2\), type float32; expected \(N,\)"),
        ({"x": X.astype(str), "y": Y}, {}, r"`x` has shape \(60, 4, 2\), type <U32; expected numbers"),
        ({"x": X[:0], "y": Y[:0]}, {}, r"`y` has shape \(0,\), type int64; expected numbers or text"),
        ({"x": np.float32(1), "y": Y}, {}, r"`x` has shape \(\), type float32; expected numbers, a row for each"),
        ({"x": X, "y": X}, {}, r"`y` has shape \(60, 4, 2\), type float32; expected numbers or text in one or two"),
        ({"x": X, "y": np.full((60, 3), 2)}, {}, r"`y` has shape \(60, 3\), type int64; expected .* one 1 among 0s"),
        ({"x": X, "y": Y}, {"classes": ("a", "b")}, r"`y`, row 2: got label 2, expected 0 to 1"),
        ({"x": X, "y": Y.astype(str)}, {"classes": ("0", "1")}, r"row 2: got label 2, expected one of 0, 1"),
        (
            {"x": X, "y": X[:, 0]},
            {"classes": ("a", "b")},
            r"`y` has shape \(60, 2\), type float32; expected \(N,\) class",
        ),
        ({"x_train": X, "y_train": Y, "x_test": X, "y_test": Y + 1}, {}, r"`y_test`, row 2: got label 3, expected"),
        (
            {"x_train": X, "y_train": Y, "x_test": X, "y_test": Y / 2},
            {},
            r"`y_test`, row 1: got label 0\.5, expected one",
        ),
        (
            {"x_train": X, "y_train": X[:, 0], "x_test": X, "y_test": Y / 2},
            {},
            r"`y_test` has shape \(60,\), type float32; expected 2 numbers for each example",
        ),
        (
            {"x_train": X, "y_train": Y, "x_test": X, "y_test": Y},
            {},
            r"a\.npz, x_test, row 0, of the test split equals a\.npz, x_train, row 0, of the train split: .* 59 more",
        ),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    tmp_path: Path, arrays: dict[str, Any], fields: dict[str, Any], message: str
) -> None:
    path = saved(tmp_path, **arrays)
    with pytest.raises(DataError, match=message):
        Npz.model_validate({"path": path, "validation": None, **fields}).load(tmp_path)


@pytest.mark.parametrize("form", ["npz", "npy"])
def test_what_is_not_finite_is_named_by_its_row_in_the_file(tmp_path: Path, form: str) -> None:
    x = X.copy()
    x[37, 3, 1] = np.nan
    data = Npz(path=saved(tmp_path, form, x=x, y=Y)).load(tmp_path)
    name = "a.npz" if form == "npz" else "a"
    with pytest.raises(DataError, match=rf"mine: the \w+ split: {name}, x, row 37, holds nan at position \[3, 1\]"):
        check(data, "mine")


def test_what_was_guessed_and_looks_odd_is_remarked_on(tmp_path: Path) -> None:
    y = np.array(["Walk", "sit", "walk"])[Y]
    y[7] = "sti"
    data = Npz(path=saved(tmp_path, x=X, y=y)).load(tmp_path)
    assert data.remarks == (
        "class `sti` has 1 example",
        "`Walk` and `walk` are two classes, whose names differ only in case or spaces",
    )
    (remark,) = Npz(path=saved(tmp_path, x=X, y=Y.astype(float))).load(tmp_path).remarks
    assert remark.startswith("`y` is taken for classes (3 different whole numbers")
    assert Npz(path=saved(tmp_path, x=X, y=Y)).load(tmp_path).remarks == ()


@pytest.mark.parametrize("form", ["npz", "npy", "mapped"])
def test_pickles_are_not_read(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if form == "mapped":
        monkeypatch.setattr("dlcli.datasets.files.array_file._MAP_BYTES", 1)
    path = saved(tmp_path, form, x=X, y=np.array([{"label": 1}] * 60, dtype=object))
    with pytest.raises(
        DataError, match=r"`y` cannot be read \(.*[Oo]bject.*no Python objects, which only pickles hold"
    ):
        Npz(path=path).load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04half"])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.npz: is not an \.npz file .* expected one that numpy\.savez wrote"):
        Npz(path="a.npz").load(tmp_path)


def test_damaged_members_are_refused(tmp_path: Path) -> None:
    path = tmp_path / saved(tmp_path, x=X, y=Y)
    content = bytearray(path.read_bytes())
    content[content.index(X.tobytes()) + 100] ^= 0x55
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"a\.npz: `x` cannot be read \(Bad CRC-32"):
        Npz(path="a.npz").load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x01\x00", b"text"])
def test_damaged_files_of_a_folder_are_refused(tmp_path: Path, content: bytes) -> None:
    saved(tmp_path, "npy", x=X, y=Y)
    (tmp_path / "a" / "x.npy").write_bytes(content)
    with pytest.raises(DataError, match=r"a: `x` cannot be read"):
        Npz(path="a").load(tmp_path)


def test_members_that_are_no_arrays_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", "text")
        archive.writestr("y", "text")
    with pytest.raises(DataError, match=r"`y` cannot be read"):
        Npz(path="a.npz").load(tmp_path)


def test_a_missing_file_is_missing_data(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match=r"^b\.npz: there is no such file"):
        Npz(path="b.npz").load(tmp_path)
    with pytest.raises(MissingData, match=r"^~nobody_of_that_name/b\.npz: there is no such file"):
        Npz(path="~nobody_of_that_name/b.npz").load(tmp_path)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"x": "a"}, r"`x` \(=a\) and `y` \(=None\) must be given together"),
        (
            {"task": "reals", "classes": ("a", "b")},
            r"`classes` \(=\['a', 'b'\]\) must not be given where `task` is reals",
        ),
        ({"groups": "g"}, r"`x` \(=None\) and `y` \(=None\) .* `groups` only with them"),
        ({"classes": ("a", "a")}, r"`classes` \(=\['a', 'a'\]\) must name each once"),
    ],
)
def test_wrong_fields_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Npz.model_validate({"path": "a.npz", **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"path": "deep/a.npz"},
        {"path": "deep/a"},
        {"path": "a.npz", "x": "signals", "y": "labels", "groups": "people"},
        {"path": "a.npz", "classes": ("u", "v", "w")},
        {"path": "a.npz", "task": "reals"},
        {"path": "a.npz", "task": "classes"},
    ],
)
def test_stand_ins_fit_their_spec(tmp_path: Path, fields: dict[str, Any]) -> None:
    spec = Npz.model_validate(fields)
    spec.write_stand_in(tmp_path)
    data = spec.load(tmp_path)
    check(data, "npz")
    assert isinstance(data.target, Reals) is (spec.task == "reals")
    assert len(pooled(data)) >= 100
