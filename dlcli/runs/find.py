"""Finds runs by what a user types, and tells the dead from the living."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from dlcli.errors import UsageError
from dlcli.runs.run import Run
from dlcli.spec.suggest import nearest


def runs_folder(given: Path | None) -> Path:
    """Where runs go: `--runs`, else the environment's DLCLI_RUNS, else `runs/` of the working directory."""
    return given or Path(os.environ.get("DLCLI_RUNS") or "runs")


def all_runs(root: Path) -> Iterator[Run]:
    """Every run below `root` whose record can be read, oldest first within a name."""
    folders = (info.parent for info in root.glob("*/*/run.json"))
    # Hidden ones are being deleted.
    for folder in sorted((each for each in folders if not each.name.startswith(".")), key=age_order):
        run = Run(folder)
        with suppress(UsageError):
            if run.info:
                yield run


def age_order(folder: Path) -> tuple[str, str, int]:
    """What sorts the folders of runs by name, and within a name the oldest first."""
    # Runs of one second are numbered from 2 on; as text, 10 would come before 2.
    day, time, number = [*folder.name.split("-", 2), "1", "1"][:3]
    return folder.parent.name, f"{day}-{time}", int(number) if number.isdigit() else 1


def has_model(run: Run) -> bool:
    """Whether there is something to evaluate."""
    return run.model_path.exists()


def is_unfinished(run: Run) -> bool:
    """Whether there is something to resume."""
    return bool(run.info["state"] != "done")


def find(root: Path, wanted: str | None, fits: Callable[[Run], bool] = lambda run: True) -> Run:
    """A run by its folder, by `name` or `name/latest` (that name's newest), or the newest of all if None.

    Where a name or nothing is given, the newest that `fits` is meant, and the newest of all where none does.
    Raises UsageError, listing what there is.
    """
    if wanted is None:
        runs = sorted(
            all_runs(root), key=lambda run: (datetime.fromisoformat(run.info["started"]), age_order(run.path))
        )
        if not runs:
            raise UsageError(f"{root}: there are no runs yet; make one with: dlcli train SPEC")
        return _newest(runs, fits)
    for candidate in (Path(wanted), root / wanted):
        if candidate.name == "latest":
            candidate = candidate.parent
        if (candidate / "run.json").is_file():
            return Run(candidate)
        # Not by the file `latest`: the run that it names may be gone, or not the one to evaluate or to resume.
        runs = [run for run in all_runs(candidate.parent) if run.path.parent == candidate]
        if runs:
            return _newest(runs, fits)
    names = sorted({run.path.parent.name for run in all_runs(root)})
    known = f"there are runs of: {', '.join(names)}" if names else f"there are no runs in {root}"
    near = nearest(wanted, names)
    hint = f" (did you mean `{near}`?)" if near else ""
    raise UsageError(f"{wanted}: is neither a run's folder nor the name of one{hint}; {known}")


def _newest(runs: list[Run], fits: Callable[[Run], bool]) -> Run:
    return next((run for run in reversed(runs) if fits(run)), runs[-1])
