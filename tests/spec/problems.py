"""Reads a spec that is wrong and returns what is said of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dlcli.errors import SpecError
from dlcli.spec.load import check
from dlcli.spec.reading import parse

REST = "dataset: hapt\nmodel: lstm\n"
"""What a spec must have, on two lines."""


def problems(text: str, overrides: Sequence[str] = ()) -> list[str]:
    """The problems of a spec named s.yaml, as the terminal shows them."""
    with pytest.raises(SpecError) as caught:
        check(parse(text, "s.yaml"), overrides)
    assert caught.value.exit_code == 2
    return str(caught.value).split("\n")


def problem(text: str, overrides: Sequence[str] = ()) -> str:
    """The only problem of a spec."""
    (only,) = problems(text, overrides)
    return only
