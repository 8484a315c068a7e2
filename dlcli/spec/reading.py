"""Reads YAML into plain values and remembers where each of them stands.

Scalars follow the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema): `1e-3` is a number and
`yes` a string, unlike in YAML 1.1, which PyYAML reads by default. Keys written twice are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path as FilePath

import yaml

from dlcli.errors import SpecError, UsageError
from dlcli.spec.problems import Mark, Path, Problem, dotted

_RESOLVERS = {
    "null": (r"~|null|Null|NULL|", "~nN"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
}
_BASES = {"0o": 8, "0x": 16}


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own attribute)


for _kind, (_pattern, _first) in _RESOLVERS.items():
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(f"^(?:{_pattern})$"), [*_first, ""])


@dataclass(frozen=True)
class Document:
    """The values of a spec, and for every path in them the mark of its key (or list item) and of its value."""

    source: str
    text: str
    values: dict[str, object]
    keys: dict[Path, Mark] = field(repr=False)
    marks: dict[Path, Mark] = field(repr=False)

    def mark(self, path: Path) -> Mark:
        """The place of the value at `path`, or of the nearest thing around it that is written down."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark(self.source, 1, 1))

    def key_mark(self, path: Path) -> Mark:
        """The place of the key at `path`, or of the nearest thing around it that is written down."""
        return self.keys.get(path) or self.mark(path)


def read(path: FilePath) -> Document:
    """Reads a spec file.

    Raises UsageError when the file cannot be read, SpecError when it is not YAML or not a mapping.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such file") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text (byte {error.start}: {error.reason})") from None
    return parse(text, str(path))


def parse(text: str, source: str) -> Document:
    """Reads a spec from text; `source` names it in problems. Raises SpecError as `read` does."""
    value, keys, marks = parse_value(text, source)
    if not isinstance(value, dict):
        what = "the file is empty" if value is None else f"the file holds {_shown(value)}"
        raise SpecError([Problem(Mark(source, 1, 1), f"{what}; expected keys such as `dataset:` and `model:`")])
    return Document(source, text, value, keys, marks)


def parse_value(text: str, source: str) -> tuple[object, dict[Path, Mark], dict[Path, Mark]]:
    """Reads any YAML value; returns it with the marks of its keys and of its values. Raises SpecError."""
    try:
        node = yaml.compose(text, _Loader)
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        mark = Mark(source, where.line + 1, where.column + 1) if where else Mark(source, 1, 1)
        said = ", ".join(part for part in (error.context, error.problem) if part)
        raise SpecError([Problem(mark, f"not YAML: {said}")]) from None
    except yaml.YAMLError as error:
        raise SpecError([Problem(Mark(source, 1, 1), f"not YAML: {error}")]) from None
    reader = _Reader(source)
    value = None if node is None else reader.value(node, ())
    if reader.problems:
        raise SpecError(sorted(reader.problems))
    return value, reader.keys, reader.marks


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.keys: dict[Path, Mark] = {}
        self.marks: dict[Path, Mark] = {}

    def value(self, node: yaml.Node, path: Path) -> object:
        self.marks[path] = self.at(node)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            # Tuples, because a spec is frozen all the way down.
            return tuple(self.value(item, (*path, i)) for i, item in enumerate(node.value))
        return self.scalar(node)

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(key_node, "a key must be a single word or number")
                continue
            key = key_node.value
            here = (*path, key)
            if key in values:
                first = self.keys[here]
                self.problem(key_node, f"`{dotted(here)}` is given twice; the first is at line {first.line}")
                continue
            self.keys[here] = self.at(key_node)
            values[key] = self.value(value_node, here)
        return values

    def scalar(self, node: yaml.Node) -> object:
        text = str(node.value)
        match node.tag.rpartition(":")[2]:
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text, _BASES.get(text[:2], 10))
            case "float":
                return float(text.replace(".inf", "inf").replace(".nan", "nan")) if "." in text else float(text)
            case "str":
                return text
        self.problem(node, f"tag {node.tag} has no meaning here; expected plain values")
        return None

    def at(self, node: yaml.Node) -> Mark:
        return Mark(self.source, node.start_mark.line + 1, node.start_mark.column + 1)

    def problem(self, node: yaml.Node, message: str) -> None:
        self.problems.append(Problem(self.at(node), message))


def _shown(value: object) -> str:
    return "a list" if isinstance(value, tuple) else f"just `{value}`"
