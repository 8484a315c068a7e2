"""A mistake in a spec, the place where it stands, and how both are shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""Where a value stands in a spec: `("model", "units", 0)` is `model.units[0]`."""

OPTION = "--set "
"""How the source of a value from the command line begins; the value itself follows."""

_BEFORE, _AFTER = 50, 50
"""Columns that are shown of a long line before a mark, and after it begins."""
_BOLD, _RED, _CYAN, _PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[36m", "\x1b[0m"


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a source; lines and columns count from 1. A `--set` argument is a source of one line."""

    source: str
    line: int
    column: int
    width: int = field(default=1, compare=False)
    """Characters of the line that are meant."""
    text: str = field(default="", compare=False, repr=False)
    """The whole line; empty if it is not known."""

    @property
    def place(self) -> str:
        """The source and the line in it."""
        return self.source if self.source.startswith(OPTION) else f"{self.source}:{self.line}"

    def __str__(self) -> str:
        return self.source if self.source.startswith(OPTION) else f"{self.source}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, where it stands, and what was probably meant."""

    mark: Mark
    message: str
    hint: str = ""
    """What to write instead, in one or more lines; may be empty."""

    def __str__(self) -> str:
        return f"{self.mark}: {self.message}"

    def in_full(self, *, colour: bool = False) -> str:
        """The problem as the terminal shows it: its place, the line, a caret under it, and the hint behind it."""
        bold, red, cyan, plain = (_BOLD, _RED, _CYAN, _PLAIN) if colour else ("",) * 4
        head = f"{bold}{self.mark}{plain}: {self.message}"
        hints = self.hint.split("\n") if self.hint else []
        if not self.mark.text.strip():
            return "\n".join([head, *(f"     | {cyan}{hint}{plain}" for hint in hints)])
        line, indent, width = _window(self.mark)
        number = "" if self.mark.source.startswith(OPTION) else str(self.mark.line)
        carets = f"{' ' * indent}{red}{'^' * width}{plain}"
        first, *others = hints or [""]
        under = f"{carets}  {cyan}{first}{plain}" if first else carets
        return "\n".join(
            [head, f"{number:>4} | {line}", f"     | {under}", *(f"     | {cyan}{o}{plain}" for o in others)]
        )

    def as_json(self) -> dict[str, str | int]:
        """The problem for a program; columns count characters from 1, and `end_column` is the first not meant."""
        mark = self.mark
        return {
            "source": mark.source, "line": mark.line, "column": mark.column, "end_column": mark.column + mark.width,
            "message": self.message, "hint": self.hint,
        }  # fmt: skip


def in_full(problems: Sequence[Problem], *, colour: bool = False) -> str:
    """All problems as the terminal shows them."""
    return "\n".join(problem.in_full(colour=colour) for problem in problems)


def _window(mark: Mark) -> tuple[str, int, int]:
    """The part of a marked line that is shown, and where in it the carets stand, in columns of a terminal."""
    start = mark.column - 1
    cut = max(0, start - _BEFORE) if len(mark.text) > _BEFORE + _AFTER else 0
    end = max(start, cut) + _AFTER if len(mark.text) > cut + _BEFORE + _AFTER else len(mark.text)
    before, meant, after = mark.text[cut:start], mark.text[start : min(start + mark.width, end)], ""
    after = mark.text[start + len(meant) : end]
    lead, tail = "..." * (cut > 0), "..." * (end < len(mark.text))
    before, meant, after = (_printable(part) for part in (before, meant, after))
    return f"{lead}{before}{meant}{after}{tail}".rstrip(), len(lead) + _columns(before), max(1, _columns(meant))


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " if c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _columns(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def dotted(path: Path) -> str:
    """The path as people write it: `model.units[0]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{cut(step)}" if text else cut(step)
    return text


def cut(text: str) -> str:
    """The text as far as it fits into a message, in one line: what is no printable letter is written as in Python."""
    text = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
    return text if len(text) <= 60 else text[:57] + "..."
