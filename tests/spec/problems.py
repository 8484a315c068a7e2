"""Reads a spec that is wrong and returns what is said of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from dlcli.errors import SpecError
from dlcli.spec.load import check
from dlcli.spec.problems import Problem, in_full
from dlcli.spec.reading import parse

REST = "dataset: hapt\nmodel: lstm\n"
"""What a spec must have, on two lines."""


def problems(text: str, overrides: Sequence[str] = ()) -> list[str]:
    """The problems of a spec named s.yaml, each with its place in full."""
    return [f"{p.mark.source}:{p.mark.line}:{p.mark.column}: {p.message}" for p in found(text, overrides)]


def found(text: str, overrides: Sequence[str] = ()) -> tuple[Problem, ...]:
    """The problems of a spec named s.yaml."""
    with pytest.raises(SpecError) as caught:
        check(parse(text, "s.yaml"), overrides)
    assert caught.value.exit_code == 2
    return caught.value.problems


def shown(text: str, overrides: Sequence[str] = ()) -> str:
    """The problems of a spec named s.yaml as the terminal shows them."""
    return in_full(found(text, overrides))


def without_choices(said: str, first: str) -> str:
    """What is said without the list of types that begins with `first`, which grows with every new one."""
    return re.sub(rf"\n *\| one of: {first}, .*(\n *\|   .*)*", "", said)


def problem(text: str, overrides: Sequence[str] = ()) -> str:
    """The only problem of a spec."""
    (only,) = problems(text, overrides)
    return only
