"""Reads and checks the specs that commands are given, and says what is to be remarked on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dlcli.errors import SpecError

if TYPE_CHECKING:
    from dlcli.spec import Experiment
    from dlcli.spec.reading import Document


def read_spec(path: Path, overrides: Sequence[str] | None) -> tuple[Document, Experiment]:
    """A spec over what it extends and under `--set`, and the experiment it is; remarks go to standard error.

    A `--set` that is wrong itself, such as to a type that there is not, is told as that alone.
    Raises UsageError and SpecError as `dlcli.spec.load` does.
    """
    from dlcli.spec.load import checked, resolve
    from dlcli.spec.reading import read

    document = resolve(read(path), overrides or ())
    wrong: set[str] = set()
    try:
        return checked(document)
    except SpecError as error:
        wrong = {problem.mark.source for problem in error.problems}
        raise
    finally:
        for remark in document.remarks:
            if not any(remark.startswith(f"{source}: ") for source in wrong):
                typer.echo(f"note: {remark}", err=True)
