"""Finished runs whose models are the members of an ensemble."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import keras

from dlcli.component import Component
from dlcli.datasets.data import Data
from dlcli.errors import UsageError
from dlcli.models.ensemble import Ensemble
from dlcli.models.recurrent import carries
from dlcli.runs.find import find, has_model, is_unfinished, runs_folder
from dlcli.runs.run import SMOKE, Run
from dlcli.tasks import Task
from dlcli.training.evaluate import kept_model
from dlcli.training.members import is_ensemble, joined, member_name


def find_trained(model: Component, runs: Path | None, *, smoke: bool = False) -> tuple[Run, ...]:
    """The runs that an ensemble is made from; none for any other model. For a smoke run other smoke runs will do.

    Raises UsageError where there is no such run, it is not finished, or it is named before.
    """
    if not isinstance(model, Ensemble):
        return ()
    found: list[Run] = []
    for i, name in enumerate(model.from_runs):
        run = _found(runs_folder(runs), i, name, smoke)
        if any(run.path.resolve() == other.path.resolve() for other in found):
            raise UsageError(
                f"model.from_runs: {run.path} is a member already; one run counts once", at=("model", "from_runs", i)
            )
        found.append(run)
    return tuple(found)


def check_same_data(runs: Sequence[Run], data: Data) -> None:
    """Raises UsageError where a run was trained on other data, or with other splits of it, than what is here."""
    for i, run in enumerate(runs):
        if run.info.get("dataset") != data.fingerprint():
            raise UsageError(
                f"model.from_runs: {run.path} was trained on other data, or with other splits of it (fingerprint "
                f"{run.info.get('dataset')}, here {data.fingerprint()}); all members must have seen the same",
                at=("model", "from_runs", i),
            )


def ensemble_of(runs: Sequence[Run], task: Task) -> keras.Model:
    """The average of the models that runs have kept; nothing of it is trained.

    Raises UsageError where a run's model is an ensemble itself, or predicts something else.
    """
    members = []
    for i, run in enumerate(runs):
        model, at = kept_model(run), ("model", "from_runs", i)
        if is_ensemble(model):
            raise UsageError(f"model.from_runs: {run.path} is an ensemble itself; name the runs of its members", at=at)
        if model.output_shape[-1] != task.outputs:
            raise UsageError(
                f"model.from_runs: the model of {run.path} has {model.output_shape[-1]} outputs, here are "
                f"{task.outputs} to predict",
                at=at,
            )
        member = keras.Model.from_config(model.get_config() | {"name": member_name(i)})
        member.set_weights(model.get_weights())
        members.append(member)
    ensemble = joined(members, task)
    ensemble.trainable = False
    return ensemble


def _found(root: Path, i: int, name: str, smoke: bool) -> Run:
    try:
        run = _of_smoke(root, name) if smoke else find(root, name, _is_finished)
    except UsageError as error:
        raise UsageError(f"model.from_runs: {error}", at=("model", "from_runs", i)) from None
    if not has_model(run):
        raise UsageError(f"model.from_runs: {run.path} has no model yet", at=("model", "from_runs", i))
    if is_unfinished(run):
        raise UsageError(
            f"model.from_runs: {run.path} is not finished, its state is {run.info['state']}; runs that are done can "
            "be averaged",
            at=("model", "from_runs", i),
        )
    if getattr(run.experiment.model, "reconstructs", False):
        raise UsageError(
            f"model.from_runs: {run.path} gives back its inputs, which are not averaged", at=("model", "from_runs", i)
        )
    if carries(run.experiment.model):
        raise UsageError(
            f"model.from_runs: {run.path} carries its states from window to window, which members do not",
            at=("model", "from_runs", i),
        )
    return run


def _of_smoke(root: Path, name: str) -> Run:
    """The smoke run for a run: the newest of its name, or itself where it is one."""
    with suppress(UsageError):
        return find(root, f"{name}{SMOKE}", _is_finished)
    run = find(root, name, _is_finished)
    family = run.path.parent.name
    return run if family.endswith(SMOKE) else find(root, f"{family}{SMOKE}", _is_finished)


def _is_finished(run: Run) -> bool:
    return has_model(run) and not is_unfinished(run)
