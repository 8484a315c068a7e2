"""dlcli runs rm"""

from __future__ import annotations

from typing import Annotated

import typer

from dlcli.cli.completion import complete_all_runs
from dlcli.cli.options import Runs
from dlcli.cli.runs.common import Yes


def rm(
    wanted: Annotated[
        list[str],
        typer.Argument(metavar="RUN...", autocompletion=complete_all_runs, help="Folders of runs, or NAME/TIME."),
    ],
    yes: Yes = False,
    runs: Runs = None,
) -> None:
    """Delete runs, after asking. A run that is being trained is never deleted.

    Of a cross-validation all runs go together. Exit codes: 0 deleted; 1 the answer was no; 2 there is no such run, it
    is being trained, or there is no terminal to ask at and no --yes.
    """
    from dlcli.cli.runs.common import delete, make_sure, mended, runs_in, size
    from dlcli.errors import UsageError
    from dlcli.runs.entries import entry_at
    from dlcli.runs.removal import sweep

    root = mended(runs)
    found = list({entry.path: entry for entry in (entry_at(root, each) for each in wanted)}.values())
    for entry in found:
        if entry.state == "running":
            raise UsageError(f"{entry.path}: is being trained; stop it first")
    for entry in found:
        typer.echo(f"delete    {entry.path}{runs_in(entry)}  {entry.state}, {size(entry.bytes)}")
    count = sum(len(entry.runs) for entry in found)
    make_sure(f"Delete {'this run' if count == 1 else f'these {count} runs'}?", yes=yes)
    delete(found)
    sweep(root)
