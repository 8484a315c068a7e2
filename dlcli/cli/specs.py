"""Reads the specs that commands are given, and says what is to be remarked on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from dlcli.spec.reading import Document


def read_spec(path: Path, overrides: Sequence[str] | None) -> Document:
    """A spec over what it extends and under `--set`, to be checked; remarks go to standard error.

    Raises UsageError and SpecError as `dlcli.spec.load` does.
    """
    from dlcli.spec.load import resolve
    from dlcli.spec.reading import read

    document = resolve(read(path), overrides or ())
    for remark in document.remarks:
        typer.echo(f"note: {remark}", err=True)
    return document
