"""An experiment's data: whole, cut down for a smoke run, or one fold of it."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dlcli.datasets.checks import check
from dlcli.datasets.data import Data
from dlcli.datasets.files.download import offline
from dlcli.datasets.folder import data_folder
from dlcli.datasets.spec import DatasetSpec
from dlcli.datasets.splits import fold_count, folds, refuse_duplicates
from dlcli.errors import DataError, MissingData
from dlcli.faults import made, plugin_faults
from dlcli.spec import Experiment
from dlcli.training.giving_back import as_predicted

SMOKE_EXAMPLES = 192
SMOKE_FOLDS = 2


@plugin_faults(DataError)
def load_data(
    experiment: Experiment, *, smoke: bool = False, fold: int | None = None, folder: Path | None = None
) -> Data:
    """The examples of an experiment; of its fold number `fold` (from 1), where it has folds.

    A smoke run downloads nothing; it takes a few of each split, and made-up ones where the data is not here.
    Raises DataError where the data is missing or wrong, UsageError where the model is to give back what it cannot.
    """
    if fold is not None:
        data, _ = next(itertools.islice(load_folds(experiment, smoke=smoke, folder=folder), fold - 1, None))
        return data
    return as_predicted(_loaded(experiment, smoke, folder), experiment.model)


def _loaded(experiment: Experiment, smoke: bool, folder: Path | None) -> Data:
    """The data as the dataset has it."""
    folder = folder or data_folder()
    if not smoke:
        return _checked(experiment, experiment.dataset.load(folder))
    try:
        with offline():
            data = experiment.dataset.load(folder)
    except MissingData:
        if type(experiment.dataset).write_stand_in is DatasetSpec.write_stand_in:
            raise  # a plugin's, which makes nothing up
        data = stand_in(experiment)
    return _checked(experiment, data).smaller(SMOKE_EXAMPLES)


def load_folds(
    experiment: Experiment, *, smoke: bool = False, folder: Path | None = None
) -> Iterator[tuple[Data, int]]:
    """The data of each fold, one after another, and how many there are; a smoke run takes the first two."""
    data = _loaded(experiment, smoke, folder)
    seed = getattr(experiment.dataset, "split_seed", 0)
    parts = folds(data, experiment.folds, seed)
    count = fold_count(data, experiment.folds)
    if smoke:
        parts, count = itertools.islice(parts, SMOKE_FOLDS), min(count, SMOKE_FOLDS)
    alike = getattr(experiment.dataset, "duplicates", "allow")
    for part in parts:
        if alike == "refuse":
            refuse_duplicates(part.splits)
        yield as_predicted(_checked(experiment, part), experiment.model), count


def _checked(experiment: Experiment, data: Data) -> Data:
    made(experiment.dataset, data, Data, "dlcli.datasets.data.Data", DataError)
    path = getattr(experiment.dataset, "path", None)
    check(data, experiment.dataset.type if path is None else f"{experiment.dataset.type} {path}")
    return data


def stand_in(experiment: Experiment) -> Data:
    """Made-up examples in the place of the data, read by the dataset's own code from files in its own format."""
    with tempfile.TemporaryDirectory(prefix="dlcli-") as folder:
        experiment.dataset.write_stand_in(Path(folder))
        return replace(experiment.dataset.load(Path(folder)), stand_in=True, remarks=())
