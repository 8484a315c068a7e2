"""`--set model.units=[64]`: values given on the command line, laid over those of the file."""

from __future__ import annotations

from dataclasses import replace

from dlcli.errors import SpecError
from dlcli.spec.problems import Mark, Path, Problem, dotted
from dlcli.spec.reading import Document, parse_value


def override(document: Document, argument: str) -> Document:
    """Lays one `a.b=value` over a document; the value is YAML. Keys on the way that are missing are made.

    Setting a key under a bare word keeps the word as the type: with `strategy: cpu`, `strategy.x=1` gives
    `{type: cpu, x: 1}`. Raises SpecError.
    """
    source = f"--set {argument}"
    name, equals, text = argument.partition("=")
    steps = tuple(name.strip().split("."))
    if not equals or not all(steps):
        raise SpecError([Problem(Mark(source, 1, 1), "expected KEY=VALUE, such as train.epochs=5")])
    value, keys, marks = parse_value(text, source)
    values = _laid(document.values, steps, value, source, ())
    below = {path: mark for path, mark in document.marks.items() if path[: len(steps)] != steps}
    return replace(
        document,
        values=values,
        keys=document.keys | {steps: Mark(source, 1, 1)} | {(*steps, *path): mark for path, mark in keys.items()},
        marks=below | {(*steps, *path): mark for path, mark in marks.items()},
    )


def _laid(old: object, steps: Path, value: object, source: str, done: Path) -> dict[str, object]:
    step, rest = str(steps[0]), steps[1:]
    if isinstance(old, str):
        old = {"type": old}
    if old is None:
        old = {}
    if not isinstance(old, dict):
        raise SpecError([Problem(Mark(source, 1, 1), f"`{dotted(done)}` is {old!r} and holds no keys")])
    below = _laid(old.get(step), rest, value, source, (*done, step)) if rest else value
    return {**old, step: below}
