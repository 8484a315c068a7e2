"""Tables written as text: cells, lines and names."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.datasets.files.delimited import Advice, read_table
from dlcli.errors import DataError

_CELLS = st.text(st.sampled_from('a1,;\t"\n\r.# '), max_size=5).map(str.lstrip)


@given(st.lists(st.lists(_CELLS, min_size=3, max_size=3), min_size=1, max_size=5), st.sampled_from(",;\t|"))
def test_what_was_written_is_read(rows: list[list[str]], delimiter: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["x", "", "z"], *rows])
        table = read_table(path, delimiter)
    assert (table.header, table.names) == (("x", "", "z"), ("x", "column_1", "z"))
    assert [list(row) for row in zip(*table.columns, strict=True)] == rows
    assert len(table) == len(rows)


@pytest.mark.parametrize(("delimiter", "row"), [(",", '1,"2;5",3'), (";", "1,5;2,5;3,5"), ("\t", "1,5\t2;5\t3")])
def test_the_delimiter_is_found_in_the_first_line(delimiter: str, row: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"\n{delimiter.join('xyz')}\n{row}\n")
    table = read_table(tmp_path / "t.csv")
    assert table.names == ("x", "y", "z")
    assert table.lines.tolist() == [3]


@pytest.mark.parametrize(
    ("content", "advice", "message"),
    [
        (b"", Advice(), r"t\.csv: is empty; expected the names of columns, and rows$"),
        (b"a,b\n1\n", Advice(), r"line 2: has 1 columns; expected 2, as in line 1 .* parted by ',', .* in quotes\)$"),
        (b"a,b\n1\n", Advice(uneven="; or so"), r"quotes; or so\)$"),
        (b"a,b\n\xe9,1\n", Advice(), r"line 2: byte b'\\xe9' is not utf-8 text; save the file as UTF-8$"),
        (b"a,b\n\xe9,1\n", Advice(not_text=", or so"), r"UTF-8, or so$"),
        (b"a,b,a\n", Advice(), r"line 1: columns 0 and 2 are both named 'a'; .*; rename one$"),
        (
            b"column_1,\n",
            Advice(same_names=" or so"),
            r"0 and 1 are both named 'column_1'; .* rename one or so$",
        ),
    ],
)
def test_faults_are_named_and_callers_add_what_else_helps(
    content: bytes, advice: Advice, message: str, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_table(tmp_path / "t.csv", advice=advice)
