"""`--set model.units=[64]`: values given on the command line, laid over those of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dlcli.errors import SpecError
from dlcli.spec.problems import OPTION, Mark, Path, Problem, dotted
from dlcli.spec.reading import Document, parse_value


def override_all(document: Document, arguments: Sequence[str]) -> Document:
    """Lays arguments over a document one after the other; those that cannot be are among its problems."""
    for argument in arguments:
        try:
            document = override(document, argument)
        except SpecError as error:
            sources = (*document.sources, f"{OPTION}{argument}")
            document = replace(document, sources=sources, problems=(*document.problems, *error.problems))
    return document


def override(document: Document, argument: str) -> Document:
    """Lays one `a.b=value` over a document; the value is YAML. Keys on the way that are missing are made.

    Setting a key under a bare word keeps the word as the type: with `strategy: cpu`, `strategy.x=1` gives
    `{type: cpu, x: 1}`. Raises SpecError.
    """
    source = f"{OPTION}{argument}"
    name, equals, text = argument.partition("=")
    start = Mark(source, 1, 1, len(name), argument)
    steps: Path = tuple(name.strip().split("."))
    if not equals or not all(steps):
        raise SpecError([Problem(start, "expected KEY=VALUE, such as train.epochs=5")])
    value, keys, marks, problems = parse_value(text, source, f"{name}=")
    values = _laid(document.values, steps, value, start, ())
    made = {steps[:n]: start for n in range(1, len(steps)) if steps[:n] not in document.marks}
    return replace(
        document,
        sources=(*document.sources, source),
        values=values,
        keys=document.keys | {steps: start} | {(*steps, *path): mark for path, mark in keys.items()},
        marks=made | _outside(document.marks, steps) | {(*steps, *path): mark for path, mark in marks.items()},
        problems=(*document.problems, *problems),
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
