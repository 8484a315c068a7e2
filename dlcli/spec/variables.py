"""Finds `${env:NAME}` where it does not belong: in text that is no path."""

from __future__ import annotations

from typing import Any, get_args

from dlcli.component import Component
from dlcli.paths import EXPANDED, OPENING
from dlcli.spec.problems import Path, Problem, dotted
from dlcli.spec.reading import Document
from dlcli.spec.structure import classes_in, component_at, value_at


def misplaced(document: Document, root: type[Component]) -> list[Problem]:
    """A problem for each value of a `root` that holds a variable and is no path."""
    words = f"`{OPENING}...}}` is for paths only, such as a dataset's `path`"
    return [
        Problem(mark, f"`{dotted(path)}`: {words}")
        for path, mark in document.marks.items()
        if _holds_variable(value_at(document.values, path)) and not _may_be_path(root, document.values, path)
    ]


def _holds_variable(value: object) -> bool:
    return isinstance(value, str) and OPENING in value


def _may_be_path(root: type[Component], values: object, path: Path) -> bool:
    """Whether the field in which a value stands holds paths, or is unknown, which others complain of."""
    for n in reversed(range(len(path))):
        cls = component_at(root, values, path[:n])
        if cls is not None:
            field = cls.model_fields.get(str(path[n]))
            if field is None or classes_in(field.annotation):
                return True
            return EXPANDED in field.metadata or _holds_paths(field.annotation)
    return True


def _holds_paths(annotation: Any) -> bool:
    inside = get_args(annotation)
    return EXPANDED in inside or any(_holds_paths(each) for each in inside)
