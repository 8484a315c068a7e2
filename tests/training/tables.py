"""Trainings of small tables, put together as the command line does."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from dlcli.runs.run import Run
from dlcli.spec import load
from dlcli.training.evaluate import Evaluation
from dlcli.training.prepare import Prepared, prepare
from dlcli.training.train import train

WHOLE = "test: null, validation: null"
"""All rows are trained on."""


def write_table(path: Path, columns: Mapping[str, Sequence[object]]) -> Path:
    """Writes a CSV file with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([list(columns), *zip(*columns.values(), strict=True)])
    return path


@dataclass
class Trained:
    """A finished training."""

    prepared: Prepared
    run: Run
    evaluations: list[Evaluation]

    @property
    def model(self) -> Any:
        return keras.models.load_model(self.run.model_path)

    @property
    def head(self) -> list[Any]:
        """Kernel and bias of the last layer that learns."""
        weights: list[Any] = self.model.get_layer("head").get_weights()
        return weights


def trained(folder: Path, columns: Mapping[str, Sequence[object]], dataset: str, more: str) -> Trained:
    """Trains on a table; `dataset` and `more` are YAML, of the dataset's fields and of the rest."""
    path = write_table(folder / "table.csv", columns)
    spec = folder / "toy.yaml"
    spec.write_text(f"dataset: {{type: csv, path: '{path}', {dataset}}}\n{more}\n", encoding="utf-8")
    experiment = load(spec)
    prepared = prepare(experiment)
    run = Run.create(folder / "runs", experiment, source=spec)
    return Trained(prepared, run, train(prepared, run))
