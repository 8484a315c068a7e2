"""All parts besides dlcli's own, for commands that say what there is: those of packages and of files that are named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dlcli.component import Component
from dlcli.errors import UsageError
from dlcli.families import family_of
from dlcli.faults import shown
from dlcli.plugins.files import file_of, read_plugin
from dlcli.plugins.installed import installed_parts, package_of
from dlcli.spec.structure import type_name
from dlcli.spec.suggest import nearest

Parts = tuple[type[Component], ...]


@dataclass(frozen=True)
class Gathered:
    """Parts, and what is wrong with those that cannot be had: of packages by their types, and of files."""

    parts: Parts
    faults: dict[str, str]
    errors: tuple[UsageError, ...]


def gather(files: Sequence[Path]) -> Gathered:
    """Reads these files and imports all parts of installed packages. Whatever cannot be had keeps nothing else away."""
    parts: Parts = ()
    errors: list[UsageError] = []
    for file in files:
        try:
            found = _of_file(file)
        except UsageError as error:
            errors.append(error)
            continue
        parts, clashes = _joined(parts, found)
        errors += map(UsageError, clashes.values())
    installed = installed_parts()
    parts, clashes = _joined(parts, installed.parts)
    return Gathered(parts, installed.faults | clashes, tuple(errors))


def origin_of(cls: type[Component]) -> str | None:
    """Where a part comes from: a package, as in `tiny-parts 1.2`, or a file; None if it is dlcli's own."""
    if package := package_of(cls):
        return package
    file = file_of(cls)
    return None if file is None else shown(file)


def _of_file(file: Path) -> Parts:
    try:
        return read_plugin(file).parts
    except FileNotFoundError:
        near = nearest(file.name, [path.name for path in file.parent.glob("*.py")])
        hint = f", did you mean `{file.parent / near}`?" if near else ""
        raise UsageError(f"--plugins {file}: there is no such file{hint}") from None
    except OSError as error:
        raise UsageError(f"--plugins {file}: cannot be read ({error.strerror})") from None


def _joined(parts: Parts, more: Iterable[type[Component]]) -> tuple[Parts, dict[str, str]]:
    """The parts and more, and what is wrong with those whose type another of their family has already."""
    known = {(family_of(cls), type_name(cls)): cls for cls in parts}
    clashes: dict[str, str] = {}
    for cls in more:
        name = str(type_name(cls))
        first = known.setdefault((family_of(cls), name), cls)
        if first is not cls:
            clashes[name] = (
                f"`{name}` of {origin_of(cls)} cannot be had: {origin_of(first)} has a {family_of(cls)} of this type"
            )
    return tuple(known.values()), clashes
