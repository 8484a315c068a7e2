"""What each field of a component takes, in plain words: those in which mistakes are explained, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic.fields import FieldInfo

from dlcli.component import ByType, Component, Expecting, Matching, a_type_of
from dlcli.spec.docstrings import paragraphs
from dlcli.spec.structure import classes_in, type_name
from dlcli.spec.writing import write

_PLAIN = {bool: "true or false", int: "a whole number", float: "a number", str: "text", Any: "any value"}
_PLURAL = {"a whole number": "whole numbers", "a number": "numbers", "text": "texts"}
_BOUNDS = ((Gt, "gt", "more than"), (Ge, "ge", "at least"), (Lt, "lt", "less than"), (Le, "le", "at most"))


@dataclass(frozen=True)
class Described:
    """One field of a component."""

    name: str
    takes: str
    """What values fit, in words."""
    default: str | None
    """What holds if it is absent, as it would be written; None if it must be given."""
    meaning: tuple[str, ...]
    """Its docstring's paragraphs."""


def described(cls: type[Component]) -> tuple[Described, ...]:
    """All fields of a component but its `type`, those that must be given first."""
    fields = [described_field(cls, name) for name in cls.model_fields if name != "type"]
    return tuple(sorted(fields, key=lambda field: field.default is not None))


def described_field(cls: type[Component], name: str) -> Described:
    """One field of a component."""
    field = cls.model_fields[name]
    default = None if field.is_required() else in_one_line(field.get_default(call_default_factory=True))
    return Described(name, takes(field.annotation, field.metadata), default, tuple(paragraphs(field.description or "")))


def in_one_line(value: object) -> str:
    """A value, which may be a component, as it would be written in a spec."""
    return write(as_written(value), width=float("inf"), in_one_line=True).removesuffix("\n").removesuffix("\n...")


def as_written(value: object) -> object:
    """A value as it is shortest in a spec: a component that is chosen by type less what are its defaults."""
    if isinstance(value, Component):
        kind = type_name(type(value))
        given = {name: getattr(value, name) for name in type(value).model_fields if name != "type"}
        if kind is None:
            return {name: as_written(each) for name, each in given.items() if each is not None}
        fields = type(value).model_fields
        default = {name: fields[name].get_default(call_default_factory=True) for name in given}
        differing = {name: as_written(each) for name, each in given.items() if each != default[name]}
        return {"type": kind, **differing} if differing else kind
    if isinstance(value, Mapping):
        return {key: as_written(each) for key, each in value.items()}
    return [as_written(each) for each in value] if isinstance(value, tuple | list) else value


def takes(annotation: Any, metadata: Iterable[Any] = ()) -> str:
    """The values that an annotation allows, in words, such as "a whole number, more than 0"."""
    annotation, marks = unwrapped(annotation, metadata)
    for mark in marks:
        if isinstance(mark, Matching | Expecting):
            return mark.expected
        if isinstance(mark, ByType):
            return a_type_of([str(type_name(cls)) for cls in (*classes_in(annotation), *mark.added)])
    if get_origin(annotation) in (Union, UnionType):
        return _union(get_args(annotation), marks)
    if get_origin(annotation) is Literal:
        return one_of(get_args(annotation))
    if get_origin(annotation) is tuple:
        return _list(get_args(annotation), marks)
    if isinstance(get_origin(annotation), type) and issubclass(get_origin(annotation), Mapping):
        key, value = get_args(annotation)
        return f"keys and values: each key {takes(key)}; each value {takes(value)}"
    if isinstance(annotation, type) and issubclass(annotation, Component):
        return f"keys and values ({', '.join(annotation.model_fields)})"
    return ", ".join([_PLAIN[annotation], *([bounds] if (bounds := _bounds(marks)) else [])])


def unwrapped(annotation: Any, metadata: Iterable[Any] = ()) -> tuple[Any, list[Any]]:
    """The type within `Annotated`, and all that is said of it, fields' own metadata among it."""
    marks = list(metadata)
    while get_origin(annotation) is Annotated:
        annotation, *inner = get_args(annotation)
        marks = [*inner, *marks]
    return annotation, [each for mark in marks for each in (mark.metadata if isinstance(mark, FieldInfo) else [mark])]


def one_of(values: Iterable[object]) -> str:
    """Choices, in words."""
    words = [str(value) for value in values]
    return f"one of {', '.join(words)}" if len(words) > 1 else words[0]


def _union(parts: Iterable[Any], marks: list[Any]) -> str:
    parts = list(parts)
    choices = [value for part in parts if get_origin(part) is Literal for value in get_args(part)]
    found = [one_of(choices)] if choices else []
    found += [takes(part, marks) for part in parts if part is not NoneType and get_origin(part) is not Literal]
    return (", or " if any(", " in each for each in found) else " or ").join(
        [*found, *(["null"] if NoneType in parts else [])]
    )


def _list(items: tuple[Any, ...], marks: list[Any]) -> str:
    each = takes(items[0])
    least = next((mark.min_length for mark in marks if isinstance(mark, MinLen)), 0)
    most = next((mark.max_length for mark in marks if isinstance(mark, MaxLen)), None)
    if items[-1] is not ...:
        least = most = len(items)
    count = f"{least} " if most == least else f"{least} or more " if least else ""
    kind, comma, rest = each.partition(", ")
    if kind in _PLURAL and " or " not in rest:
        return f"a list of {count}{_PLURAL[kind]}{f', each {rest}' if comma else ''}"
    return f"a list{f' of {count}'.rstrip() if count else ''}, each {each}"


def _bounds(marks: Iterable[Any]) -> str:
    found = [
        f"{words} {getattr(mark, name):.12g}" for kind, name, words in _BOUNDS for mark in marks
        if isinstance(mark, kind)
    ]  # fmt: skip
    return " and ".join(found)
