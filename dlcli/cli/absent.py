"""What a spec names and is not on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlcli.spec import Experiment
    from dlcli.spec.problems import Problem
    from dlcli.spec.reading import Document


def absent(document: Document, experiment: Experiment) -> list[Problem]:
    """The user's own files and the runs that are not where they would be looked for, each in its place.

    What can be downloaded is never absent; of runs, only one that is named by a path is looked for.
    """
    return [*_files(document, experiment), *_runs(document, experiment)]


def own_data_is_here(experiment: Experiment) -> bool:
    """Whether there is data of the user's own to look into."""
    return bool(experiment.dataset.outlook().files) and not any(_absent_files(experiment))


def _absent_files(experiment: Experiment) -> Iterator[str]:
    """The fields that name a file or folder which is not here."""
    from dlcli.datasets.folder import data_folder, resolve
    from dlcli.errors import MissingData

    for field in experiment.dataset.outlook().files:
        try:
            resolve(getattr(experiment.dataset, field), data_folder())
        except MissingData:
            yield field


def _files(document: Document, experiment: Experiment) -> Iterator[Problem]:
    from dlcli.datasets.folder import data_folder
    from dlcli.spec.problems import Problem

    for field in _absent_files(experiment):
        said = f"`dataset.{field}`: {getattr(experiment.dataset, field)} is not here"
        hint = f"looked in the working directory, in {_from_here(data_folder())} and one folder down in it"
        yield Problem(document.mark(("dataset", field)), said, hint)


def _runs(document: Document, experiment: Experiment) -> Iterator[Problem]:
    from dlcli.runs.find import runs_folder
    from dlcli.spec.problems import Problem

    start = experiment.init_from
    if start is None or os.sep not in start.run:
        return
    root = runs_folder(None)
    given = Path(start.run).parent if Path(start.run).name == "latest" else Path(start.run)
    if not given.is_dir() and not (root / given).is_dir():
        hint = f"looked in the working directory and in {_from_here(root)}"
        yield Problem(document.mark(("init_from", "run")), f"`init_from.run`: {start.run} is not here", hint)


def _from_here(folder: Path) -> str:
    """A folder as short as it can be called: from the working directory, if it lies below that."""
    here = Path.cwd()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)
