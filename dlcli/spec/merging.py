"""Lays values over others, key by key, and keeps the place of each.

A list takes the place of a list, and plain values that of plain values. Under another `type`, the keys that were given
for the old one fall away. An empty mapping empties what it is laid over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dlcli.component import Component
from dlcli.spec.problems import Mark, Path
from dlcli.spec.reading import Document
from dlcli.spec.structure import Classes, held_by, short_for


class Upper(NamedTuple):
    """What is laid over a document: values, and the marks of keys and values.

    A mapping with a number as its key stands for a list of which only that item is meant.
    """

    values: Mapping[str, object]
    keys: Mapping[Path, Mark]
    marks: Mapping[Path, Mark]
    whole: Path | None = None
    """A place whose value is not laid over another but takes its place."""


class Change(NamedTuple):
    """A component that got another type: its place, both types, and the keys that fell away with the old one."""

    path: Path
    old: object
    new: object
    keys: tuple[str, ...]


class Laid(NamedTuple):
    """What comes of laying values over a document."""

    values: dict[str, object]
    keys: dict[Path, Mark]
    marks: dict[Path, Mark]
    changes: tuple[Change, ...]


def lay(lower: Document, upper: Upper, root: type[Component]) -> Laid:
    """Lays values over those of a document; both are, or are to be, of a `root`."""
    merge = _Merge(upper.whole)
    values = merge.mappings((), (root,), lower.values, upper.values)
    words = {path: lower.mark(path[:-1]) for path in merge.lower_words}
    words_above = {path: upper.marks[path[:-1]] for path in merge.upper_words}
    return Laid(
        values,
        merge.kept(lower.keys) | dict(upper.keys),
        merge.kept(lower.marks) | words | dict(upper.marks) | words_above,
        tuple(merge.changes),
    )


@dataclass
class _Merge:
    whole: Path | None
    emptied: set[Path] = field(default_factory=set)
    """Places whose lower contents are no more."""
    lower_words: set[Path] = field(default_factory=set)
    """Keys that bare words were short for, such as `type`."""
    upper_words: set[Path] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)

    def kept(self, marks: Mapping[Path, Mark]) -> dict[Path, Mark]:
        return {
            path: mark for path, mark in marks.items() if not any(path[:n] in self.emptied for n in range(len(path)))
        }

    def values(self, path: Path, classes: Classes | None, lower: object, upper: object) -> object:
        if isinstance(lower, tuple) and isinstance(upper, dict) and isinstance(next(iter(upper), None), int):
            return tuple(
                self.values((*path, i), classes, item, upper[i]) if i in upper else item for i, item in enumerate(lower)
            )
        key = short_for(classes)
        if key and isinstance(lower, str) and isinstance(upper, dict):
            lower = {key: lower}
            self.lower_words.add((*path, key))
        elif key and isinstance(lower, dict) and isinstance(upper, str):
            upper = {key: upper}
            self.upper_words.add((*path, key))
        if isinstance(lower, dict) and isinstance(upper, dict) and upper and path != self.whole:
            return self.mappings(path, classes, lower, upper)
        self.emptied.add(path)
        return upper

    def mappings(
        self, path: Path, classes: Classes | None, lower: Mapping[str, object], upper: Mapping[str, object]
    ) -> dict[str, object]:
        typed = short_for(classes) == "type" and "type" in lower and "type" in upper
        if typed and lower["type"] != upper["type"]:
            self.emptied.add(path)
            lost = tuple(key for key in lower if key != "type" and key not in upper)
            self.changes.append(Change(path, lower["type"], upper["type"], lost))
            return dict(upper)
        merged = {**lower, **upper}
        for key in lower.keys() & upper.keys():
            merged[key] = self.values((*path, key), held_by(classes, merged, key), lower[key], upper[key])
        return merged
