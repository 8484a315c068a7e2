"""dlcli runs gc"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dlcli.cli.options import Runs, at_least
from dlcli.cli.runs.common import Yes

if TYPE_CHECKING:
    from dlcli.runs.collection import Collection
    from dlcli.runs.entries import Entry


def gc(
    keep_best: Annotated[
        int | None,
        typer.Option(
            "--keep-best",
            metavar="N",
            parser=at_least("--keep-best", 0),
            help="Keep the N best of each name; with --older-than alone, 1.",
        ),
    ] = None,
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", metavar="TIME", help="Delete only what ended so long ago: 12h, 30d, 2w."),
    ] = None,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Delete also stopped runs that --resume could take up.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and delete nothing.")] = False,
    yes: Yes = False,
    runs: Runs = None,
) -> None:
    """Delete all but the best finished runs of each name, after asking.

    The best are told by the kept model's score on validation (of the metric that the newest run kept it by), and where
    there is no validation on the test. Never deleted are runs that are being trained, damaged ones and those without
    that score; stopped ones with a checkpoint only with --unfinished. A cross-validation counts as one run.
    """
    import time

    from dlcli.cli.runs.common import mended
    from dlcli.errors import UsageError
    from dlcli.runs.collection import collect, seconds_of
    from dlcli.runs.entries import entries
    from dlcli.runs.removal import sweep

    if keep_best is None and older_than is None:
        raise UsageError("dlcli runs gc: say what can go, with --keep-best N, --older-than 30d, or both")
    age = seconds_of(older_than) if older_than is not None else 0.0
    root, best = mended(runs), 1 if keep_best is None else keep_best
    made = collect(entries(root), keep_best=best, older_than=age, unfinished=unfinished, now=time.time())
    for each in made:
        _show(each)
    _carry_out([entry for each in made for entry, _ in each.doomed], dry_run, yes)
    if not dry_run:
        sweep(root)


def _carry_out(doomed: list[Entry], dry_run: bool, yes: bool) -> None:
    from dlcli.cli.runs.common import delete, make_sure, size

    count = sum(len(entry.runs) for entry in doomed)
    total = f"{count} run{'s' if count > 1 else ''}, {size(sum(entry.bytes for entry in doomed))}"
    if not doomed:
        typer.echo("nothing to delete")
    elif dry_run:
        typer.echo(f"would delete {total}")
    else:
        make_sure(f"Delete {total}?", yes=yes)
        delete(doomed)


def _show(made: Collection) -> None:
    """What becomes of the runs of a name."""
    by = f", by {made.metric}" if made.metric else ""
    typer.echo(f"{made.family}{by}")
    for entry in made.best:
        typer.echo(f"  keep    {_line(entry, made)}")
    for entry, why in made.spared:
        typer.echo(f"  keep    {_line(entry, made)}  {why}")
    for entry, why in made.doomed:
        typer.echo(f"  delete  {_line(entry, made)}  {why}")


def _line(entry: Entry, made: Collection) -> str:
    from dlcli.cli.runs.common import runs_in, size

    value = entry.score(made.metric) if entry.state == "done" else None
    reached = f"{value:.4f}" if value is not None else "-"
    return f"{entry.path.name}{runs_in(entry)}  {reached:>8}  {size(entry.bytes):>7}"
