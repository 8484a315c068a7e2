"""The plugins of a spec: its files, and the installed packages that have a type it names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath

from dlcli.component import Component
from dlcli.errors import SpecError
from dlcli.families import adding, family_of
from dlcli.paths import expanded
from dlcli.spec.problems import OPTION, Path, Problem
from dlcli.spec.reading import Document
from dlcli.spec.structure import chosen, classes_of, type_name

Parts = tuple[type[Component], ...]


def with_plugin_paths(document: Document) -> Document:
    """The document with the paths of its plugins in full.

    They are meant from the file in which they stand, and those of `--set` from the working directory.
    """
    plugins = document.values.get("plugins")
    if not isinstance(plugins, tuple):
        return document
    paths = (_in_full(document, i, each) if isinstance(each, str) else each for i, each in enumerate(plugins))
    return replace(document, values={**document.values, "plugins": tuple(paths)})


def parts_of(document: Document, root: type[Component]) -> Parts:
    """The parts that a document may choose besides dlcli's own: those in the files it names, and those of installed
    packages that have a type it names which nothing else has.

    Raises SpecError where one cannot be had, or two are the same.
    """
    parts = _of_files(document)
    with adding(parts):
        unknown = {word: path for path, word in _unknown(root, document.values, ())}
    return (*parts, *_of_packages(document, unknown, parts)) if unknown else parts


def _of_files(document: Document) -> Parts:
    plugins = document.values.get("plugins")
    if not isinstance(plugins, tuple) or not plugins:
        return ()
    from dlcli.plugins.files import read_plugin

    parts: Parts = ()
    problems: list[Problem] = []
    for i, path in enumerate(plugins):
        if not isinstance(path, str):
            continue
        mark = document.mark(("plugins", i))
        try:
            found = read_plugin(FilePath(expanded(path))).parts
        except FileNotFoundError:
            meant = "the working directory" if mark.source.startswith(OPTION) else f"the folder of {mark.source}"
            message = f"`plugins[{i}]`: there is no file {path}"
            problems.append(Problem(mark, message, f"a path is meant from {meant}"))
        except OSError as error:
            problems.append(Problem(mark, f"`plugins[{i}]`: {path} cannot be read ({error.strerror})"))
        except ValueError as error:  # its variables, or letters that no path holds
            problems.append(Problem(mark, f"`plugins[{i}]`: {error}"))
        except SpecError as error:
            problems += error.problems
        else:
            parts = tuple(dict.fromkeys((*parts, *found)))
            problems += (Problem(mark, f"`plugins[{i}]`: {clash}") for clash in _clashes(parts))
    if not problems:
        problems = [Problem(document.mark(("plugins",)), f"`plugins`: {clash}") for clash in _clashes_installed(parts)]
    if problems:
        raise SpecError(problems)
    return parts


def _of_packages(document: Document, unknown: Mapping[str, Path], own: Parts) -> Parts:
    """The parts of installed packages with these types; all, where no package has one, so that they can be listed."""
    from dlcli.plugins.installed import installed_parts

    found = installed_parts(unknown.keys())
    problems = [Problem(document.mark(unknown[name]), fault) for name, fault in found.faults.items()]
    first = next(iter(unknown.values()))
    problems += (Problem(document.mark(first), clash) for clash in _clashes((*own, *found.parts)))
    if problems:
        raise SpecError(document.in_order(problems))
    return found.parts or installed_parts().parts


def _unknown(cls: type[Component], values: Mapping[str, object], path: Path) -> Iterator[tuple[Path, str]]:
    """The words that are to choose a component and choose none, with their places."""
    for name, field in cls.__pydantic_fields__.items():
        classes, given = classes_of(field), values.get(name)
        if not any(type_name(each) for each in classes):
            continue
        steps: Path = tuple(range(len(given))) if isinstance(given, tuple) else ()
        for place in [(*path, name, step) for step in steps] or [(*path, name)]:
            value = given[place[-1]] if isinstance(given, tuple) and isinstance(place[-1], int) else given
            word = value.get("type") if isinstance(value, Mapping) else value
            below = chosen(classes, value)
            if below is not None and isinstance(value, Mapping):
                yield from _unknown(below, value, place)
            elif below is None and isinstance(word, str):
                yield (*place, "type") if isinstance(value, Mapping) else place, word


def _in_full(document: Document, i: int, path: str) -> str:
    try:
        path = os.path.expanduser(expanded(path))  # noqa: PTH111 (Path.expanduser fails for users that there are not)
    except ValueError:
        return path  # where the file is read, it is told what is wrong
    source = document.mark(("plugins", i)).source
    folder = FilePath() if source.startswith(OPTION) else FilePath(source).parent
    return str((folder / path).absolute())


def _clashes_installed(parts: Parts) -> Sequence[str]:
    from dlcli.plugins.installed import installed_parts

    return _clashes((*parts, *installed_parts({str(type_name(cls)) for cls in parts}).parts))


def _clashes(parts: Iterable[type[Component]]) -> Sequence[str]:
    """What is wrong where two parts of one family have the same type."""
    from dlcli.faults import place_of_class

    seen: dict[tuple[str | None, str | None], type[Component]] = {}
    clashes = []
    for cls in parts:
        first = seen.setdefault((family_of(cls), type_name(cls)), cls)
        if first is not cls:
            clashes.append(
                f"the {family_of(cls)} `{type_name(cls)}` is defined at {place_of_class(first)} and at "
                f"{place_of_class(cls)}; give one of them another type"
            )
    return clashes
