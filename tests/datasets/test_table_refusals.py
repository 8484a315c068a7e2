"""What is wrong with a table is said with its file, line, column and value, and with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dlcli.datasets.table import Csv
from dlcli.errors import DataError, MissingData

TABLE = "age,size,kind\n1,small,rose\n2,large,iris\n3,small,rose\n"
MANY = "age,kind\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(20))


def refused(folder: Path, text: str | bytes, **fields: Any) -> str:
    (folder / "t.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(DataError) as error:
        Csv.model_validate({"path": str(folder / "t.csv"), "target": -1, **fields}).load(folder)
    assert error.value.exit_code == 3
    message = str(error.value)
    assert message.startswith(str(folder / "t"))
    return message.replace(str(folder) + "/", "")


@pytest.mark.parametrize(
    ("text", "fields", "words"),
    [
        pytest.param("", {}, ["t.csv: is empty"], id="empty"),
        pytest.param("\n# only\n", {}, ["t.csv: is empty"], id="comments"),
        pytest.param("a,b\n", {}, ["t.csv: holds a header and no rows", "dataset.header=false"], id="header only"),
        pytest.param(
            "a,b\n# x\n1,2\n1,2,3\n",
            {},
            ["t.csv, line 4: has 3 columns; expected 2, as in line 1", "parted by ','", "dataset.delimiter"],
            id="long row",
        ),
        pytest.param("a,b\n1,2\n1\n", {}, ["line 3: has 1 columns; expected 2"], id="short row"),
        pytest.param(
            'a,b\n1,2\n3,"x\n4,5\n6,7\n',
            {},
            ["line 3: what begins here cannot be read", "every quote"],
            id="open quote",
        ),
        pytest.param('a,b\n1,"x"y\n', {}, ["line 2: what begins here cannot be read"], id="text after a quote"),
        pytest.param(
            b"a,b\n1,x\n2,caf\xe9\n", {}, [r"t.csv, line 3: byte b'\xe9' is not utf-8 text", "encoding"], id="latin-1"
        ),
        pytest.param(TABLE.encode(), {"encoding": "utf-16"}, ["line 1: byte", "is not utf-16 text"], id="not utf-16"),
        pytest.param("a,b,a\n1,2,3\n", {}, ["line 1: columns 0 and 2 are both named 'a'", "header=false"], id="twice"),
        pytest.param(
            TABLE, {"target": "knd"}, ["no column 'knd' (did you mean `kind`?), as dataset.target"], id="typo"
        ),
        pytest.param(TABLE, {"drop": ("zzz",)}, ["'zzz', as dataset.drop has it; the columns are `age`"], id="unknown"),
        pytest.param(
            TABLE, {"group": 3}, ["no column 3, as dataset.group has it; the columns are 0 to 2, or -3 to"], id="place"
        ),
        pytest.param(TABLE, {"group": -4}, ["no column -4, as dataset.group", "stands in quotes"], id="from the end"),
        pytest.param(
            TABLE,
            {"header": False, "target": "kind"},
            ["no column 'kind'", "header=false columns are given by their"],
            id="name without header",
        ),
        pytest.param(TABLE, {"features": ("kind",)}, ["`kind` is given as target and as feature"], id="target feature"),
        pytest.param(TABLE, {"features": ("age", 0)}, ["`age` is given as feature and as feature"], id="feature twice"),
        pytest.param(TABLE, {"group": "kind"}, ["`kind` is given as target and as group"], id="target group"),
        pytest.param(
            TABLE,
            {"categorical": (1,), "ordinal": {"size": ("small", "large")}},
            ["`size` is given as categorical and as ordinal"],
            id="two kinds",
        ),
        pytest.param(TABLE, {"categorical": ("kind",)}, ["`kind` is given as categorical but is no feature"], id="no"),
        pytest.param(
            TABLE, {"drop": (0, 1)}, ["no column is left to predict from", "'age', 'size', 'kind'"], id="none"
        ),
        pytest.param(
            MANY.replace("\n7,", "\nseven,"),
            {},
            [
                "line 9, column `age`: got 'seven', expected a number, as 19 of the column's 20 values are",
                "categorical",
            ],
            id="text among numbers",
        ),
        pytest.param(
            MANY,
            {"header": False},
            ["line 1, column `column_0`: got 'age', expected", "dataset.header=true"],
            id="header taken for data",
        ),
        pytest.param(TABLE.replace("2,", "inf,"), {}, ["line 3, column `age`: got 'inf', expected a finite"], id="inf"),
        pytest.param(TABLE.replace("2,", "NAN,"), {}, ["line 3, column `age`: got 'NAN', expected a finite"], id="nan"),
        pytest.param(
            TABLE.replace("2,", "1e39,"), {}, ["got '1e39', expected a finite number (of size 3.4e38"], id="big"
        ),
        pytest.param(MANY.replace("\n7,", "\n7_0,"), {}, ["line 9, column `age`: got '7_0'"], id="underscore"),
        pytest.param(
            TABLE.replace("2,", ","), {}, ["line 3, column `age`: got '', expected a value", "mean"], id="gap"
        ),
        pytest.param(TABLE.replace("large", "?"), {}, ["line 3, column `size`: got '?', expected a value"], id="mark"),
        pytest.param(
            TABLE.replace("iris", ""),
            {"missing": "mean"},
            ["column `kind`: got '', expected a value", "drop_row"],
            id="no target",
        ),
        pytest.param(
            TABLE.replace("iris", ""),
            {"missing": "mean", "group": "kind", "target": "age"},
            ["column `kind`: got '', expected a value; as dataset.group"],
            id="no group",
        ),
        pytest.param("a,b\n,x\n,y\n", {"missing": "mean"}, ["column `a` holds no value at all", "drop"], id="all gaps"),
        pytest.param("a,b\n,x\n,y\n", {"missing": "drop_row"}, ["t.csv: every row lacks a value"], id="all dropped"),
        pytest.param(
            TABLE,
            {"ordinal": {"size": ("smal", "large")}},
            [
                "line 2, column `size`: got 'small', expected one of 'smal', 'large' (did you mean `smal`?)",
                "as dataset.ordinal.size",
            ],
            id="order",
        ),
        pytest.param(
            TABLE,
            {"classes": ("rose", "lily")},
            ["line 3, column `kind`: got 'iris', expected one of 'rose', 'lily', as dataset.classes has"],
            id="other class",
        ),
        pytest.param(TABLE.replace("iris", "rose"), {}, ["column `kind` holds the one class 'rose' alone"], id="one"),
        pytest.param(
            TABLE,
            {"task": "reals"},
            ["line 2, column `kind`: got 'rose', expected a number; dataset.task=reals predicts numbers: mend it"],
            id="text to be predicted as numbers",
        ),
        pytest.param(
            "n,a,b\n5,0,1\n6,2,1\n",
            {"target": ("a", "b"), "task": "labels"},
            ["line 3, column `a`: got '2', expected 0 or 1, as dataset.task=labels has it"],
            id="any number of classes",
        ),
        pytest.param(
            TABLE, {"target": ("age", "kind")}, ["column `kind`: got 'rose', expected a number"], id="targets"
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str | bytes, fields: dict[str, Any], words: list[str]) -> None:
    message = refused(tmp_path, text, **fields)
    for each in words:
        assert each in message


@pytest.mark.parametrize(
    ("test", "fields", "words"),
    [
        ("age,kind\n1,a\n", {}, "test.csv: there is no column 'size', as dataset.test_path has it"),
        (
            "age,size,kind\n1,small,rose\n2,large,lily\n",
            {},
            "test.csv, line 3, column `kind`: got 'lily', expected a class",
        ),
        ("1,2\n", {"header": False}, "test.csv: has 2 columns; expected 3, as in t.csv"),
        ("age,size,kind\n,,\n", {"missing": "drop_row"}, "test.csv: every row lacks a value"),
        (
            "age,size,kind\n1,small,rose\n",
            {},
            "test.csv, line 2, of the test split equals t.csv, line 2, of the train split",
        ),
    ],
)
def test_what_is_wrong_with_the_test_file_is_named(
    tmp_path: Path, test: str, fields: dict[str, Any], words: str
) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    (tmp_path / "test.csv").write_text(test)
    spec = Csv.model_validate(
        {"path": str(tmp_path / "t.csv"), "test_path": str(tmp_path / "test.csv"), "target": -1, "validation": None}
        | fields
    )
    with pytest.raises(DataError) as error:
        spec.load(tmp_path)
    assert words in str(error.value).replace(str(tmp_path) + "/", "")


def test_a_field_without_end_is_refused(tmp_path: Path) -> None:
    assert "line 2: what begins here cannot be read" in refused(tmp_path, 'a,b\n1,"' + "x,\n" * 100_000)


def test_a_missing_file_says_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        MissingData,
        match=rf"^no/t\.csv: there is no such file .*from {tmp_path}, in the data folder /nowhere and one folder down",
    ):
        Csv(path="no/t.csv", target="y").load(Path("/nowhere"))
