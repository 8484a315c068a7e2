"""What the commands on runs share: mended records, words for sizes and times, and being sure."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dlcli.runs.entries import Entry

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Delete without asking.")]


def mended(runs: Path | None) -> Path:
    """The folder of all runs, in which runs whose process died say so."""
    from dlcli.report.hparams import mend
    from dlcli.runs.find import runs_folder

    root = runs_folder(runs)
    mend(root)
    return root


def size(count: int) -> str:
    """Bytes, in words."""
    for unit, bytes_each in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= bytes_each:
            return (
                f"{count / bytes_each:.3g} {unit}" if count < 999.5 * bytes_each else f"{count / bytes_each:.0f} {unit}"
            )
    return f"{count} B"


def span(seconds: float) -> str:
    """A time, in the largest unit of which there are two."""
    for unit, seconds_each in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * seconds_each:
            return f"{seconds / seconds_each:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def score(entry: Entry, name: str | None, prefix: str = "") -> str:
    """A score with its name."""
    value = entry.score(name)
    return "-" if value is None or name is None else f"{name.removeprefix(prefix)} {value:.4f}"


def way_on(entry: Entry) -> str | None:
    """How an entry that stopped goes on; None where there is nothing to go on with."""
    run = entry.resumes
    if run is None:
        return None
    fold = f" of fold {run.info['fold']}" if entry.fold_set and run.state != "done" else ""
    if entry.fold_set and run.state == "done":
        where = f"goes on with fold {run.info['fold'] + 1} of {entry.folds}"
    elif run.resumes_after:
        where = f"goes on after step {run.resumes_after}{fold}"
    else:
        where = f"begins anew{fold}, there is no checkpoint"
    return f"{where}: dlcli train --resume {run.path}"


def make_sure(question: str, *, yes: bool) -> None:
    """Asks before something is deleted; exits with 1 where the answer is no.

    Raises UsageError where nobody can be asked and `--yes` was not given.
    """
    from dlcli.errors import UsageError

    if yes:
        return
    if not _can_ask():
        raise UsageError(f"{question} There is no terminal to answer at; --yes deletes without asking")
    if not typer.confirm(question):
        typer.echo("nothing was deleted")
        raise typer.Exit(1)


def _can_ask() -> bool:
    return sys.stdin.isatty()


def delete(found: list[Entry]) -> None:
    """Deletes entries, and says so of each."""
    from dlcli.runs.removal import remove

    for entry in found:
        remove(entry)
        typer.echo(f"deleted   {entry.path}{runs_in(entry)}")
    typer.echo(f"freed     {size(sum(entry.bytes for entry in found))}")


def runs_in(entry: Entry) -> str:
    """How many runs an entry holds, where it is a cross-validation."""
    return f" (cross-validation, {len(entry.runs)} runs)" if entry.fold_set else ""
