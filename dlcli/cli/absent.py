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


def _files(document: Document, experiment: Experiment) -> Iterator[Problem]:
    from dlcli.datasets.folder import data_folder, resolve
    from dlcli.errors import MissingData
    from dlcli.spec.problems import Problem

    folder = data_folder()
    for field in experiment.dataset.outlook().files:
        given = getattr(experiment.dataset, field)
        try:
            resolve(given, folder)
        except MissingData:
            said = f"`dataset.{field}`: {given} is not here"
            hint = f"looked from {Path.cwd()},\nin the data folder {folder} and one folder down in it"
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
        hint = f"looked from {Path.cwd()}\nand in the folder of runs {root}"
        yield Problem(document.mark(("init_from", "run")), f"`init_from.run`: {start.run} is not here", hint)
