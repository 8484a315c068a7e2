"""From a YAML file to an Experiment, or to the list of everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dlcli.errors import SpecError
from dlcli.spec.experiment import Experiment
from dlcli.spec.overrides import override
from dlcli.spec.problems import Mark, Path, Problem, dotted
from dlcli.spec.reading import Document, read


def load(path: FilePath, overrides: Sequence[str] = ()) -> Experiment:
    """Reads an experiment spec, with `a.b=value` overrides laid over it.

    Raises UsageError when the file cannot be read and SpecError with every problem in it, each with its place.
    """
    return check(read(path), overrides)


def check(document: Document, overrides: Sequence[str] = ()) -> Experiment:
    """Makes an Experiment of a document with overrides laid over it; raises SpecError with every problem."""
    for argument in overrides:
        document = override(document, argument)
    stem = FilePath(document.source).stem
    try:
        return Experiment.model_validate({"name": stem, **document.values})
    except ValidationError as error:
        raise SpecError(sorted(_problem(document, details) for details in error.errors())) from None


def dump(experiment: Experiment) -> str:
    """The experiment with all its defaults as YAML that loads again to the same experiment."""
    values = experiment.model_dump(mode="json")
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes strings that YAML 1.2 readers take for numbers in quotes, and lists of scalars in one line."""


def _float(dumper: yaml.SafeDumper, value: float) -> yaml.Node:
    text = repr(value)
    special = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}
    return dumper.represent_scalar("tag:yaml.org,2002:float", special.get(text, text))


def _list(dumper: yaml.SafeDumper, value: list[object]) -> yaml.Node:
    flat = not any(isinstance(item, dict | list) for item in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=flat)


def _str(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    try:
        ambiguous = not isinstance(yaml.safe_load(value), str) or _is_number(value)
    except yaml.YAMLError:
        ambiguous = True
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="'" if ambiguous else None)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


_Dumper.add_representer(float, _float)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(str, _str)


def _problem(document: Document, details: ErrorDetails) -> Problem:
    path = _written(document.values, details["loc"])
    kind, context = details["type"], details.get("ctx", {})
    given = details["input"]
    if kind == "extra_forbidden":
        return Problem(document.key_mark(path), f"unknown key `{dotted(path)}`")
    if kind == "missing":
        return Problem(_parent_mark(document, path), f"`{dotted(path)}` is missing")
    if kind == "union_tag_invalid":
        return Problem(
            document.mark((*path, "type")),
            f"unknown type `{context['tag']}` for `{dotted(path)}`; expected one of {_plain(context['expected_tags'])}",
        )
    if kind == "union_tag_not_found":
        return Problem(document.mark(path), f"`{dotted(path)}` needs a `type`")
    return Problem(document.mark(path), f"`{dotted(path)}`: {_expected(details)}, got {_shown(given)}")


def _parent_mark(document: Document, path: Path) -> Mark:
    return document.key_mark(path[:-1]) if len(path) > 1 else Mark(document.source, 1, 1)


def _expected(details: ErrorDetails) -> str:
    """Pydantic's sentence in the words of a spec."""
    message = str(details["msg"]).removeprefix("Value error, ")
    for theirs, ours in _WORDS.items():
        message = message.replace(theirs, ours)
    return message[:1].lower() + message[1:]


_WORDS = {
    "Input should be a valid integer": "expected a whole number",
    "Input should be a valid number": "expected a number",
    "Input should be a valid tuple": "expected a list such as [32, 32]",
    "Input should be a valid string": "expected text",
    "Input should be a valid boolean": "expected true or false",
    "Input should be a valid dictionary or instance of": "expected keys and values for",
    "Input should be a valid dictionary or object to extract fields from": "expected keys and values",
    "Input should be": "expected",
}


def _plain(tags: str) -> str:
    return tags.replace("'", "")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _written(values: object, location: tuple[int | str, ...]) -> Path:
    """A location as pydantic gives it, less the union tags that nobody wrote."""
    path: list[str | int] = []
    for i, step in enumerate(location):
        last = i == len(location) - 1
        if isinstance(values, dict):
            if step not in values and not last:
                continue
            values = values.get(step)
        elif isinstance(values, tuple) and isinstance(step, int) and step < len(values):
            values = values[step]
        elif not isinstance(step, int):
            continue
        path.append(step)
    return tuple(path)
