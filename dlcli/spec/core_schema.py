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


class _Composer(yaml.composer.Composer):
    """Stops at what is too deep or too much before the rest is read, which would take its time, or all the stack."""

    depth = count = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.count += 1
        if self.depth > DEPTH or self.count > MOST_VALUES:
            problem = TOO_DEEP if self.depth > DEPTH else TOO_MANY
            raise TooMuch(problem=problem, problem_mark=self.peek_event().start_mark)  # type: ignore[attr-defined]
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class Loader(_Composer, yaml.SafeLoader):
    """PyYAML's own parser, whose words on what is no YAML are those that `yaml_faults.py` knows."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own attribute)


def add_core_schema(target: type[yaml.resolver.Resolver]) -> None:
    """Makes a loader or dumper take plain scalars for what the core schema takes them for."""
    for kind, (pattern, first) in CORE_SCHEMA.items():
        target.add_implicit_resolver(TAG + kind, re.compile(f"^(?:{pattern})$"), [*first, ""])


add_core_schema(Loader)


def compose(text: str) -> yaml.Node | None:
    """The nodes of a YAML text, None of an empty one. Raises yaml.YAMLError, TooMuch where it is too much for a spec.

    With libyaml, where PyYAML was built with it, the text is parsed in a fifth of the time. Of what the two parsers see
    differently nothing is left to libyaml.
    """
    if _FastLoader is not None and _ALIKE.fullmatch(text):
        try:
            return yaml.compose(text, _FastLoader)
        except TooMuch:
            raise
        except yaml.YAMLError:
            pass  # told by the other parser, in the words that are known
    return yaml.compose(text, Loader)


_ALIKE = re.compile("(?:(?![|>][-+0-9]*#)(?:[^\\W_]|[ \\n_#.,:;'\"(){}\\[\\]/+*&<>|=~$^@`!%-]))*")
"""Texts of letters, digits and signs that both take for the same; libyaml sees other things in tabs, `?` and `|#`."""


def _fast_loader() -> type | None:
    if not yaml.__with_libyaml__:
        return None
    from yaml.cyaml import CParser  # type: ignore[attr-defined]

    class FastLoader(_Composer, CParser, yaml.resolver.Resolver):
        """libyaml's parser; nodes are composed as by the other one."""

        yaml_implicit_resolvers = Loader.yaml_implicit_resolvers

        def compose_scalar_node(self, anchor: Any) -> yaml.ScalarNode:
            node = super().compose_scalar_node(anchor)
            if not node.value and node.style not in ("'", '"'):
                raise yaml.YAMLError("nothing, whose place libyaml tells otherwise")
            return node

        def __init__(self, stream: str) -> None:
            CParser.__init__(self, stream)
            yaml.composer.Composer.__init__(self)
            yaml.resolver.Resolver.__init__(self)

    return FastLoader


_FastLoader = _fast_loader()
