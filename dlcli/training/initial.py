"""Weights of another run to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import keras
from numpy.typing import NDArray

from dlcli.errors import UsageError
from dlcli.runs.find import find, has_model, runs_folder
from dlcli.runs.run import SMOKE, Run
from dlcli.spec.experiment import InitFrom
from dlcli.training.evaluate import kept_model
from dlcli.training.members import named_layers

HEADS = {"head", "spectrum_head"}
"""The layers whose outputs a model's are, or are the sum of."""


@dataclass(frozen=True)
class Initial:
    """A run's model, and how much of it is taken over."""

    spec: InitFrom
    run: Run

    def apply(self, model: keras.Model) -> list[str]:
        """Gives a model the run's weights, layer by layer; returns the names of the layers taken over.

        Raises UsageError where a layer has weights of another shape there, or is not there at all.
        """
        theirs = dict(named_layers(kept_model(self.run)))
        taken = []
        for name, layer in _learned(model):
            if layer.name in HEADS and not self.spec.head:
                continue
            weights = theirs[name].get_weights() if name in theirs else []
            self._check(name, layer, weights)
            layer.set_weights(weights)
            taken.append(name)
        return taken

    def _check(self, name: str, layer: keras.Layer, weights: list[NDArray[Any]]) -> None:
        ours, theirs = ([tuple(each.shape) for each in some] for some in (layer.weights, weights))
        if ours != theirs:
            hint = "; `head: false` lets the head start anew" if layer.name in HEADS else ""
            raise UsageError(
                f"init_from: layer `{name}` has weights of the shapes {ours}, the model of {self.run.path} has "
                f"{theirs or 'no such layer'}{hint}"
            )


def find_initial(spec: InitFrom | None, runs: Path | None, *, smoke: bool = False) -> Initial | None:
    """The run that a spec begins from; for a smoke run another smoke run will do.

    Raises UsageError where there is none, or it has no model yet.
    """
    if spec is None:
        return None
    root = runs_folder(runs)
    try:
        run = find(root, spec.run, has_model)
    except UsageError as error:
        if not smoke:
            raise UsageError(str(error), at=("init_from", "run")) from None
        run = find(root, f"{spec.run}{SMOKE}", has_model)
    if not has_model(run):
        raise UsageError(f"init_from: {run.path} has no model yet")
    return Initial(spec, run)


def freeze(model: keras.Model, spec: InitFrom | None) -> None:
    """Keeps the layers that a spec names as they are; raises UsageError where nothing is called so."""
    for pattern in spec.freeze if spec is not None else ():
        frozen = [
            layer for name, layer in _learned(model) if fnmatchcase(layer.name, pattern) or fnmatchcase(name, pattern)
        ]
        if not frozen:
            names = ", ".join(name for name, _ in _learned(model))
            raise UsageError(f"init_from.freeze: no layer is called `{pattern}`; the layers are {names}")
        for layer in frozen:
            layer.trainable = False


def _learned(model: keras.Model) -> list[tuple[str, keras.Layer]]:
    """The layers with weights, by name, less those that are made of the data."""
    return [
        (name, layer)
        for name, layer in named_layers(model)
        if layer.weights and not isinstance(layer, keras.layers.Normalization)
    ]
