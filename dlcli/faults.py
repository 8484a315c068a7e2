"""Mistakes in the code of a plugin: in which of its lines, and in few words what."""

from __future__ import annotations

import inspect
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple, TypeVar

from dlcli.errors import DlcliError, TrainingError
from dlcli.families import family_of, joined, key_of

T = TypeVar("T")

_sources: set[str] = set()
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_USER_CODE = re.compile(r"\n\n    [\w.]+: ")
_LINE = re.compile(r'^ +File "(.+)", line ([0-9]+), in ', re.MULTILINE)
_LONG = 400


class Place(NamedTuple):
    """A line of a plugin's file, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{shown(self.file)}:{self.line}"


def is_plugin_source(path: Path) -> None:
    """Notes that a file is that of a plugin: what goes wrong in it is its author's to mend."""
    _sources.add(str(path))


def place_of(error: BaseException) -> Place | None:
    """The last line of a plugin that an error came through; None if it came through none."""
    return next(_places(error), None)


def part_of(error: BaseException) -> str:
    """The part of a plugin that an error came through, by its key and type; empty if it came through none."""
    for place in _places(error):
        for cls in joined():
            if _holds(cls, place):
                return f"{key_of(family_of(cls) or '')}: {cls.model_fields['type'].default}"
    return ""


def _places(error: BaseException) -> Iterator[Place]:
    """The lines of plugins that an error came through, the last first."""
    if isinstance(error, SyntaxError) and error.filename in _sources:
        yield Place(error.filename, error.lineno or 1)
    # Code that TensorFlow has translated runs in files of its own; where it came from, only the text says.
    lines = [Place(file, int(line)) for file, line in _LINE.findall(str(error))]
    frames = [Place(f.filename, f.lineno or 1) for f in traceback.extract_tb(error.__traceback__)]
    yield from (place for place in (*reversed(lines), *reversed(frames)) if place.file in _sources)


def _holds(cls: type[Any], place: Place) -> bool:
    """Whether a class of a plugin is written where a line stands."""
    if getattr(sys.modules.get(cls.__module__), "__file__", None) != place.file:
        return False
    try:
        lines, first = inspect.getsourcelines(cls)
    except (OSError, TypeError):
        return False
    return first <= place.line < first + len(lines)


def said(error: BaseException) -> str:
    """What an error says, in one line."""
    if isinstance(error, DlcliError):
        return str(error)
    text = error.msg if isinstance(error, SyntaxError) else _ANSI.sub("", str(error))
    if text.startswith("in user code:"):
        # TensorFlow repeats the way to the error first, indented, and its type.
        text = dedent(_USER_CODE.split(text)[-1])
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    # Keras tells first in which layer, then what, then all arguments.
    keep = 2 if paragraphs[0].startswith("Exception encountered") else 1
    words = " ".join(paragraphs[:keep])
    words = words if len(words) <= _LONG else f"{words[: _LONG - 3]}..."
    return f"{type(error).__name__}: {words}".removesuffix(": ")


@contextmanager
def plugin_faults(kind: type[DlcliError]) -> Iterator[None]:
    """Raises an error that comes out of a plugin's code as one of a `kind`, with the part and its line there.

    Others stay as they are.
    """
    try:
        yield
    except DlcliError:
        raise
    except Exception as error:
        place = place_of(error)
        if place is None:
            raise
        part = part_of(error)
        raise kind(f"{part}{', ' if part else ''}{place}: {said(error)}") from error


def made(
    part: object,
    result: T,
    kind: type[Any] | tuple[type[Any], ...],
    expected: str,
    error: type[DlcliError] = TrainingError,
) -> T:
    """What a part has built; raises an `error`, with the line of its class, where that is not of the kind."""
    if not isinstance(result, kind):
        cls = type(part)
        raise error(f"{place_of_class(cls)}: {cls.__name__} gave {type(result).__name__}; expected {expected}")
    return result


def place_of_class(cls: type[Any]) -> str:
    """Where a class is defined, as its file and line."""
    file = sys.modules[cls.__module__].__file__ or cls.__module__
    try:
        return f"{shown(file)}:{inspect.getsourcelines(cls)[1]}"
    except (OSError, TypeError):
        return shown(file)


def shown(file: str | Path) -> str:
    """A file as it is called in messages: from the working directory, if it lies below that."""
    path = Path(file)
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
