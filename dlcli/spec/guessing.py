"""Mistakes below a `type` that is unknown or missing: those that are mistakes whatever type was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import ValidationError

from dlcli.component import Component
from dlcli.spec.problems import Path, Problem, cut, dotted
from dlcli.spec.reading import Document
from dlcli.spec.structure import choices, type_name, value_at
from dlcli.spec.suggest import all_near, nearest
from dlcli.spec.wording import explain, fitting, type_as_key, written

_MOST = 10
"""Places that are looked into; each takes a validation of the whole spec for every type that may be meant."""


def below_unknown_types(
    document: Document, root: type[Component], error: ValidationError, within: Path = ()
) -> list[tuple[Path, Problem]]:
    """The problems that `explain` cannot find, because nobody knows which keys are right there; with their paths.

    within: the place that is looked into, if not the whole document.
    """
    places: dict[str, list[Path]] = {"union_tag_invalid": [], "unexpected": []}
    for each in error.errors():
        place = written(document.values, each)
        if each["type"] in places and place[: len(within)] == within:
            places[each["type"]].append(place)
    found = [told for place in places["union_tag_invalid"][:_MOST] for told in _below(document, root, place)]
    return [*found, *(told for place in places["unexpected"][:_MOST] for told in _without_type(document, root, place))]


def _below(document: Document, root: type[Component], place: Path) -> list[tuple[Path, Problem]]:
    """What is wrong in the place of a component of unknown type, with each of the types that may be meant."""
    given, classes = value_at(document.values, place), choices(root, document.values, place)
    if not isinstance(given, Mapping) or not isinstance(given["type"], str):
        return []
    near = all_near(given["type"], (str(type_name(cls)) for cls in classes))
    told = [_told(document, root, place, kind) for kind in near or fitting(classes, given)]
    # Without a near name, which keys there are directly is only guessed at.
    least = len(place) + (1 if near else 2)
    first = told[0] if told else {}
    return [(path, first[path]) for path in first if all(path in other for other in told) and len(path) >= least]


def _told(document: Document, root: type[Component], place: Path, kind: str) -> dict[Path, Problem]:
    """The problems below a place if a component of this type stands there, by their paths.

    Missing keys are none of them: what else was meant to be given, a guess does not tell.
    """
    values = _with(document.values, (*place, "type"), kind)
    assert isinstance(values, dict)
    supposed = replace(document, values=values)
    try:
        root.model_validate(values)
    except ValidationError as error:
        missing = {written(values, each) for each in error.errors() if each["type"] == "missing"}
        found = [*explain(supposed, root, error), *below_unknown_types(supposed, root, error, place)]
        return {
            path: problem for path, problem in found if path[: len(place)] == place and path not in (place, *missing)
        }
    return {}


def _with(values: object, path: Path, value: object) -> object:
    """Values with another one at a path that is there."""
    if not path:
        return value
    step, *rest = path
    if isinstance(values, tuple):
        return tuple(_with(each, tuple(rest), value) if i == step else each for i, each in enumerate(values))
    assert isinstance(values, Mapping)
    return {**values, step: _with(values[str(step)], tuple(rest), value)}


def _without_type(document: Document, root: type[Component], place: Path) -> Iterator[tuple[Path, Problem]]:
    """The keys that no type has, where none is given."""
    given, classes = value_at(document.values, place), choices(root, document.values, place)
    names = dict.fromkeys(name for cls in classes for name in cls.model_fields)
    keys = given if isinstance(given, Mapping) and names and type_as_key(classes, given) is None else ()
    for key in keys:
        if key not in names:
            near = nearest(key, names)
            hint = f"did you mean `{near}`?" if near else "no type has this key"
            path = (*place, key)
            yield path, Problem(document.key_mark(path), f"unknown key `{cut(key)}` in {dotted(place)}", hint)
