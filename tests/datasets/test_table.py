"""Tables of a user's own: what becomes of each column, how rows are divided, and what is made up in their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dlcli.datasets.checks import check
from dlcli.datasets.data import Classes, Column, Data, MultiLabel, Reals, Split, pooled
from dlcli.datasets.table import Csv
from dlcli.errors import DataError, MissingData

FLOWERS = """\
size,colour,length,kind
small,red,1.5,rose
large,blue,2.5,iris
medium,red,3.5,rose
small,white,4.5,iris
"""
WHOLE: dict[str, Any] = {"test": None, "validation": None}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(folder: Path, text: str | bytes, **fields: Any) -> Data:
    (folder / "t.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    data = Csv.model_validate({"path": "t.csv", "target": -1, **WHOLE, **fields}).load(folder)
    assert data.columns is not None
    assert data.train.x.shape == (len(data.train), len(data.columns))
    assert data.train.x.dtype == np.float32
    return data


def numbered(rows: int, classes: int = 3) -> str:
    """A table whose first column counts the rows."""
    return "n,m,label\n" + "".join(f"{i},{i * 7 % 11},{'abc'[i % classes]}\n" for i in range(rows))


def test_commas_may_stand_before_decimals_and_points_between_thousands(folder: Path) -> None:
    text = "price;size;code;y\n1.234,50;-0,5;1,2,3;a\n12;1e3;1.5.6;b\n2.000;3,25E2;1.2;b\n"
    data = load(folder, text, delimiter=";", decimal=",", features=("price", "size"))
    assert data.train.x.tolist() == [[1234.5, -0.5], [12, 1000], [2000, 325]]
    assert load(folder, text, delimiter=";", decimal=",").columns[2].categories == ("1,2,3", "1.2", "1.5.6")
    with pytest.raises(DataError, match=r"line 2, column `price`: got '1\.234,50', .* set dataset\.decimal to \",\""):
        load(folder, text, delimiter=";", target="price", task="reals")


def test_columns_of_zeros_and_ones_are_any_number_of_classes(folder: Path) -> None:
    data = load(folder, "n,wet,cold\n5,0,1\n6,1,1\n7,0,0\n", target=("wet", "cold"), task="labels")
    assert data.target == MultiLabel(("wet", "cold"))
    assert data.train.y.tolist() == [[0, 1], [1, 1], [0, 0]]
    assert data.train.y.dtype == np.float32


# Columns


def test_columns_become_numbers_categories_and_classes(folder: Path) -> None:
    data = load(folder, FLOWERS)
    assert data.columns == (
        Column("size", ("large", "medium", "small")),
        Column("colour", ("blue", "red", "white")),
        Column("length"),
    )
    assert data.train.x.tolist() == [[2, 1, 1.5], [0, 0, 2.5], [1, 1, 3.5], [2, 2, 4.5]]
    assert data.target == Classes(("iris", "rose"))
    assert (data.train.y.tolist(), data.train.y.dtype) == ([1, 0, 1, 0], np.int32)
    assert "the target `kind` is taken for classes (text); otherwise set dataset.task=reals" in data.remarks
    assert any("columns of categories: `size` (3" in remark for remark in data.remarks)


def test_ordered_categories_become_their_place(folder: Path) -> None:
    data = load(folder, FLOWERS, ordinal={"size": ("small", "medium", "large")})
    assert data.columns is not None
    assert data.columns[0] == Column("size")
    assert data.train.x[:, 0].tolist() == [0, 2, 1, 0]


def test_numbers_that_are_codes_can_be_categories(folder: Path) -> None:
    data = load(folder, "zip,y\n10,a\n9,b\n10.0,a\n", categorical=("zip",))
    assert data.columns == (Column("zip", ("9", "10")),)
    assert data.train.x[:, 0].tolist() == [1, 0, 1]


def test_features_are_those_named_in_their_order_or_all_that_are_left(folder: Path) -> None:
    chosen = load(folder, FLOWERS, features=("length", 1))
    assert [column.name for column in chosen.columns or ()] == ["length", "colour"]
    left = load(folder, FLOWERS, drop=("colour",), group="size")
    assert [column.name for column in left.columns or ()] == ["length"]
    assert left.train.groups is not None
    assert left.train.groups.tolist() == ["small", "large", "medium", "small"]


def test_columns_without_a_header_are_given_by_place(folder: Path) -> None:
    data = load(folder, "s,1,0.5\nm,2,1.5\ns,3,2.5\n", header=False, target=-1, ordinal={"0": ("s", "m")}, drop=(1,))
    assert data.columns == (Column("column_0"),)
    assert data.train.x.tolist() == [[0], [1], [0]]
    assert data.target == Reals(("column_2",))


def test_several_targets_are_numbers(folder: Path) -> None:
    data = load(folder, "x,a,b\n1,2,3\n4,5,6\n", target=("b", "a"))
    assert data.target == Reals(("b", "a"))
    assert (data.train.y.tolist(), data.train.y.dtype) == ([[3, 2], [6, 5]], np.float32)


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        (["yes", "no"] * 5, ("no", "yes")),
        (["1", "10", "9"] * 5, ("1", "9", "10")),
        (["1.0", "2", "1"] * 5, ("1", "2")),
        (["-1", "1"] * 5, ("-1", "1")),
        (["0.5", "1"] * 5, None),
        ([str(i) for i in range(21)] * 6, None),
        ([str(i) for i in range(20)] * 5, tuple(map(str, range(20)))),
        ([str(i) for i in range(18)] + ["3"] * 7, None),
    ],
)
def test_what_is_predicted_follows_from_the_target(
    folder: Path, values: list[str], classes: tuple[str, ...] | None
) -> None:
    text = "x,y\n" + "".join(f"{i},{value}\n" for i, value in enumerate(values))
    data = load(folder, text)
    assert data.target == (Reals(("y",)) if classes is None else Classes(classes))
    assert any(f"taken for {'numbers' if classes is None else 'classes'}" in remark for remark in data.remarks)
    assert load(folder, text.replace("yes", "1").replace("no", "0"), task="reals").target == Reals(("y",))
    as_classes = load(folder, text, task="classes")
    assert isinstance(as_classes.target, Classes)
    assert not any("taken for" in remark for remark in as_classes.remarks)


def test_classes_given_set_the_order(folder: Path) -> None:
    data = load(folder, FLOWERS, classes=("rose", "iris"))
    assert data.target == Classes(("rose", "iris"))
    assert data.train.y.tolist() == [0, 1, 0, 1]


def test_classes_that_look_like_slips_are_remarked_on(folder: Path) -> None:
    data = load(folder, "x,y\n" + "".join(f"{i},{label}\n" for i, label in enumerate(["Walk", "walk"] * 5 + ["wlak"])))
    assert "class `wlak` has 1 example" in data.remarks
    assert "`Walk` and `walk` are two classes, whose names differ only in case or spaces" in data.remarks


@pytest.mark.parametrize(
    ("different", "rows", "said"),
    [
        (50, 200, "`d` (50)"),
        (51, 200, "`d` (51, a column for each: drop it?)"),
        (84, 100, "`d` (84, hardly one twice: drop it?)"),
    ],
)
def test_columns_of_very_many_categories_are_asked_about(folder: Path, different: int, rows: int, said: str) -> None:
    text = "d,y\n" + "".join(f"on {i % different},{'ab'[i % 2]}\n" for i in range(rows))
    assert f"columns of categories: {said}" in load(folder, text).remarks


# What is missing

GAPS = "age,port,y\n1,A,0\n,B,1\nNA,?,0\n4,A,1\n"


def test_missing_numbers_stay_nan_and_missing_categories_are_one(folder: Path) -> None:
    data = load(folder, GAPS, missing="mean", task="classes")
    assert data.columns == (Column("age"), Column("port", ("A", "B", "(missing)")))
    np.testing.assert_array_equal(data.train.x, np.array([[1, 0], [np.nan, 1], [np.nan, 2], [4, 0]], np.float32))
    assert "2 of 4 values of `age` are missing" in data.remarks
    check(data, "csv")


def test_numbers_that_stand_for_a_missing_value_are_missing(folder: Path) -> None:
    data = load(folder, "a,y\n1,0\n-999,1\n3,0\n", missing="mean", missing_values=("-999",), task="classes")
    np.testing.assert_array_equal(data.train.x, np.array([[1], [np.nan], [3]], np.float32))


def test_rows_with_gaps_can_be_dropped(folder: Path) -> None:
    data = load(folder, GAPS, missing="drop_row", task="classes")
    assert data.train.x.tolist() == [[1, 0], [4, 0]]
    assert "2 of 4 rows lack a value and are left out" in data.remarks
    unused = load(folder, GAPS, missing="drop_row", task="classes", drop=("port",))
    assert len(unused.train) == 2
    assert len(load(folder, GAPS, missing="drop_row", task="classes", drop=("age",)).train) == 3


def test_a_missing_place_in_an_order_is_nan(folder: Path) -> None:
    data = load(folder, "s,y\nlow,a\n,b\nhigh,a\n", missing="mean", ordinal={"s": ("low", "high")})
    np.testing.assert_array_equal(data.train.x[:, 0], [0, np.nan, 1])


# The file


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (FLOWERS.replace("\n", "\r\n"), {}),
        (FLOWERS.replace("\n", "\r"), {}),
        (FLOWERS.replace(",", "\t"), {"delimiter": "\t"}),
        (FLOWERS.replace(",", " , "), {}),
        (FLOWERS.replace(",", "   "), {"delimiter": " "}),
        ("\ufeff" + FLOWERS, {}),
        (FLOWERS.encode("utf-16"), {"encoding": "utf-16"}),
        (FLOWERS.replace("\n", "\n\n"), {}),
        (FLOWERS.rstrip(), {}),
        ("# by hand,,,\n" + FLOWERS + '"# the end"\n', {}),
        ("// by hand\n" + FLOWERS, {"comment": "//"}),
        (FLOWERS.replace("red", '"red"'), {}),
    ],
)
def test_ways_to_write_one_table(folder: Path, text: str | bytes, fields: dict[str, Any]) -> None:
    assert load(folder, text, **fields).fingerprint() == load(folder, FLOWERS).fingerprint()


def test_quotes_hold_delimiters_lines_and_comments(folder: Path) -> None:
    text = 'name,x,y\n"Doe, ""Jo""",1,a\n"two\n# lines",2,b\n#skipped,3,c\n'
    data = load(folder, text)
    assert data.columns is not None
    assert data.columns[0].categories == ('Doe, "Jo"', "two\n# lines")
    assert "1 lines of comment are skipped" in data.remarks
    assert len(load(folder, text, comment=None).train) == 3


def test_a_header_of_numbers_is_remarked_on(folder: Path) -> None:
    data = load(folder, "1,2\n3,a\n4,b\n")
    assert any("if it holds data, set dataset.header=false" in remark for remark in data.remarks)


def test_where_the_file_is_looked_for(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    data_folder = tmp_path_factory.mktemp("data")
    below = data_folder / "below"
    below.mkdir()
    spec = Csv(path="f/t.csv", target="kind", test=None, validation=None)
    for place in (below / "t.csv", data_folder / "t.csv", below / "f" / "t.csv", data_folder / "f" / "t.csv"):
        place.parent.mkdir(exist_ok=True)
        place.write_text(FLOWERS + f"small,{place.parent.parent.name},1,rose\n")
        assert len(spec.load(data_folder).train) == 5
    (folder / "f").mkdir()
    (folder / "f" / "t.csv").write_text(FLOWERS)
    assert len(spec.load(data_folder).train) == 4
    assert len(spec.model_copy(update={"path": str(data_folder / "t.csv")}).load(folder).train) == 5


def test_a_file_of_the_web_is_found_by_its_name_and_described_where_it_is_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLCLI_OFFLINE", "1")
    spec = Csv(url="https://host/d/t.csv?raw=1", sha256="0" * 64, target="kind", test=None, validation=None)
    with pytest.raises(
        MissingData, match=rf"(?s)https://host/d/t\.csv\?raw=1\n +sha256 {'0' * 64}\n.*OFFLINE=1 forbids"
    ):
        spec.load(folder)
    (folder / "t.csv").write_text(FLOWERS)
    assert len(spec.load(folder).train) == 4


def test_a_file_of_the_web_can_have_another_name_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCLI_OFFLINE", "1")
    spec = Csv.model_validate(
        {"path": "own/u.csv", "url": "https://host/t.csv", "sha256": "0" * 64, "target": "kind", **WHOLE}
    )
    with pytest.raises(MissingData, match=r"OFFLINE=1 forbids"):
        spec.load(folder)
    (folder / "own").mkdir()
    (folder / "own" / "u.csv").write_text(FLOWERS)
    assert len(spec.load(folder).train) == 4
    assert spec.outlook().files == ()


# Splits


def test_rows_are_divided_and_none_is_lost(folder: Path) -> None:
    data = load(folder, numbered(60), test={"fraction": 0.2}, validation={"fraction": 0.25})
    assert {name: np.bincount(split.y).tolist() for name, split in data.splits.items()} == {
        "train": [12] * 3,
        "validation": [4] * 3,
        "test": [4] * 3,
    }
    whole = pooled(data)
    assert sorted(whole.x[:, 0].tolist()) == list(range(60))
    assert (whole.y == whole.x[:, 0] % 3).all()
    check(data, "csv")


def test_a_second_file_is_the_test_split(folder: Path) -> None:
    (folder / "test.csv").write_text("label,m,n\nb,2,100\na,3,101\n")  # other order of columns
    spec = Csv(path="t.csv", test_path="test.csv", target="label")
    (folder / "t.csv").write_text(numbered(30))
    data = spec.load(folder)
    assert data.test is not None
    assert (data.test.x.tolist(), data.test.y.tolist()) == ([[100, 2], [101, 3]], [1, 0])
    assert (len(data.train), len(data.validation or ())) == (27, 3)


def test_categories_of_both_files_have_one_code(folder: Path) -> None:
    (folder / "t.csv").write_text(FLOWERS)
    (folder / "test.csv").write_text(FLOWERS.replace("white", "pink").replace("5", "6"))
    data = Csv(path="t.csv", test_path="test.csv", target="kind", validation=None).load(folder)
    assert data.test is not None
    assert data.columns is not None
    assert data.columns[1].categories == ("blue", "pink", "red", "white")
    assert data.test.x[:, 1].tolist() == [2, 0, 2, 1]


def test_groups_are_whole_on_both_sides(folder: Path) -> None:
    text = "who,x,y\n" + "".join(f"{i % 10},{i},{'ab'[i % 3 % 2]}\n" for i in range(60))
    data = load(folder, text, group="who", test={"fraction": 0.2}, validation={"fraction": 0.2})
    sides = [set(split.groups.tolist()) for split in data.splits.values() if split.groups is not None]
    assert [len(side) for side in sides] == [6, 2, 2]
    assert set.union(*sides) == set(range(10))


# Stand-ins


@pytest.mark.parametrize(
    "fields",
    [
        {"target": -1, "header": False},
        {"target": "Survived", "drop": ("Name", "Id"), "categorical": ("Sex",), "missing": "mean"},
        {"target": 4, "header": False, "features": (0, 2, -1), "ordinal": {"2": ("s", "m", "l")}},
        {"target": ("a", "b"), "features": ("x", 3), "delimiter": ";"},
        {"target": "y", "task": "reals", "group": "who"},
        {"target": ("wet", "cold", "loud"), "task": "labels", "group": "who"},
        {"target": "y", "classes": ("u", "v", "w"), "test_path": "deep/more.csv", "encoding": "utf-16"},
        {"target": 0, "header": False, "group": -1, "categorical": (1,), "task": "classes"},
    ],
)
def test_stand_ins_fit_their_spec(folder: Path, fields: dict[str, Any]) -> None:
    spec = Csv.model_validate({"path": "some/where/t.csv", **fields})
    with pytest.raises(MissingData):
        spec.load(folder)
    spec.write_stand_in(folder)
    data = spec.load(folder)
    check(data, "csv")
    assert len(pooled(data)) == 120 * len(list(folder.glob("*.csv")))
    spec.write_stand_in(folder)
    assert spec.load(folder).fingerprint() == data.fingerprint()
    if spec.features is not None and data.columns is not None:
        assert len(data.columns) == len(spec.features)


def test_a_stand_in_of_two_files_is_not_mixed_with_the_one_that_is_there(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (folder / "t.csv").write_text(numbered(30))
    spec = Csv(path="t.csv", test_path="test.csv", target="label")
    with pytest.raises(MissingData, match=r"^test\.csv: there is no such file"):
        spec.load(folder)
    elsewhere = tmp_path_factory.mktemp("stand-in")
    spec.write_stand_in(elsewhere)
    assert len(pooled(spec.load(elsewhere))) == 240


def test_a_stand_in_can_be_learnt(folder: Path) -> None:
    spec = Csv(path="t.csv", target="y", task="reals")
    spec.write_stand_in(folder)
    data = spec.load(folder)
    design, test = [np.c_[each.x[:], np.ones(len(each))] for each in (data.train, data.test or data.train)]
    weights = np.linalg.lstsq(design, data.train.y, rcond=None)[0]
    assert data.test is not None
    assert data.test.y.std() > 1
    assert np.abs(test @ weights - data.test.y).max() < 0.01


# Fields


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"path": None}, r"`path` \(=None\) or `url` \(=None\) must be given"),
        ({"path": None, "url": "http://x/t.csv"}, r"`sha256` \(=None\) must be given with `url` \(=http"),
        ({"sha256": "12"}, r"expected 64 hexadecimal digits .*input_value='12'"),
        (
            {"test_path": "u.csv", "test": {"fraction": 0.3}},
            r"`test` \(=fraction=0\.3.*\) must not be given with `test_p",
        ),
        ({"features": ("a",), "drop": ("b",)}, r"`drop` \(=\['b'\]\) must not be given with `features`"),
        (
            {"task": "reals", "classes": ("a", "b")},
            r"`classes` \(=\['a', 'b'\]\) must not be given where `task` is reals",
        ),
        (
            {"target": ("a", "b"), "task": "labels", "classes": ("a", "b")},
            r"`classes` \(=\['a', 'b'\]\) must not be given where `task` is labels",
        ),
        ({"target": ("a",), "task": "labels"}, r"`target` \(=\('a',\)\) must be a list of columns, one for each class"),
        ({"target": ("a", "b"), "task": "classes"}, r"`target` \(=\['a', 'b'\]\) must be one column where classes"),
        ({"target": ("a", "a")}, r"`target` \(=\['a', 'a'\]\) must name each once"),
        ({"encoding": "utf-9"}, r"`encoding` \(='utf-9'\) must be a text encoding"),
        ({"encoding": "base64"}, r"`encoding` \(='base64'\) must be a text encoding"),
        ({"delimiter": '"'}, r"expected one character, which is no quote .*input_value='\"'"),
        ({"delimiter": "::"}, r"expected one character, .*input_value='::'"),
        ({"ordinal": {"size": ("small",)}}, r"at least 2 items"),
    ],
)
def test_wrong_fields_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Csv.model_validate({"path": "t.csv", "target": "y", **fields})


@given(st.lists(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=2, max_size=2), min_size=2, max_size=20))
def test_numbers_stay_as_they_are(rows: list[list[float]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "t.csv"
        path.write_text("a,y\n" + "".join(f"{a!r},{b!r}\n" for a, b in rows))
        spec = Csv(path=str(path), target="y", task="reals", test=None, validation=None)
        train: Split = spec.load(Path(place)).train
    np.testing.assert_array_equal(train.x[:, 0], np.array(rows, np.float32)[:, 0])
    np.testing.assert_array_equal(train.y[:, 0], np.array(rows, np.float32)[:, 1])


def test_a_directory_is_no_table(folder: Path) -> None:
    (folder / "t.csv").mkdir()
    with pytest.raises(DataError, match=r"t\.csv: cannot be read \(Is a directory\); expected a file of text"):
        Csv(path="t.csv", target="y").load(folder)
