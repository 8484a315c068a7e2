"""Looks into a text, for classes that its lines begin with."""

from __future__ import annotations

from pathlib import Path

_BYTES = 1_000_000
"""How much of a file is looked into."""
_MOST = 50
"""Different first words that may be classes at most."""
_LINES_EACH = 5
"""Lines that each of them begins at least, on average."""


def about_lines(path: Path) -> tuple[str, ...]:
    """What to say of a text whose lines all begin with one of a few words, which may be classes; nothing of others.

    A folder, and a file that cannot be read, are left to who loads it.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_BYTES)
    except OSError:
        return ()
    lines = [line.split(maxsplit=1) for line in head.decode("utf-8", errors="replace").split("\n")]
    # Where the file goes on, its last line here is only a part of one.
    lines = [line for line in (lines[:-1] if len(head) == _BYTES else lines) if line]
    words = {line[0] for line in lines}
    if any(len(line) < 2 for line in lines) or not 2 <= len(words) <= min(_MOST, len(lines) / _LINES_EACH):
        return ()
    return (
        f"every line begins with one of {len(words)} words, such as `{lines[0][0]}`: if these are classes to predict, "
        "set",
        "`label: first` in `dataset`, and a model of whole texts, such as `model: {type: text_cnn, filters: 64}`",
    )
