"""Writes plain values as YAML that says the same to readers of YAML 1.1 and of YAML 1.2."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from dlcli.spec.core_schema import add_core_schema


class _Dumper(yaml.SafeDumper):
    """Quotes text that either version would take for something else; writes lists of scalars in one line."""


def is_flat(items: Sequence[object]) -> bool:
    """Whether a list is written in one line."""
    return not any(isinstance(item, dict | list) for item in items)


def _list(dumper: yaml.SafeDumper, value: Sequence[object]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=is_flat(value) or None)


def _dict(dumper: yaml.SafeDumper, value: dict[object, object]) -> yaml.Node:
    # A component's type tells what its other keys mean, so it is written before them, as people do.
    first = {"type": value["type"]} if "type" in value else {}
    return dumper.represent_mapping("tag:yaml.org,2002:map", first | value)


def _str(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    # Line ends other than \n, such as U+0085, come back as spaces unless they are escaped.
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if value.isprintable() else '"')


add_core_schema(_Dumper)  # beside the resolvers of YAML 1.1, which PyYAML has
_Dumper.ignore_aliases = lambda self, data: True  # type: ignore[method-assign]
_Dumper.add_representer(str, _str)
_Dumper.add_representer(dict, _dict)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(tuple, _list)


def write(value: object, *, width: float, in_one_line: bool = False) -> str:
    """The value as YAML; mappings stand in blocks unless `in_one_line`."""
    return yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=width,
        default_flow_style=in_one_line,
    )
