"""`--set model.units=[64]`: values given on the command line, laid over those of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dlcli.errors import SpecError
from dlcli.spec.problems import Mark, Path, Problem, dotted
from dlcli.spec.reading import Document, parse_value


def override_all(document: Document, arguments: Sequence[str]) -> Document:
    """Lays arguments over a document one after the other. Raises SpecError with the problems of all of them."""
    problems: list[Problem] = []
    for argument in arguments:
        try:
            document = override(document, argument)
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    return document


def override(document: Document, argument: str) -> Document:
    """Lays one `a.b=value` over a document; the value is YAML. Keys on the way that are missing are made.

    Setting a key under a bare word keeps the word as the type: with `strategy: cpu`, `strategy.x=1` gives
    `{type: cpu, x: 1}`. Raises SpecError.
    """
    source = f"--set {argument}"
    start = Mark(source, 1, 1)
    name, equals, text = argument.partition("=")
    steps: Path = tuple(name.strip().split("."))
    if not equals or not all(steps):
        raise SpecError([Problem(start, "expected KEY=VALUE, such as train.epochs=5")])
    value, keys, marks = parse_value(text, source, len(name) + 2)
    values = _laid(document.values, steps, value, start, ())
    made = {steps[:n]: start for n in range(1, len(steps)) if steps[:n] not in document.marks}
    return replace(
        document,
        values=values,
        keys=document.keys | {steps: start} | {(*steps, *path): mark for path, mark in keys.items()},
        marks=made | _outside(document.marks, steps) | {(*steps, *path): mark for path, mark in marks.items()},
    )


def _outside(marks: dict[Path, Mark], steps: Path) -> dict[Path, Mark]:
    return {path: mark for path, mark in marks.items() if path[: len(steps)] != steps}


def _laid(old: object, steps: Path, value: object, start: Mark, done: Path) -> dict[str, object]:
    step, rest = str(steps[0]), steps[1:]
    if isinstance(old, str):
        old = {"type": old}
    if old is None:
        old = {}
    if not isinstance(old, dict):
        what = "a list" if isinstance(old, tuple) else old
        raise SpecError([Problem(start, f"`{dotted(done)}` is {what} and holds no keys")])
    below = _laid(old.get(step), rest, value, start, (*done, step)) if rest else value
    return {**old, step: below}
