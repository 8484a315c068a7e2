"""Reads tables written as text, one row a line, and remembers which line of which file each row comes from."""

from __future__ import annotations

import csv
import io
import itertools
import re
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
    row comes. header: the names as they stand in the file, None without a header; where one is empty, `names` has
    `column_0` and so on. derived: how many of the columns, the last ones, are made of others.
    """

    paths: tuple[Path, ...]
    names: tuple[str, ...]
    columns: Sequence[Sequence[str]]
    files: NDArray[np.int8]
    lines: NDArray[np.int64]
    header: tuple[str, ...] | None
    comments: int
    derived: int = 0

    def __len__(self) -> int:
        return len(self.lines)

    def at(self, row: int, column: int) -> str:
        """Where a cell stands, for messages."""
        return f"{self.paths[self.files[row]]}, line {self.lines[row]}, column `{self.names[column]}`"

    def take(self, kept: NDArray[np.bool_]) -> TextTable:
        """The table with these rows alone."""
        columns = [tuple(itertools.compress(column, kept)) for column in self.columns]
        return replace(self, columns=columns, files=self.files[kept], lines=self.lines[kept])


@dataclass(frozen=True)
class Advice:
    """What else than mending the file can be done about a fault: how the sentence of its message ends."""

    not_text: str = ""
    uneven: str = ""
    same_names: str = ""


def read_table(
    path: Path,
    delimiter: str | None = None,
    header: bool = True,
    comment: str | None = None,
    encoding: str = "utf-8",
    advice: Advice = Advice(),  # it is frozen
) -> TextTable:
    """Reads a text file as RFC 4180 describes it, with blank lines and lines of comment left out.

    Spaces after a delimiter are skipped. delimiter: if absent, the comma, semicolon or tab, whichever the first line
    has most of. Without a header columns are named `column_0` and so on.
    Raises DataError, with the line, where the file is not text in this encoding, has neither header nor rows, has rows
    of unequal length, a quote that is not closed, or two columns of one name.
    Source: Shafranovich 2005, https://www.rfc-editor.org/rfc/rfc4180.
    """
    columns: list[list[str]] = []
    lines = array("q")
    text = _text(path, encoding, advice)
    records = _Records(text, comment)
    rows = _rows(path, records, delimiter or likely_delimiter(text), advice)
    while block := list(itertools.islice(rows, _BLOCK_ROWS)):
        lines.extend(line for line, _ in block)
        columns = columns or [[] for _ in block[0][1]]
        for column, values in zip(columns, zip(*(row for _, row in block), strict=True), strict=True):
            column.extend(values)
    if not columns:
        raise DataError(f"{path}: is empty; expected {'the names of columns, and rows' if header else 'rows'}")
    given = tuple(column.pop(0).strip() for column in columns) if header else None
    names = _names(path, given, lines.pop(0), advice) if given else tuple(f"column_{i}" for i in range(len(columns)))
    files = np.zeros(len(lines), np.int8)
    return TextTable((path,), names, columns, files, np.array(lines, np.int64), given, records.comments)


def likely_delimiter(text: str) -> str:
    """The comma, semicolon or tab, whichever the first line has most of."""
    first_line = re.search(r"[^\r\n]+", text)
    return max(",;\t", key=first_line[0].count) if first_line else ","


def _rows(path: Path, records: _Records, delimiter: str, advice: Advice) -> Iterator[tuple[int, list[str]]]:
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
                    f"(values are parted by {delimiter!r}, and one that holds it stands in quotes{advice.uneven})"
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


def _text(path: Path, encoding: str, advice: Advice) -> str:
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
            f"{path}, line {line}: byte {content[start : start + 1]!r} is not {encoding} text; save the "
            f"file as UTF-8{advice.not_text}"
        ) from None


def _names(path: Path, given: Sequence[str], line: int, advice: Advice) -> tuple[str, ...]:
    names = [name or f"column_{i}" for i, name in enumerate(given)]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise DataError(
                f"{path}, line {line}: columns {names.index(name)} and {i} are both named {name!r}; expected the "
                f"columns' names, which differ; rename one{advice.same_names}"
            )
    return tuple(names)
