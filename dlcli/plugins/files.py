"""Plugins that are a user's own files."""

from __future__ import annotations

import hashlib
import linecache
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from dlcli.component import Component
from dlcli.errors import SpecError
from dlcli.families import joined_by
from dlcli.faults import is_plugin_source, place_of, said, shown
from dlcli.spec.problems import Mark, Problem

_NEEDED = "write a decorator above each part, such as `@model`, from dlcli.plugins"


@dataclass(frozen=True)
class PluginFile:
    """A file of parts, as it was when it was read."""

    path: Path
    source: bytes
    parts: tuple[type[Component], ...]

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of what the file held."""
        return hashlib.sha256(self.source).hexdigest()


# By what they hold: the copy in a run's folder has the very classes of the file that it was copied from.
_run: dict[bytes, PluginFile] = {}
_read: dict[Path, PluginFile] = {}


def read_plugin(path: Path) -> PluginFile:
    """Reads and runs a file of parts, once for what it holds.

    Raises OSError where it cannot be read, SpecError with the line in it where it cannot be run or has no parts.
    """
    source = path.read_bytes()
    if source not in _run:
        _run[source] = _executed(path, source)
    _read[path] = replace(_run[source], path=path)
    return _read[path]


def plugin_as_read(path: Path) -> PluginFile:
    """A file of parts as it was when a spec that names it was loaded, whatever has become of it since."""
    return _read.get(path) or read_plugin(path)


def file_of(cls: type[Component]) -> Path | None:
    """The file that a part was read from; None if it is of no file."""
    return next((path for path, file in _read.items() if cls in file.parts), None)


def _executed(path: Path, source: bytes) -> PluginFile:
    stem = re.sub(r"\W", "_", path.stem)
    module = ModuleType(f"dlcli_plugin_{stem}_{hashlib.sha256(source).hexdigest()[:12]}")
    module.__file__ = str(path)
    is_plugin_source(path)
    linecache.checkcache(str(path))
    # Annotations, pickles and Keras look a class up in its module.
    sys.modules[module.__name__] = module
    try:
        exec(compile(source, str(path), "exec", dont_inherit=True), vars(module))
    except (Exception, SystemExit) as error:
        del sys.modules[module.__name__]
        raise SpecError([_problem(path, source, error)]) from error
    parts = joined_by(module.__name__)
    if not parts:
        raise SpecError([Problem(Mark(shown(path), 1, 1), "there is no part in this file", _NEEDED)])
    return PluginFile(path, source, parts)


def _problem(path: Path, source: bytes, error: BaseException) -> Problem:
    """What went wrong, at its line."""
    place = place_of(error)
    lines = source.decode("utf-8", errors="replace").splitlines()
    line = place.line if place is not None else 1
    text = lines[line - 1] if line <= len(lines) else ""
    column = len(text) - len(text.lstrip()) + 1
    width = len(text.strip()) or 1
    if isinstance(error, SyntaxError) and error.filename == str(path) and error.offset:
        column, width = min(error.offset, len(text) + 1), 1
    return Problem(Mark(shown(path), line, column, width, text), said(error), _hint(path, error))


def _hint(path: Path, error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        name = error.name.split(".")[0]
        if (path.parent / f"{name}.py").exists() or (path.parent / name).is_dir():
            return (
                f"a plugin is one file, so that a run can keep it; put what it needs of {name} into it, or install it"
            )
        return f"install {name} where dlcli is installed"
    return ""
