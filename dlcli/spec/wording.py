"""Says what pydantic found wrong with a spec in the words of a spec, and where."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dlcli.component import Component
from dlcli.spec.problems import Path, Problem, cut, dotted
from dlcli.spec.reading import Document
from dlcli.spec.structure import choices, component_at, type_name
from dlcli.spec.suggest import among, for_key, listed, nearest
from dlcli.spec.writing import write

_MOST = 100
"""Problems that are told; to find out what was meant takes a while, and nobody reads more."""
KEY = "[key]"
"""What pydantic appends to the location of a mapping's key that is itself wrong."""


def explain(document: Document, root: type[Component], error: ValidationError) -> list[tuple[Path, Problem]]:
    """The problems that a document has as a `root`, each with the path of what is wrong."""
    found: dict[Path, list[ErrorDetails]] = {}
    for details in error.errors():
        found.setdefault(written(document.values, details), []).append(details)
    # Where something inside is wrong, what pydantic says of the whole only repeats it.
    whole = {path[:n] for path in found for n in range(len(path))}
    paths = [path for path in found if path not in whole]
    if len(paths) > _MOST:
        paths.sort(key=document.key_mark)
    problems = [(path, _problem(document, root, path, found[path])) for path in paths[:_MOST]]
    if len(paths) > _MOST:
        place = document.key_mark(paths[_MOST])
        more = Problem(place, f"here begin {len(paths) - _MOST} more problems, which are not shown")
        problems.append((paths[_MOST], more))
    return problems


def told(details: ErrorDetails) -> str:
    """What is wrong with a value that stands in no document, such as that of an option."""
    if details["type"] == "value_error":
        return str(details["ctx"]["error"])
    choices = _choices(details) if details["type"] == "literal_error" else []
    near = nearest(str(details["input"]), choices)
    return f"expected {_expected(details)}{f'; did you mean `{near}`?' if near else ''}"


def _problem(document: Document, root: type[Component], path: Path, found: list[ErrorDetails]) -> Problem:
    details = found[0]
    name = f"`{dotted(path)}`"
    match details["type"]:
        case "extra_forbidden":
            where = _where(root, document.values, path[:-1])
            hint = for_key(root, document.values, path)
            return Problem(document.key_mark(path), f"unknown key `{cut(str(path[-1]))}`{where}", hint)
        case "missing":
            return Problem(document.key_mark(path[:-1]), f"{name} is missing", _example(root, document.values, path))
        case "value_error":
            return Problem(document.mark(path), _said(path, str(details["ctx"]["error"])))
        case "union_tag_invalid":
            tag = details["input"]["type"]
            types = details["ctx"]["expected_tags"].replace("'", "").split(", ")
            place = (*path, "type") if (*path, "type") in document.marks else path
            hint = among(str(tag), types)
            if "plugins" not in document.values and nearest(str(tag), types) is None:
                hint += "\none of your own needs its file in `plugins`, such as plugins: [my_parts.py]"
            return Problem(document.mark(place), f"{name}: unknown type {shown(tag)}", hint)
    if path[-1:] == (KEY,):
        *around, key = path[:-1]
        hint = among(str(key), _choices(details)) if details["type"] == "literal_error" else ""
        return Problem(document.key_mark(path[:-1]), f"unknown key {shown(key)} in {dotted(tuple(around))}", hint)
    expected = " or ".join(dict.fromkeys(_expected(each) for each in found))
    message = f"{name}: expected {expected}, got {shown(details['input'])}"
    return Problem(document.mark(path), message, _instead(root, document.values, path, details))


def _where(root: type[Component], values: Mapping[str, object], around: Path) -> str:
    cls = component_at(root, values, around) if around else None
    kind = type_name(cls) if cls else None
    return f" in {dotted(around)}{f' ({kind})' if kind else ''}" if around else ""


def _default(root: type[Component], values: Mapping[str, object], path: Path) -> object:
    cls = component_at(root, values, path[:-1])
    field = cls.model_fields.get(str(path[-1])) if cls and path else None
    return None if field is None or field.is_required() else field.get_default(call_default_factory=True)


def _example(root: type[Component], values: Mapping[str, object], path: Path) -> str:
    """For a key that is missing: how it may be written."""
    cls = component_at(root, values, path[:-1])
    if cls is None or path[-1] not in cls.model_fields:
        return ""
    types = [name for each in choices(root, values, path) if (name := type_name(each))]
    about = (cls.model_fields[str(path[-1])].description or "").split("\n")[0]
    return f"{about}\n{listed('one of', types)}" if types else about


def _instead(root: type[Component], values: Mapping[str, object], path: Path, details: ErrorDetails) -> str:
    """For a value that does not fit: how it may be written."""
    given, kind = details["input"], details["type"]
    if kind == "literal_error" and isinstance(given, str):
        near = nearest(given, _choices(details))
        return f"did you mean `{near}`?" if near else ""
    if kind == "bool_type" and str(given).lower() in _AS_BOOLEAN:
        return f"write {_AS_BOOLEAN[str(given).lower()]}"
    if kind in ("int_type", "float_type"):
        number = _number(given)
        if number is not None and (kind == "float_type" or number == int(number)):
            return f"write {shown(int(number) if kind == 'int_type' else number)}"
    if kind == "unexpected" and isinstance(given, Mapping):
        if named := type_as_key(choices(root, values, path), given):
            inside = given[named]
            return f"write {shown({'type': named, **(inside if isinstance(inside, Mapping) else {})})}"
        default = _default(root, values, path)
        usual = [str(type_name(type(default)))] if isinstance(default, Component) else []
        types = fitting(choices(root, values, path), given) or usual
        return f"such as `type: {next((each for each in usual if each in types), types[0])}`" if types else ""
    if kind == "tuple_type":
        return ""  # the message has an example
    default = _default(root, values, path)
    if isinstance(default, int | float | str | tuple) and default != ():
        return f"such as {shown(default)}{', the default' if kind in _BOUNDS else ''}"
    return {"int_type": "such as 3", "float_type": "such as 0.1"}.get(kind, "")


def type_as_key(classes: Sequence[type[Component]], given: Collection[str]) -> str | None:
    """The type that stands as the only key, as in `{cnn: {filters: [3]}}`, instead of as the value of `type`."""
    (key,) = given if len(given) == 1 else (None,)
    return key if key in map(type_name, classes) else None


def fitting(classes: Sequence[type[Component]], given: Collection[str]) -> list[str]:
    """The types, of several, that have most of the keys that are given; none where none has any."""
    known = {kind: sum(key in cls.model_fields for key in given) for cls in classes if (kind := type_name(cls))}
    return [kind for kind, count in known.items() if count == max(known.values()) > 0]


def _number(given: object) -> float | None:
    """The number that a value would be without its quotes; None if there is none."""
    if isinstance(given, bool) or not isinstance(given, str | float):
        return None
    try:
        # Of three digits behind a comma, nobody knows whether thousands are meant.
        comma = isinstance(given, str) and re.fullmatch(r"-?\d+,(\d{1,2}|\d{4,})", given.strip())
        number = float(str(given).replace(",", ".") if comma else given)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) < 2**53 else None


def _choices(details: ErrorDetails) -> list[str]:
    words: str = details["ctx"]["expected"]
    return words.replace("'", "").replace(" or ", ", ").split(", ")


_AS_BOOLEAN = {"yes": "true", "on": "true", "1": "true", "y": "true", "no": "false", "off": "false", "0": "false"}
_BOUNDS = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}


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
    "greater_than": _bound("more than {}", "gt"),
    "greater_than_equal": _bound("at least {}", "ge"),
    "less_than": _bound("less than {}", "lt"),
    "less_than_equal": _bound("at most {}", "le"),
    "string_too_short": _bound("text of {} or more characters", "min_length"),
    "too_short": _bound("a list of {} or more", "min_length"),
    "too_long": _bound("a list of {} or fewer", "max_length"),
}


def shown(value: Any) -> str:
    """A value as it would be written in a spec, cut where it is long; text stands in quotes."""
    if value is None:
        return "nothing"
    text = repr(value) if isinstance(value, str) else write(value, width=float("inf"), in_one_line=True)
    text = text.removesuffix("\n").removesuffix("\n...")
    return cut(text)


def written(values: Any, details: ErrorDetails) -> Path:
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
        elif (step,) == end and (details["type"] == "missing" or step == KEY):
            path.append(step)
    return tuple(path)


def _places(values: object) -> Collection[object]:
    if isinstance(values, dict):
        return values
    return range(len(values)) if isinstance(values, tuple) else ()
