"""Reads YAML into plain values and remembers where each of them stands.

Scalars follow the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema): `1e-3` is a number and
`yes` a string, unlike in YAML 1.1, which PyYAML reads by default. Keys written twice are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import NamedTuple

import yaml

from dlcli.errors import SpecError, UsageError
from dlcli.spec.core_schema import CORE_SCHEMA, DEPTH, MOST_VALUES, TAG, TOO_DEEP, TOO_MANY, TooMuch, compose
from dlcli.spec.problems import Mark, Path, Problem, cut, dotted
from dlcli.spec.yaml_faults import fault_of

_BASES = {"0o": 8, "0x": 16}
_DIGITS = 70
_WHOLE = range(-(2**63), 2**63)
_BYTES = 200_000
# What ends a line for PyYAML.
_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


@dataclass(frozen=True)
class Document:
    """The values of a spec, and for every path in them the mark of its key (or list item) and of its value."""

    sources: tuple[str, ...]
    """The file, the files it extends, and then each `--set`, as far as they were laid over it."""
    values: dict[str, object]
    keys: dict[Path, Mark] = field(repr=False)
    marks: dict[Path, Mark] = field(repr=False)
    problems: tuple[Problem, ...] = ()
    """What was wrong with single values, which were left out or taken as nothing."""
    remarks: tuple[str, ...] = ()
    """What is no mistake, but should be said to whoever gave the values."""

    def in_order(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems by their sources, and in the order in which they stand there."""
        order = {source: i for i, source in enumerate(self.sources)}
        return sorted(problems, key=lambda each: (order[each.mark.source], each))

    @property
    def source(self) -> str:
        """The file, or what else names the text."""
        return self.sources[0]

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
        with path.open("rb") as file:
            raw = file.read(_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such file") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    if len(raw) > _BYTES:
        raise UsageError(f"{path}: is larger than {_BYTES // 1000} kB; a spec is a page of text, not data")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = _LINE_END.split(raw[: error.start].decode("utf-8-sig", errors="replace"))
        mark = Mark(str(path), len(before), len(before[-1]) + 1)
        problem = Problem(mark, f"this is not UTF-8 text (byte {raw[error.start]:#04x}: {error.reason})")
        raise SpecError([problem]) from None
    return parse(text, str(path))


def parse(text: str, source: str) -> Document:
    """Reads a spec from text; `source` names it in problems. Raises SpecError as `read` does."""
    value, keys, marks, problems = parse_value(text, source)
    if not isinstance(value, dict):
        what = "the file is empty" if value is None else f"the file holds {_shown(value)}"
        raise SpecError([Problem(marks[()], f"{what}; expected keys such as `dataset:` and `model:`")])
    return Document((source,), value, keys, marks, problems)


class Parsed(NamedTuple):
    """A value, the marks of its keys and of its values by their paths, and what was wrong with single ones."""

    value: object
    keys: dict[Path, Mark]
    marks: dict[Path, Mark]
    problems: tuple[Problem, ...]


def parse_value(text: str, source: str, before: str = "") -> Parsed:
    """Reads any YAML value; in its source's first line, `before` stands before it. Raises SpecError."""
    reader = _Reader(source, text, before)
    start = reader.mark(0, 0)
    try:
        node = compose(text)
        value = reader.whole(node)
    except yaml.MarkedYAMLError as error:
        much = isinstance(error, TooMuch)
        where, words, hint = (error.problem_mark, str(error.problem), "") if much else fault_of(error, text)
        mark = reader.mark(where.line, where.column) if where else start
        raise SpecError([Problem(mark, words if much else f"not YAML: {words}", hint)]) from None
    except yaml.reader.ReaderError as error:
        above = _LINE_END.split(text[: error.position])
        mark = reader.mark(len(above) - 1, len(above[-1]))
        raise SpecError([Problem(mark, f"not YAML: the character {chr(error.character)!r} is not allowed")]) from None
    return Parsed(value, reader.keys, reader.marks, tuple(reader.problems))


class _Reader:
    def __init__(self, source: str, text: str, before: str) -> None:
        self.source, self.before = source, before
        first, *rest = _LINE_END.split(text)
        self.lines = [before + first, *rest]
        self.count = 0
        self.problems: list[Problem] = []
        self.keys: dict[Path, Mark] = {}
        self.marks: dict[Path, Mark] = {}

    def whole(self, node: yaml.Node | None) -> object:
        if node is None:
            self.marks[()] = self.mark(0, 0)
            return None
        return self.value(node, ())

    def value(self, node: yaml.Node, path: Path) -> object:
        self.marks[path] = self.at(node)
        self.count += 1
        if len(path) > DEPTH:
            raise SpecError([Problem(self.marks[path], TOO_DEEP)])
        if self.count > MOST_VALUES:
            raise SpecError([Problem(self.marks[path], TOO_MANY)])
        kind = node.tag.removeprefix(TAG)
        if isinstance(node, yaml.MappingNode) and kind == "map":
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and kind == "seq":
            # Tuples, because a spec is frozen all the way down.
            return tuple(self.value(item, (*path, i)) for i, item in enumerate(node.value))
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, kind)
        self.problem(node, f"the tag {_short(node.tag)} does not fit here; expected plain values")
        return None

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        last: yaml.Node | None = None
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(key_node, "a key must be a single word or number")
                continue
            key = key_node.value
            here = (*path, key)
            if values and isinstance(last, yaml.ScalarNode) and _after_comma(last, key_node, value_node):
                *_, before = values
                number = f"{last.value}.{key}"
                self.problem(last, f"`{dotted((*path, before))}`: a number has a point, not a comma", f"write {number}")
                values[before] = None
                continue
            last = value_node
            if key in values:
                first = self.keys[here]
                words = f"`{dotted(here)}` is given twice; the first is at line {first.line}"
                self.problem(
                    key_node,
                    words,
                    f"the first: {first.text.strip()}" if first.line != key_node.start_mark.line + 1 else "",
                )
                continue
            self.keys[here] = self.at(key_node)
            values[key] = self.value(value_node, here)
        return values

    def scalar(self, node: yaml.ScalarNode, kind: str) -> object:
        text = str(node.value)
        if kind == "str":
            return text
        if kind not in CORE_SCHEMA or not re.fullmatch(CORE_SCHEMA[kind][0], text):
            self.problem(node, f"the tag {_short(node.tag)} does not fit here; expected plain values")
            return None
        match kind:
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return self.whole_number(node, text)
        return float(re.sub(r"\.(inf|nan)", r"\1", text.lower()))

    def whole_number(self, node: yaml.ScalarNode, text: str) -> int | None:
        # Python would count on, but arrays hold 64 bits; and turning very long texts into numbers takes long.
        number = int(text, _BASES.get(text[:2], 10)) if len(text) < _DIGITS else None
        if number is not None and number in _WHOLE:
            return number
        self.problem(node, f"expected a whole number from -2^63 to 2^63 - 1, got {cut(text)}")
        return None

    def at(self, node: yaml.Node) -> Mark:
        start, end = node.start_mark, node.end_mark
        # Of what goes on in the next line, only its first character; of an empty value, the place for it.
        return self.mark(start.line, start.column, end.column - start.column if end.line == start.line else 1)

    def mark(self, line: int, column: int, width: int = 1) -> Mark:
        """The mark of a place that PyYAML counts from 0."""
        before = len(self.before) if line == 0 else 0
        text = self.lines[line] if line < len(self.lines) else ""
        return Mark(self.source, line + 1, before + column + 1, max(1, width), text)

    def problem(self, node: yaml.Node, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.at(node), message, hint))


def _after_comma(number: yaml.ScalarNode, key: yaml.ScalarNode, value: yaml.Node) -> bool:
    """Whether a key is what stands behind the comma of a number, as in `{learning_rate: 0,5}`."""
    digits = re.fullmatch("-?[0-9]+", number.value) and re.fullmatch("[0-9]+", key.value)
    nothing = isinstance(value, yaml.ScalarNode) and not value.value and value.style is None
    return bool(digits) and nothing and key.start_mark.index == number.end_mark.index + 1


def _short(tag: str) -> str:
    return tag.replace(TAG, "!!")


def _shown(value: object) -> str:
    return "a list" if isinstance(value, tuple) else f"just `{cut(str(value))}`"
