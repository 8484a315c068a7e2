"""A mistake in a spec and the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where a value stands in a spec: `("model", "units", 0)` is `model.units[0]`."""


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a source; lines and columns count from 1. A `--set` argument is a source of one line."""

    source: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, where it stands, and what was expected."""

    mark: Mark
    message: str

    def __str__(self) -> str:
        return f"{self.mark}: {self.message}"


def dotted(path: Path) -> str:
    """The path as people write it: `model.units[0]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
