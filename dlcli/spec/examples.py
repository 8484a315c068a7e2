"""How components and their fields may be written: examples that load, made of what the classes say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Lt, MinLen

from dlcli.component import Component
from dlcli.errors import SpecError
from dlcli.families import added, family_of
from dlcli.spec.experiment import Experiment
from dlcli.spec.fields import as_written, in_one_line, unwrapped
from dlcli.spec.load import checked
from dlcli.spec.reading import parse
from dlcli.spec.structure import classes_in, classes_of, type_name
from dlcli.spec.writing import write

Place = tuple[str, ...]
"""The keys from the top level of a spec to a part of it."""

_LINE, _FOLDED = 76, 60
"""Columns within which a key stays in one line, and after which a list in a block goes on in the next."""
_OPTIONAL = 2
"""Fields with a default that an example shows."""


def example(place: Place, cls: type[Component], field: str | None = None) -> str:
    """The lines of a spec in which the component at `place` stands, with one of its fields if that is named.

    A part need not go together with what stands around it only to make a whole, as images with a model of signals.
    Empty if nothing is found that loads.
    """
    ways = [_plugin_line(cls) + _lines(_around(place, written, cls)) for written in _ways(cls, field)]
    for combined in (True, False):
        for lines in ways:
            if _loads(lines, combined=combined):
                return lines
    return ""


def complete(lines: str) -> str:
    """Lines of a spec with those that every spec needs."""
    given = parse(lines, "example").values
    needed = {key: value for key, value in _shortest(Experiment).items() if key not in given}
    return _lines(needed) + lines


def _loads(lines: str, *, combined: bool) -> bool:
    document = parse(complete(lines), "example.yaml")
    # Those that an example names may not be there to be read; those whose parts are known now are.
    values = document.values | {"plugins": tuple(str(file.absolute()) for file in _plugin_files(added()))}
    try:
        checked(replace(document, values=values), combined=combined)
    except SpecError:
        return False
    return True


def _plugin_line(cls: type[Component]) -> str:
    """What a spec must say so that it can hold a part of a file."""
    files = [str(file) for file in _plugin_files((cls,))]
    return _lines({"plugins": files}) if files else ""


def _plugin_files(parts: Sequence[type[Component]]) -> list[Path]:
    if not any(family_of(cls) for cls in parts):
        return []
    from dlcli.plugins.files import file_of

    return list(dict.fromkeys(file for cls in parts if (file := file_of(cls)) is not None))


def _ways(cls: type[Component], field: str | None) -> Iterator[dict[str, object]]:
    """How the component may be written, the most telling first."""
    given = declared(cls)
    if field is None:
        yield from (*given, _made_up(cls))
        return
    yield from (each for each in given if field in each and len(each) <= 1 + _OPTIONAL)
    for value in _values(cls, field):
        # Of other keys only those without which it does not load: they would draw the eye away from this one.
        yield _shortest(cls) | {field: value}
        yield from (each | {field: value} for each in sorted((*given, _made_up(cls)), key=len))
    yield from (each for each in given if field in each)


def declared(cls: type[Component]) -> list[dict[str, object]]:
    """The examples that a component's class gives."""
    extra = cls.model_config.get("json_schema_extra")
    examples: Any = extra.get("examples", []) if isinstance(extra, Mapping) else []
    return list(examples)


def _made_up(cls: type[Component]) -> dict[str, object]:
    """What must be given, and some of what may be, the class's own fields before those that it shares with others."""
    shortest = _shortest(cls)
    names = sorted(cls.model_fields, key=lambda name: name not in cls.__annotations__)
    others = {name: next(_values(cls, name), None) for name in names if name not in shortest}
    telling = [name for name, value in others.items() if value is not None and name != "type"]
    return shortest | {name: others[name] for name in telling[:_OPTIONAL]}


def _shortest(cls: type[Component]) -> dict[str, object]:
    """Only what must be given."""
    kind = type_name(cls)
    required = [name for name, field in cls.model_fields.items() if field.is_required()]
    given = next((each for each in declared(cls)), {})
    return ({} if kind is None else {"type": kind}) | {
        name: given.get(name, next(_values(cls, name), None)) for name in required
    }


def _values(cls: type[Component], name: str) -> Iterator[object]:
    """Values that a field may have, the most telling first."""
    field = cls.model_fields[name]
    yield from (as_written(each) for each in field.examples or ())
    default = None if field.is_required() else as_written(field.get_default(call_default_factory=True))
    if default is not None and default != [] and default != {}:
        yield default
    elif not field.examples:
        yield sample(field.annotation, field.metadata)


def sample(annotation: Any, metadata: Sequence[Any] = ()) -> object:
    """A value of a type; None where it takes text, of which only examples can tell."""
    annotation, marks = unwrapped(annotation, metadata)
    origin = get_origin(annotation)
    if origin is Literal:
        return get_args(annotation)[0]
    if origin in (Union, UnionType) and not classes_in(annotation):
        return next((sample(each, marks) for each in get_args(annotation) if each is not NoneType), None)
    if origin is tuple:
        inside = sample(get_args(annotation)[0])
        return [inside] * next((mark.min_length for mark in marks if isinstance(mark, MinLen)), 1)
    if classes := classes_in(annotation):
        kind = type_name(classes[0])
        return _made_up(classes[0]) if kind is None else kind
    return {bool: True, int: _whole(marks), float: _number(marks)}.get(annotation)


def _whole(marks: Sequence[Any]) -> int:
    return next((mark.ge for mark in marks if isinstance(mark, Ge)), 1)  # type: ignore[return-value]


def _number(marks: Sequence[Any]) -> float:
    above: Any = next((mark.gt for mark in marks if isinstance(mark, Gt)), 0.0)
    below: Any = next((mark.lt for mark in marks if isinstance(mark, Lt)), above + 2)
    return float(above + below) / 2


def _around(place: Place, written: object, cls: type[Component]) -> dict[str, Any]:
    """A component of a class as a spec has it at `place`."""
    owner = cls
    for above, key in reversed([(place[:n], key) for n, key in enumerate(place)]):
        owner = owner_of(above, key, owner)
        if isinstance(written, Mapping) and written.keys() == {"type"}:
            written = written["type"]
        if get_origin(owner.model_fields[key].annotation) is tuple:
            written = [written]
        written = {**(_holding(owner, key) if above else {}), key: written}
    return dict(written) if isinstance(written, Mapping) else {}


def _holding(owner: type[Component], key: str) -> dict[str, object]:
    """How a component may be written that is to hold another: as in an example of its own with this key, if any has."""
    given = declared(owner)
    return next((each for each in given if key in each), next(iter(given), _shortest(owner)))


def owner_of(place: Place, key: str, holding: type[Component] | None = None) -> type[Component]:
    """A class that has this key and may stand at this place, the one that does by default if it has the key.

    holding: a class that must be able to stand under the key.
    """
    return _owner_of(place, key, holding, added())


@cache
def _owner_of(
    place: Place, key: str, holding: type[Component] | None, plugins: Sequence[type[Component]]
) -> type[Component]:
    return next(_owners(Experiment, place, key, holding))


def _owners(cls: type[Component], place: Place, key: str, holding: type[Component] | None) -> Iterator[type[Component]]:
    """The classes that may stand at a place below a class and have a key, those that do by default first."""
    field = getattr(cls, "model_fields", {}).get((*place, key)[0])
    if field is None:
        return
    if not place:
        if holding is None or holding in classes_of(field):
            yield cls
        return
    default = [] if field.is_required() else [type(field.get_default(call_default_factory=True))]
    for below in (*default, *classes_of(field)):
        yield from _owners(below, place[1:], key, holding)


def _lines(values: Mapping[str, object]) -> str:
    """Values of a spec's top level: a line each, or several where one is too long."""
    text = ""
    for key, value in values.items():
        line = f"{key}: {in_one_line(value)}\n"
        text += line if len(line) <= _LINE else write({key: as_written(value)}, width=_FOLDED)
    return text
