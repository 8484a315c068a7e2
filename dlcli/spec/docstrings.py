"""Docstrings of components as they are shown to users: paragraphs that can be wrapped anew, the source apart."""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import NamedTuple

from dlcli.component import Component

_WIDTH = 116
"""Columns of a docstring's lines, without their indentation."""
_BEGINS = re.compile(r"Source\b|Raises\b|[xy]: ")
_SOURCE = re.compile(r"Source[^:]*: ")


class Explained(NamedTuple):
    """What a component's docstring says."""

    summary: str
    """The first line, without the full stop at its end; empty if there is no docstring."""
    more: tuple[str, ...]
    """The paragraphs after it, less what is raised, which is for those who call it from Python."""
    source: str
    """What it follows, and what differs; empty if it follows nothing."""


def explained(cls: type[Component]) -> Explained:
    """The docstring of a component's class."""
    first, *others = paragraphs(cls.__doc__ or "") or [""]  # a plugin's class may have none
    sources = [_SOURCE.sub("", each) for each in others if _SOURCE.match(each)]
    more = tuple(each for each in others if not _SOURCE.match(each) and not each.startswith("Raises "))
    return Explained(first.removesuffix("."), more, " ".join(sources))


def paragraphs(text: str) -> list[str]:
    """A docstring's paragraphs, each in one line.

    After a full stop, a paragraph also begins where the line before had room for its first word, and where one speaks
    of a source, of shapes or of what is raised.
    """
    found = [""]
    before = ""
    for line in cleandoc(text).splitlines():
        word = line.split(" ", 1)[0]
        has_room = len(before) + 1 + len(word) <= _WIDTH
        if not line or not before or (before.endswith(".") and (has_room or _BEGINS.match(line))):
            found.append(line)
        else:
            found[-1] = f"{found[-1]} {line}"
        before = line
    return [each for each in found if each]
