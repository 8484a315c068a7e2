"""Which component a place in a spec holds: the tree of the components' classes, walked along the values given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

from pydantic.fields import FieldInfo

from dlcli.component import ByType, Component
from dlcli.families import added
from dlcli.spec.problems import Path

Classes = tuple[type[Component], ...]
"""The components that a place may hold, one of them; none where it holds plain values."""

# Components may hold others of their own kind, as a schedule another one, without end.
_DEEPEST = 4


def classes_in(annotation: Any) -> Classes:
    """The component classes that a type allows, in their order, those of plugins last."""
    return _with_added(tuple(_leaves(annotation)))


def classes_of(field: FieldInfo) -> Classes:
    """The component classes that a field allows, in their order, those of plugins last."""
    # A spec is walked several times, and what a field allows of dlcli's own stays the same. The field is kept, so that
    # no other can come to have its number.
    if id(field) not in _fields:
        # Of `Annotated[...]` itself, pydantic keeps the type and what marks it apart.
        leaves = tuple(leaf for each in (field.annotation, *field.metadata) for leaf in _leaves(each))
        _fields[id(field)] = field, leaves
    leaves = _fields[id(field)][1]
    return _with_added(leaves) if leaves else ()


Leaf = type[Component] | ByType
_fields: dict[int, tuple[FieldInfo, tuple[Leaf, ...]]] = {}


def _leaves(annotation: Any) -> Iterator[Leaf]:
    """The component classes in a type, and the marks of families that classes of plugins may join."""
    if isinstance(annotation, ByType) or (isinstance(annotation, type) and issubclass(annotation, Component)):
        yield annotation
    else:
        for each in get_args(annotation):
            yield from _leaves(each)


def _with_added(leaves: tuple[Leaf, ...]) -> Classes:
    found = (leaf.added if isinstance(leaf, ByType) else (leaf,) for leaf in leaves)
    return tuple(dict.fromkeys(cls for each in found for cls in each))


def type_name(cls: type[Component]) -> str | None:
    """The word by which a spec chooses a component; None where there is only one."""
    field = cls.__pydantic_fields__.get("type")
    return None if field is None else str(field.default)


def chosen(classes: Classes, value: object) -> type[Component] | None:
    """The one of several classes that a value in a spec chooses; None if it chooses none of them."""
    if len(classes) == 1 and type_name(classes[0]) is None:
        return classes[0]
    word = value.get("type") if isinstance(value, Mapping) else value
    return next((cls for cls in classes if isinstance(word, str) and type_name(cls) == word), None)


def held_by(classes: Classes | None, value: object, key: str) -> Classes | None:
    """What the place under a key holds, in a place that holds one of `classes`, of which `value` chooses.

    None where nobody knows: under a type or a key that there is not.
    """
    if not classes:
        return classes
    cls = chosen(classes, value)
    if cls is None or key not in cls.model_fields:
        return None
    return classes_of(cls.__pydantic_fields__[key])


def short_for(classes: Classes | None) -> str | None:
    """The key that a bare word is short for in the place of one of these; None where a word is only text."""
    if classes is None:
        return Component.word
    return next((cls.word for cls in classes if cls.word in cls.model_fields), None)


def value_at(values: object, path: Path) -> object:
    """The value that stands at `path`; None if nothing does."""
    for step in path:
        if isinstance(values, Mapping):
            values = values.get(step)
        elif isinstance(values, tuple) and isinstance(step, int) and step < len(values):
            values = values[step]
        else:
            return None
    return values


def choices(root: type[Component], values: object, path: Path) -> Classes:
    """The classes that the place at `path` may hold, among the values given; none if it holds no component."""
    classes: Classes = (root,)
    for i, step in enumerate(path):
        if isinstance(step, str):
            cls = chosen(classes, value_at(values, path[:i]))
            if cls is None or step not in cls.model_fields:
                return ()
            classes = classes_of(cls.model_fields[step])
    return classes


def component_at(root: type[Component], values: object, path: Path) -> type[Component] | None:
    """The class of the component at `path`, as far as the values given choose one."""
    return chosen(choices(root, values, path), value_at(values, path))


Placed = tuple[tuple[str, ...], type[Component]]
"""A component class, with the keys that lead to it."""


def fields_below(root: type[Component]) -> tuple[Placed, ...]:
    """Every component class below a class, the nearest first."""
    return _fields_below(root, added())


@cache
def _fields_below(root: type[Component], plugins: Classes) -> tuple[Placed, ...]:
    # The classes of plugins are in here, too, so what is remembered is remembered for these plugins.
    return tuple(sorted(_below(root, ()), key=lambda found: len(found[0])))


def _below(cls: type[Component], path: tuple[str, ...]) -> Iterator[Placed]:
    yield path, cls
    for name, field in cls.model_fields.items():
        for inner in classes_of(field):
            if len(path) < _DEEPEST:
                yield from _below(inner, (*path, name))
