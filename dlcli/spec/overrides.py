"""`--set model.units=[64]`: values given on the command line, laid over those of the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from dlcli.component import Component
from dlcli.errors import SpecError
from dlcli.spec.composing import KEY
from dlcli.spec.core_schema import DEPTH, TOO_DEEP
from dlcli.spec.merging import Change, Upper, lay
from dlcli.spec.problems import OPTION, Mark, Path, Problem, dotted
from dlcli.spec.reading import Document, parse_value
from dlcli.spec.structure import Classes, held_by, short_for
from dlcli.spec.wording import shown

_ITEMS = re.compile(r"(.+?)((?:\[[0-9]{1,9}\])*)", re.DOTALL)
"""A key, and the numbers of items in its list, as in `augment[0]`."""


def override_all(document: Document, arguments: Sequence[str], root: type[Component]) -> Document:
    """Lays arguments over a document one after the other; those that cannot be are among its problems."""
    for argument in arguments:
        try:
            document = override(document, argument, root)
        except SpecError as error:
            sources = (*document.sources, f"{OPTION}{argument}")
            document = replace(document, sources=sources, problems=(*document.problems, *error.problems))
    return document


def override(document: Document, argument: str, root: type[Component]) -> Document:
    """Lays one `a.b=value` or `a[0].b=value` over a document of a `root`; the value is YAML.

    Keys on the way that are missing are made. Setting a key under a bare word keeps the word as the type: with
    `strategy: cpu`, `strategy.x=1` gives `{type: cpu, x: 1}`. With another type, what was given for the old one falls
    away, and a remark says so. Raises SpecError.
    """
    source = f"{OPTION}{argument}"
    name, equals, text = argument.partition("=")
    start = Mark(source, 1, 1, len(name), argument)
    steps = _steps(name.strip())
    if not equals or not steps:
        raise SpecError([Problem(start, "expected KEY=VALUE, such as train.epochs=5")])
    if steps[0] == KEY:
        raise SpecError([Problem(start, f"`{KEY}` stands in files only; --set gives single values")])
    if len(steps) > DEPTH:
        raise SpecError([Problem(start, TOO_DEEP)])
    classes = _checked(document.values, steps, start, root)
    value, keys, marks, problems = parse_value(text, source, f"{name}=")
    upper = Upper(
        _nested(steps, value),
        {steps: start} | {(*steps, *path): mark for path, mark in keys.items()},
        {(*steps, *path): mark for path, mark in marks.items()},
        whole=steps if isinstance(steps[-1], int) and not classes else None,
    )
    laid = lay(document, upper, root)
    # What is wrong with a list of which an item was set is shown where it was set.
    lists = {steps[:-1]: start} if isinstance(steps[-1], int) else {}
    made = {steps[:n]: start for n in range(1, len(steps)) if steps[:n] not in laid.marks}
    return replace(
        document,
        sources=(*document.sources, source),
        values=laid.values,
        keys=laid.keys,
        marks=made | laid.marks | lists,
        problems=(*document.problems, *problems),
        remarks=(*document.remarks, *(_remark(document, source, change) for change in laid.changes if change.keys)),
    )


def _steps(name: str) -> Path:
    """The path that a name such as `augment[0].degrees` stands for; empty if it is no name."""
    steps: list[str | int] = []
    for part in name.split("."):
        match = _ITEMS.fullmatch(part)
        if match is None:
            return ()
        steps += [match[1], *(int(number) for number in re.findall("[0-9]+", match[2]))]
    return tuple(steps)


def _nested(steps: Path, value: object) -> dict[str, object]:
    for step in reversed(steps):
        value = {step: value}
    assert isinstance(value, dict)
    return value


def _checked(values: object, steps: Path, start: Mark, root: type[Component]) -> Classes | None:
    """Follows the steps as far as there are values; returns what the place holds that they lead to.

    Raises SpecError where there are values that have no such keys or items.
    """
    classes: Classes | None = (root,)
    for n, step in enumerate(steps):
        if isinstance(step, int):
            values = _item(values, steps[:n], step, start)
            continue
        key = short_for(classes)
        if key and isinstance(values, str):
            values = {key: values}
        if values is not None and not isinstance(values, dict):
            what = "a list" if isinstance(values, tuple) else shown(values)
            hint = f"an item of it: {dotted(steps[:n])}[0].{step}" if values and isinstance(values, tuple) else ""
            raise SpecError([Problem(start, f"`{dotted(steps[:n])}` is {what} and holds no keys", hint)])
        classes = held_by(classes, values, step)
        values = values.get(step) if values else None
    return classes


def _item(values: object, path: Path, number: int, start: Mark) -> object:
    name = f"`{dotted(path)}`"
    if not isinstance(values, tuple):
        what = "not given in the spec" if values is None else f"{shown(values)} and no list"
        hint = f"give the whole list: {dotted(path)}=[...]" if values is None else ""
        raise SpecError([Problem(start, f"{name} is {what}, so there is no item {number} to set", hint)])
    if number >= len(values):
        held = f"{len(values)} item{'s' * (len(values) != 1)}" if values else "no items"
        hint = f"they are numbered from 0 to {len(values) - 1}" if len(values) > 1 else ""
        raise SpecError([Problem(start, f"{name} has {held}, so there is no item {number} to set", hint)])
    return values[number]


def _remark(document: Document, source: str, change: Change) -> str:
    *others, last = (f"`{key}`" for key in change.keys)
    keys = f"{', '.join(others)} and {last}" if others else last
    places = dict.fromkeys(document.key_mark((*change.path, key)).place for key in change.keys)
    return (
        f"{source}: left out {keys} ({', '.join(places)}), because `{dotted(change.path)}` is no longer of type "
        f"{shown(change.old)}"
    )
