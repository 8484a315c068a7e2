"""Plugins that are installed packages, found by their entry points."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from dlcli.component import Component
from dlcli.errors import UsageError
from dlcli.families import family_of
from dlcli.faults import place_of, said
from dlcli.spec.structure import type_name

GROUP = "dlcli.parts"
"""The group of entry points; the name of each is the type of a part, its value the class."""

_packages: dict[type[Component], str] = {}


@dataclass(frozen=True)
class Found:
    """The parts of installed packages, and what is wrong with those that cannot be had, by their type."""

    parts: tuple[type[Component], ...]
    faults: dict[str, str]


def installed_parts(types: Collection[str] | None = None) -> Found:
    """Imports the parts of these types that installed packages have, or all, if None."""
    parts, faults = list[type[Component]](), dict[str, str]()
    for entry in sorted(entry_points(group=GROUP), key=lambda each: (each.name, _package(each))):
        if types is not None and entry.name not in types:
            continue
        try:
            parts.append(_part(entry))
        except (Exception, SystemExit) as error:
            place = place_of(error)
            where = f"{place}: " if place else ""
            faults[entry.name] = f"`{entry.name}` of {_package(entry)} cannot be had: {where}{said(error)}"
    return Found(tuple(parts), faults)


def package_of(cls: type[Component]) -> str | None:
    """The package of a part, and its version, as in `tiny-parts 1.2`; None if it is not of an installed one."""
    return _packages.get(cls)


def _part(entry: EntryPoint) -> type[Component]:
    cls: Any = entry.load()
    family = family_of(cls) if isinstance(cls, type) else None
    if family is None:
        raise UsageError(f"{entry.value} is no part; write a decorator above it, such as `@model`, from dlcli.plugins")
    if type_name(cls) != entry.name:
        raise UsageError(f"{entry.value} has the type `{type_name(cls)}`; its entry point must have that name")
    part: type[Component] = cls
    _packages[part] = _package(entry)
    return part


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else entry.value
