"""Parts of a user's own in commands that say what there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dlcli.errors import SpecError

if TYPE_CHECKING:
    from dlcli.plugins.gathered import Gathered


@contextmanager
def known_parts(files: Sequence[Path] | None) -> Iterator[Gathered]:
    """While entered, the parts of these files and of installed packages are known beside dlcli's own.

    What is wrong with a file is printed in the end, and the command then exits with 2.
    """
    from dlcli.cli.validate import show_problems
    from dlcli.families import adding
    from dlcli.plugins.gathered import gather

    gathered = gather(files or ())
    try:
        with adding(gathered.parts):
            yield gathered
    finally:
        for error in gathered.errors:
            show_problems(error.problems) if isinstance(error, SpecError) else typer.echo(f"error: {error}", err=True)
    if gathered.errors:
        raise typer.Exit(2)
