"""Writes values as a spec in which every line says what it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from dlcli.component import Component
from dlcli.spec.structure import choices, component_at
from dlcli.spec.writing import write

_WIDTH = 120


Place = tuple[str, ...]


def commented(
    root: type[Component],
    values: Mapping[str, object],
    header: Mapping[str, str],
    reasons: Mapping[Place, str] = MappingProxyType({}),
) -> str:
    """The values as YAML, after a header; comments are the first words of the docstrings of the fields.

    reasons: why a value is given, which is said instead; above its line where there is no room beside it.
    """
    lines = [f"# {f'{name}:':<8} {text}" for name, text in header.items()]
    for key, value in values.items():
        lines += _lines(root, values, (key,), value, reasons)
    return "\n".join(lines) + "\n"


def _lines(
    root: type[Component], values: Mapping[str, object], path: Place, value: object, reasons: Mapping[Place, str]
) -> Iterator[str]:
    indent, comment = "  " * (len(path) - 1), reasons.get(path) or _about(root, values, path)
    if isinstance(value, Mapping) and choices(root, values, path) and len(path) == 1:
        yield f"{path[-1]}:{_beside(f'{path[-1]}:', comment)}"
        for key, inner in value.items():
            yield from _lines(root, values, (*path, key), inner, reasons)
        return
    text = f"{indent}{path[-1]}: {_in_one_line(value)}"
    beside = _beside(text, comment)
    if path in reasons and not beside:
        yield f"{indent}# {comment}"
    yield f"{text}{beside}"


def _in_one_line(value: object) -> str:
    text = write(value, width=float("inf"), in_one_line=True)
    return text.removesuffix("\n").removesuffix("\n...")


def _beside(text: str, comment: str) -> str:
    padded = f"{' ' * max(2, 34 - len(text))}# {comment}"
    return padded if comment and len(text) + len(padded) <= _WIDTH else ""


def _about(root: type[Component], values: Mapping[str, object], path: Place) -> str:
    """What a field is for, in the first words of its docstring; of a type, those of the component's own."""
    cls = component_at(root, values, path[:-1])
    if cls is None:
        return ""
    said = cls.__doc__ if path[-1] == "type" else cls.model_fields[path[-1]].description
    first = re.split(r"(?<=[^.])[.:;](?:\s|$)", " ".join((said or "").split("\n\n")[0].split()), maxsplit=1)[0]
    return first if len(first) <= 80 else first[: first.rindex(",", 0, 81)] if "," in first[:81] else ""
