"""Text for the terminal: headings, wrapped paragraphs and aligned tables, without rich, which is slow to import."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from textwrap import wrap

import typer

_NARROW, _WIDE = 40, 110
"""Lines shorter than the first are hard to fill, longer ones than the second hard to read."""


class Page:
    """What a command prints, line by line."""

    def __init__(self) -> None:
        self._width = min(max(shutil.get_terminal_size().columns, _NARROW), _WIDE)
        self._styled = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self._lines: list[str] = []

    def heading(self, name: str, rest: str = "", *, indent: int = 0) -> None:
        """A name in bold, and what follows it in the same line or lines."""
        head, *more = self._wrapped(f"{name}{rest}", indent, indent + 4 if rest else indent)
        self._lines += [f"{' ' * indent}{self._bold(name)}{head[indent + len(name) :]}", *more]

    def text(self, text: str, *, indent: int = 0) -> None:
        """A paragraph."""
        self._lines += self._wrapped(text, indent, indent)

    def code(self, text: str, *, indent: int = 0) -> None:
        """Lines that are printed as they are."""
        self._lines += [f"{' ' * indent}{line}" for line in text.splitlines()]

    def table(self, rows: Sequence[Sequence[str]], *, indent: int = 0) -> None:
        """Rows whose first cell is a name, in bold, and whose last is wrapped."""
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
        for row in rows:
            lead = " " * indent + "".join(f"{cell:<{width}}  " for cell, width in zip(row, widths, strict=False))
            head, *more = self._wrapped(lead + row[-1], 0, len(lead))
            name = row[0]
            self._lines += [head[:indent] + self._bold(name) + head[indent + len(name) :], *more]

    def gap(self) -> None:
        """An empty line."""
        self._lines.append("")

    def show(self) -> None:
        """Prints the page."""
        typer.echo("\n".join(self._lines))

    def _wrapped(self, text: str, first: int, others: int) -> list[str]:
        return wrap(
            text,
            self._width,
            initial_indent=" " * first,
            subsequent_indent=" " * others,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        ) or [""]

    def _bold(self, text: str) -> str:
        return typer.style(text, bold=True) if self._styled else text
