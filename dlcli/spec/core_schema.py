"""The YAML of specs: what plain scalars are taken for, and how much a spec may hold."""

from __future__ import annotations

import re
from typing import Any

import yaml

CORE_SCHEMA = {
    "null": (r"~|null|Null|NULL|", "~nN"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
}
TAG = "tag:yaml.org,2002:"
DEPTH = 40
"""Levels of values within values, at most."""
MOST_VALUES = 10_000
TOO_DEEP = "values are nested too deeply, or hold themselves"
TOO_MANY = f"this is more than {MOST_VALUES} values, aliases counted in full"


class TooMuch(yaml.MarkedYAMLError):
    """What is YAML, but no spec."""


class Loader(yaml.SafeLoader):
    """Stops at what is too deep or too much before the rest is read, which would take its time, or all the stack."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own attribute)
    depth = count = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.count += 1
        if self.depth > DEPTH or self.count > MOST_VALUES:
            problem = TOO_DEEP if self.depth > DEPTH else TOO_MANY
            raise TooMuch(problem=problem, problem_mark=self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def add_core_schema(target: type[yaml.SafeLoader | yaml.SafeDumper]) -> None:
    """Makes a loader or dumper take plain scalars for what the core schema takes them for."""
    for kind, (pattern, first) in CORE_SCHEMA.items():
        target.add_implicit_resolver(TAG + kind, re.compile(f"^(?:{pattern})$"), [*first, ""])


add_core_schema(Loader)
