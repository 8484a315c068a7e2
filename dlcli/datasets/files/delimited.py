"""Reads tables written as text, one row a line, and remembers which line of which file each row comes from."""

from __future__ import annotations

import csv
import difflib
import io
import itertools
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlcli.errors import DataError

_BLOCK_ROWS = 10_000
"""Rows are turned into columns in blocks: a million lists at once would keep the garbage collector busy."""


@dataclass(frozen=True)
class TextTable:
    """The cells of a table as text.

    paths: the files it was read from; `files` and `lines`, (N,), say from which of them and which line (from 1) each
    row comes. named: whether the names come from the file's header.
    """

    paths: tuple[Path, ...]
    names: tuple[str, ...]
    columns: Sequence[Sequence[str]]
    files: NDArray[np.int8]
    lines: NDArray[np.int64]
    named: bool
    comments: int

    def __len__(self) -> int:
        return len(self.lines)

    def at(self, row: int, column: int) -> str:
        """Where a cell stands, for messages."""
        return f"{self.paths[self.files[row]]}, line {self.lines[row]}, column `{self.names[column]}`"

    def index(self, column: str | int, field: str) -> int:
        """The place of a column given by its name, or by its place (negative: from the end).

        Raises DataError where there is none, naming the field of the spec that asked for it.
        """
        count = len(self.names)
        if column in self.names:
            return self.names.index(str(column))
        if isinstance(column, str) and not self.named and column.removeprefix("-").isdecimal():
            column = int(column)  # keys of a mapping are text
        if isinstance(column, int) and -count <= column < count:
            return column % count
        if isinstance(column, int):
            known = f"the columns are 0 to {count - 1}, or {-count} to -1 from the end"
            known += "; a name that is a number stands in quotes" if self.named else ""
        elif self.named:
            near = difflib.get_close_matches(column, self.names, 1)
            known = f"did you mean `{near[0]}`? " if near else ""
            known += "The columns are " + ", ".join(f"`{name}`" for name in self.names[:50])
        else:
            known = "with dataset.header=false columns are given by their place, from 0"
        raise DataError(f"{self.paths[0]}: there is no column {column!r} (dataset.{field}); {known}")

    def take(self, kept: NDArray[np.bool_]) -> TextTable:
        """The table with these rows alone."""
        columns = [tuple(itertools.compress(column, kept)) for column in self.columns]
        return replace(self, columns=columns, files=self.files[kept], lines=self.lines[kept])

    def joined(self, other: TextTable) -> TextTable:
        """This table's rows, then the other's, whose columns are found by name; raises DataError where one lacks."""
        if not self.named and len(self.names) != len(other.names):
            raise DataError(
                f"{other.paths[0]}: has {len(other.names)} columns; expected {len(self.names)}, as in {self.paths[0]}"
            )
        order = [other.index(name, "test_path") for name in self.names]
        return replace(
            self,
            paths=self.paths + other.paths,
            columns=[(*mine, *other.columns[theirs]) for mine, theirs in zip(self.columns, order, strict=True)],
            files=np.concatenate([self.files, other.files + np.int8(len(self.paths))]),
            lines=np.concatenate([self.lines, other.lines]),
            comments=self.comments + other.comments,
        )


def read_table(path: Path, *, delimiter: str, header: bool, comment: str | None, encoding: str) -> TextTable:
    """Reads a text file as RFC 4180 describes it, with blank lines and lines of comment left out.

    Spaces after a delimiter are skipped. Without a header columns are named `column_0` and so on.
    Raises DataError, with the line, where the file is not text in this encoding, has no rows, has rows of unequal
    length, a quote that is not closed, or two columns of one name.
    Source: Shafranovich 2005, https://www.rfc-editor.org/rfc/rfc4180.
    """
    columns: list[list[str]] = []
    lines = array("q")
    records = _Records(_text(path, encoding), comment)
    rows = _rows(path, records, delimiter)
    while block := list(itertools.islice(rows, _BLOCK_ROWS)):
        lines.extend(line for line, _ in block)
        columns = columns or [[] for _ in block[0][1]]
        for column, values in zip(columns, zip(*(row for _, row in block), strict=True), strict=True):
            column.extend(values)
    if not columns:
        raise DataError(f"{path}: is empty; expected a table")
    names = tuple(f"column_{i}" for i in range(len(columns)))
    if header:
        names = _names(path, [column.pop(0) for column in columns], lines.pop(0))
    if not lines:
        raise DataError(f"{path}: holds a header and no rows; if its line holds data, set dataset.header=false")
    files = np.zeros(len(lines), np.int8)
    return TextTable((path,), names, columns, files, np.array(lines, np.int64), header, records.comments)


def _rows(path: Path, records: _Records, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table, all of one length, each with the line on which it begins."""
    first: tuple[int, int] | None = None
    try:
        for row in csv.reader(records, delimiter=delimiter, skipinitialspace=True, strict=True):
            records.between = True
            line, count = records.first, len(row)
            if not row or (count == 1 and not row[0] and first and first[1] > 1):
                continue
            first = first or (line, count)
            if count != first[1]:
                raise DataError(
                    f"{path}, line {line}: has {count} columns; expected {first[1]}, as in line {first[0]} "
                    f"(dataset.delimiter={delimiter!r}; a value that holds it must stand in quotes)"
                )
            yield line, row
    except csv.Error as error:
        raise DataError(
            f"{path}, line {records.first}: what begins here cannot be read ({error}); expected every quote to be "
            "closed, and a delimiter after it"
        ) from None


class _Records:
    """The lines of a text for the csv reader, without comments; these stand only between records, not within quotes."""

    def __init__(self, text: str, comment: str | None) -> None:
        self._lines = io.StringIO(text, newline="")
        self._comment = (comment, f'"{comment}') if comment else ()
        self.between = True
        self.first = 0
        self.comments = 0

    def __iter__(self) -> Iterator[str]:
        for number, line in enumerate(self._lines, start=1):
            if self.between:
                if line.startswith(self._comment):
                    self.comments += 1
                    continue
                self.first, self.between = number, False
            yield line


def _text(path: Path, encoding: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); expected a file of text") from None
    try:
        # A byte order mark, as spreadsheets write it, is no part of the first name.
        return content.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = content[:start].decode(encoding, errors="replace").count("\n") + 1
        raise DataError(
            f"{path}, line {line}: byte {content[start : start + 1]!r} is not {encoding} text; give its encoding "
            "in dataset.encoding (such as latin-1 or cp949), or save the file as UTF-8"
        ) from None


def _names(path: Path, row: Sequence[str], line: int) -> tuple[str, ...]:
    names = [name.strip() or f"column_{i}" for i, name in enumerate(row)]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise DataError(
                f"{path}, line {line}: columns {names.index(name)} and {i} are both named {name!r}; expected names "
                "that differ; rename one or, if this line holds data, set dataset.header=false"
            )
    return tuple(names)
