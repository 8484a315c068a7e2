"""Writes an experiment as YAML that says behind every value where it came from."""

from __future__ import annotations

import math
from collections.abc import Iterator

from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import OPTION, Path
from dlcli.spec.reading import Document, parse
from dlcli.spec.structure import value_at
from dlcli.spec.writing import is_flat, write

_WIDEST = 60
"""Columns of YAML after which comments no longer wait for longer lines."""


def dump_with_origins(experiment: Experiment, document: Document) -> str:
    """The experiment that was made of a document, as `dump` writes it, with a comment behind every value.

    `# base.yaml:7` is a line of a file, `# --set` the command line, and `# default` what nobody gave.
    """
    values = experiment.model_dump(mode="json")
    text = write(values, width=math.inf)  # so that no value needs a second line, in which its comment would be text
    written, lines = parse(text, ""), text.split("\n")
    width = max(len(line) for line in lines if len(line) <= _WIDEST)
    for path, value in _in_one_line(values, ()):
        number = written.mark(path).line - 1
        origins = ", ".join(dict.fromkeys(_origins(document, path, value)))
        lines[number] = f"{lines[number]:<{width}}  # {origins}"
    return "\n".join(lines)


def _in_one_line(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    """The values that stand in one line each: scalars, lists of them, and what is empty."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _in_one_line(below, (*path, key))
    elif isinstance(value, list) and not is_flat(value):
        for i, below in enumerate(value):
            yield from _in_one_line(below, (*path, i))
    else:
        yield path, value


def _origins(document: Document, path: Path, value: object) -> Iterator[str]:
    around = document.marks.get(path)
    yield _origin(document, path, value)
    for i in range(len(value) if isinstance(value, list) else 0):
        mark = document.marks.get((*path, i))
        if around and mark and mark.source != around.source:
            yield _origin(document, (*path, i), None)


def _origin(document: Document, path: Path, value: object) -> str:
    # A word that is short for a component stands for one of its fields, such as the type.
    word = value_at(document.values, path[:-1])
    place = path[:-1] if isinstance(word, str) and word == value else path
    if place in document.marks:
        mark = document.marks[place]
        where = OPTION.strip() if mark.source.startswith(OPTION) else mark.place
        return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in where)
    return "the file's name" if path == ("name",) else "default"
