"""Deletes runs such that nobody ever sees half of one, whenever the deletion is cut off."""

from __future__ import annotations

import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from dlcli.errors import UsageError
from dlcli.runs.entries import Entry
from dlcli.runs.files import write_text
from dlcli.runs.find import age_order
from dlcli.runs.run import Run
from dlcli.runs.summary import DAMAGED, family_folders

_GONE = ".deleted-"
"""How folders begin whose deletion has begun. Hidden folders are no runs."""


def remove(entry: Entry) -> None:
    """Deletes a run, or all runs of a cross-validation and their summary.

    Raises UsageError where one of them is being trained; nothing is deleted then.
    """
    taken: list[Run] = []
    try:
        for each in entry.runs:
            if each.state == "running":
                raise UsageError(f"{each.path}: is being trained; stop it first")
            if each.state != DAMAGED:
                taken.append(Run(each.path))
                taken[-1].take()  # from here on nobody resumes it
        family = entry.path.parent
        hidden = [_hide(run.path) for run in reversed(entry.runs)]
    finally:
        for run in taken:
            run.leave()
    if entry.fold_set is not None:
        (family / f"folds-{entry.fold_set}.json").unlink(missing_ok=True)
    name_latest(family)
    for folder in hidden:
        _delete(folder)
    with suppress(OSError):
        family.rmdir()  # if nothing is left in it


def sweep(root: Path) -> None:
    """Deletes what deletions that were cut off have left behind."""
    for folder in root.glob(f"*/{_GONE}*"):
        shutil.rmtree(folder, ignore_errors=True)


def name_latest(family: Path) -> None:
    """Writes anew which run of a name is the newest, where the one that was is gone."""
    latest = family / "latest"
    with suppress(OSError):
        if (family / latest.read_text(encoding="utf-8").strip()).is_dir():
            return
    there = sorted(family_folders(family), key=age_order)
    if there:
        write_text(latest, f"{there[-1].name}\n")
    else:
        latest.unlink(missing_ok=True)


def _delete(folder: Path) -> None:
    with suppress(FileNotFoundError):  # another command sweeps
        shutil.rmtree(folder)


def _hide(folder: Path) -> Path:
    return folder.rename(folder.with_name(f"{_GONE}{folder.name}-{secrets.token_hex(4)}"))
