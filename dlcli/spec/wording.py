"""Says what pydantic found wrong with a spec in the words of a spec, and where."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dlcli.component import a_type_of
from dlcli.spec.problems import Path, Problem, dotted
from dlcli.spec.reading import Document
from dlcli.spec.writing import write

_KEY = "[key]"
"""What pydantic appends to the location of a mapping's key that is itself wrong."""


def explain(document: Document, error: ValidationError) -> list[Problem]:
    """The problems of a document, in file order."""
    found: dict[Path, list[ErrorDetails]] = {}
    for details in error.errors():
        found.setdefault(_written(document.values, details), []).append(details)
    # Where something inside is wrong, what pydantic says of the whole only repeats it.
    whole = {path[:n] for path in found for n in range(len(path))}
    return sorted(_problem(document, path, all_details) for path, all_details in found.items() if path not in whole)


def _problem(document: Document, path: Path, found: list[ErrorDetails]) -> Problem:
    details = found[0]
    name = f"`{dotted(path)}`"
    match details["type"]:
        case "extra_forbidden":
            return Problem(document.key_mark(path), f"unknown key {name}")
        case "missing":
            return Problem(document.key_mark(path[:-1]), f"{name} is missing")
        case "value_error":
            return Problem(document.mark(path), _said(path, str(details["ctx"]["error"])))
        case "union_tag_invalid":
            tag = shown(details["input"]["type"])
            return Problem(document.mark((*path, "type")), f"{name}: expected {_expected(details)}, got {tag}")
    expected = " or ".join(dict.fromkeys(_expected(each) for each in found))
    if path[-1:] == (_KEY,):
        *around, key = path[:-1]
        mark = document.key_mark(path[:-1])
        return Problem(mark, f"`{dotted(tuple(around))}`: expected keys {expected}, got {shown(key)}")
    return Problem(document.mark(path), f"{name}: expected {expected}, got {shown(details['input'])}")


def _said(path: Path, words: str) -> str:
    # A validator that names its field and the value, as in "`units` (=[]) must not be empty", has said it all.
    own = f"`{path[-1]}`" if path else ""
    if own and words.startswith(own):
        return f"`{dotted(path)}`{words.removeprefix(own)}"
    return f"`{dotted(path)}`: {words}" if path else words


def _expected(details: ErrorDetails) -> str:
    words = _EXPECTED.get(details["type"])
    if words is None:
        return details["msg"].removeprefix("Input should be ").removeprefix("expected ")
    return words if isinstance(words, str) else words(details)


def _bound(words: str, name: str) -> Callable[[ErrorDetails], str]:
    return lambda details: words.format(shown(details["ctx"][name]).removesuffix(".0"))


def _one_of(details: ErrorDetails) -> str:
    choices: str = details["ctx"]["expected"]
    return choices.replace("'", "")


def _type(details: ErrorDetails) -> str:
    tags: str = details["ctx"]["expected_tags"]
    return a_type_of(tags.replace("'", "").split(", "))


def _list(details: ErrorDetails) -> str:
    given = details["input"]
    return f"a list, such as {shown((given,))}" if isinstance(given, str | int | float) else "a list"


_EXPECTED: dict[str, str | Callable[[ErrorDetails], str]] = {
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text",
    "bool_type": "true or false",
    "tuple_type": _list,
    "dict_type": "keys and values",
    "mapping_type": "keys and values",
    "model_type": "keys and values",
    "literal_error": _one_of,
    "union_tag_invalid": _type,
    "greater_than": _bound("more than {}", "gt"),
    "greater_than_equal": _bound("at least {}", "ge"),
    "less_than": _bound("less than {}", "lt"),
    "less_than_equal": _bound("at most {}", "le"),
    "too_short": _bound("a list of {} or more", "min_length"),
    "too_long": _bound("a list of {} or fewer", "max_length"),
}


def shown(value: Any) -> str:
    """A value as it would be written in a spec, cut where it is long; text stands in quotes."""
    if value is None:
        return "nothing"
    text = repr(value) if isinstance(value, str) else write(value, width=float("inf"), in_one_line=True)
    text = text.removesuffix("\n").removesuffix("\n...")
    return text if len(text) <= 60 else text[:57] + "..."


def _written(values: Any, details: ErrorDetails) -> Path:
    """Where the problem stands in the spec: pydantic's location less the tags and types of unions."""
    path: list[str | int] = []
    end = details["loc"][-1:]
    may_be_tag = True
    for step in details["loc"]:
        tag = values.get("type") if isinstance(values, dict) else values
        if may_be_tag and step == tag:
            may_be_tag = False
        elif step in _places(values):
            path.append(step)
            values = values[step]
            may_be_tag = True
        elif (step,) == end and (details["type"] == "missing" or step == _KEY):
            path.append(step)
    return tuple(path)


def _places(values: object) -> Collection[object]:
    if isinstance(values, dict):
        return values
    return range(len(values)) if isinstance(values, tuple) else ()
