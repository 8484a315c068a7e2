"""dlcli runs list"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dlcli.cli.completion import complete_experiments
from dlcli.cli.options import Runs

if TYPE_CHECKING:
    from dlcli.runs.entries import Entry


def _states() -> list[str]:
    from dlcli.runs.entries import STATES

    return list(STATES)


def list_(
    name: Annotated[
        str | None,
        typer.Option(
            "--name", metavar="NAME", autocompletion=complete_experiments, help="Only runs of this experiment."
        ),
    ] = None,
    state: Annotated[
        str | None,
        typer.Option(
            "--state",
            metavar="STATE",
            autocompletion=_states,
            help="Only these: running, done, preempted, failed, killed, unfinished, damaged.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    runs: Runs = None,
) -> None:
    """List runs, the newest last: how far each came, the scores of its kept model, age and size.

    Under one that stopped stands the command that goes on. The runs of a cross-validation are one line, with the
    means of their scores. The age counts from the end, or while a run is trained from its beginning.
    """
    from dlcli.cli.runs.common import mended
    from dlcli.errors import UsageError
    from dlcli.runs.entries import STATES, entries

    if state is not None and state not in STATES:
        raise UsageError(f"--state {state}: there is no such state; there are {', '.join(STATES)}")
    root = mended(runs)
    there = entries(root)
    found = [
        entry for entry in there if (name is None or entry.family == name) and (state is None or entry.state == state)
    ]
    if as_json:
        import json

        typer.echo(json.dumps([entry.as_json() for entry in found], indent=2))
    elif found:
        _show(found)
    else:
        typer.echo(f"{root}: {'no run is like that' if there else 'there are no runs yet'}")


def _show(found: list[Entry]) -> None:
    import time

    from dlcli.cli.runs.common import size, way_on

    now = time.time()
    head = ("run", "state", "epoch", "step", "validation", "test", "age", "size")
    rows = [head, *(_row(entry, now) for entry in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    right = {"epoch", "step", "age", "size"}

    def line(row: tuple[str, ...]) -> str:
        cells = (
            cell.rjust(width) if column in right else cell.ljust(width)
            for cell, width, column in zip(row, widths, head, strict=True)
        )
        return "  ".join(cells).rstrip()

    typer.echo(line(head))
    for entry, row in zip(found, rows[1:], strict=True):
        typer.echo(line(row))
        problem = next((f"{run.path}: {run.problem}" for run in entry.runs if run.problem), None)
        for remark in filter(None, (problem, way_on(entry))):
            typer.echo(f"    {remark}")
    runs = sum(len(entry.runs) for entry in found)
    total = size(sum(entry.bytes for entry in found))
    typer.echo(f"\n{runs} run{'s' if runs > 1 else ''}, {total}; dlcli runs show RUN tells more of one")


def _row(entry: Entry, now: float) -> tuple[str, ...]:
    from dlcli.cli.runs.common import score, size, span

    last = entry.runs[-1]
    epochs = last.info.get("epochs")
    epoch = f"{last.epoch}/{epochs}" if epochs else f"{last.epoch}"
    if entry.fold_set:
        done = sum(run.state == "done" for run in entry.runs)
        epoch = f"{done}/{entry.folds} folds"
    return (
        entry.name, entry.state, epoch, "" if entry.fold_set else f"{last.step}",
        score(entry, entry.headline, "val_"), score(entry, entry.test_headline, "test_"),
        span(now - entry.since), size(entry.bytes),
    )  # fmt: skip
