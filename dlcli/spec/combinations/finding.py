"""What is wrong with a combination of values that are each right."""

from __future__ import annotations

from dataclasses import dataclass

from dlcli.component import Component
from dlcli.datasets.spec import Outlook
from dlcli.models.abilities import outlook_for
from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import Path, dotted


@dataclass(frozen=True)
class Finding:
    """Values that make no sense together, told at the place of one of them.

    path: where it is shown; at_key: under the key, not under the value.
    because: the other values it follows from. If one of them is wrong in itself, nothing follows.
    of_length: whether a longer training would be right. `--set train.epochs=1`, to try something, must not be refused
    because of a warm-up that does not fit.
    """

    path: Path
    message: str
    hint: str = ""
    because: tuple[Path, ...] = ()
    at_key: bool = False
    of_length: bool = False

    def __str__(self) -> str:
        return f"`{dotted(self.path)}`: {self.message}"


PREDICTS: tuple[Path, ...] = tuple(("dataset", key) for key in ("type", "task", "classes", "target"))
"""What tells whether classes or numbers are predicted."""
AXES: tuple[Path, ...] = (("dataset", "type"),)
"""What tells whether examples are rows, signals or images."""
SIZES: tuple[Path, ...] = (*AXES, *(("dataset", key) for key in ("window", "channels", "filters", "size", "color")))
"""What tells how large they are."""
GROUPS: tuple[Path, ...] = tuple(("dataset", key) for key in ("type", "group", "groups", "x"))
"""What tells whether examples come in groups."""
FOLDS: tuple[Path, ...] = (("folds",), ("leave_one_group_out",))
"""What tells whether it is cross-validated."""


MODEL: tuple[Path, ...] = (("model", "type"),)
"""What tells whether inputs are given back, whatever the dataset has to predict."""


def outlook_of(experiment: Experiment) -> Outlook:
    """What a spec tells of its data; nothing but the inputs is predicted by a model that gives them back."""
    return outlook_for(experiment.model, experiment.dataset.outlook())


def split_keys(name: str) -> tuple[Path, ...]:
    """What tells whether there will be a split of this name."""
    return tuple(("dataset", key) for key in ("type", name, f"{name}_subjects", f"{name}_path", "x"))


def told(part: Component, at: Path, key: str) -> str:
    """A value as a reason: "`train.epochs` is 10", and whether that is only its default."""
    value = getattr(part, key)
    default = "" if key in part.model_fields_set else " by default"
    return f"`{dotted((*at, key))}` is {'null' if value is None else value}{default}"
