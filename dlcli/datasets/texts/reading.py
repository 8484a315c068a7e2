"""Reads text files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dlcli.errors import DataError


@dataclass(frozen=True)
class Line:
    """A line of a file: where it stands, its label, and the text after that."""

    where: str
    label: str
    text: str


def read_text(path: Path, encoding: str) -> str:
    """All of a file, its ends of lines as newlines. Raises DataError where it is empty or in another encoding."""
    content = path.read_bytes()
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}, line {line}: the byte {content[error.start]:#04x} cannot be read as {encoding}; name the right "
            "`encoding` in `dataset`, such as latin-1"
        ) from None
    if not text.strip():
        raise DataError(f"{path} holds no text")
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def read_lines(path: Path, encoding: str, delimiter: str) -> Iterator[Line]:
    """The lines of a file, each with its label before the first delimiter; empty ones are passed over.

    Lines end at newlines alone: other encodings have further characters that some programs take for ends of lines.
    Raises DataError, with the line, where there is no label or no text.
    """
    for number, line in enumerate(read_text(path, encoding).split("\n"), start=1):
        if not line.strip():
            continue
        label, found, text = line.partition(delimiter)
        where = f"{path.name}, line {number},"
        if not found or not label.strip() or not text.strip():
            missing = "label" if found and not label.strip() else f"text after a label and {delimiter!r}"
            raise DataError(f"{path}, line {number}: {line[:40]!r} has no {missing}")
        yield Line(where, label.strip(), text)
