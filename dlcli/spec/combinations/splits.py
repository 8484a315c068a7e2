"""Splits and folds that cannot be made of this data."""

from __future__ import annotations

from collections.abc import Iterator

from dlcli.datasets.holdout import Holdout
from dlcli.spec.combinations.finding import FOLDS, GROUPS, PREDICTS, Finding
from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import Path

_WITH_GROUPS = {"csv": "name the column that says whom an example comes from: `group` in `dataset`"}


def folds_of_two_kinds(experiment: Experiment) -> Iterator[Finding]:
    """Either so many folds, or one for each group."""
    if experiment.folds is not None and experiment.leave_one_group_out:
        said = f"`folds` (={experiment.folds}) asks for another kind of cross-validation"
        yield Finding(("leave_one_group_out",), said, "give one of the two", (("folds",),), at_key=True)


def folds_of_one_course(experiment: Experiment) -> Iterator[Finding]:
    """Examples that overlap in time would stand on both sides, and the past be told by the future."""
    dataset = experiment.dataset
    if experiment.folds is not None and dataset.outlook().one_course:
        said = f"the examples of {dataset.type} overlap in time: folds would put parts of one on both sides"
        hint = "leave it out; `dataset.test` holds out the last of them"
        yield Finding(("folds",), said, hint, (("dataset", "type"),), at_key=True)


def folds_beside_a_test_split(experiment: Experiment) -> Iterator[Finding]:
    """Each fold has a test split of its own, made of all examples."""
    dataset = experiment.dataset
    test = getattr(dataset, "test", None)
    default = type(dataset).__pydantic_fields__.get("test")
    if not experiment.cross_validates or dataset.outlook().one_course or test is None or default is None:
        return
    if test == default.get_default(call_default_factory=True):
        return
    said = "each fold has a test split of its own, so that this one is never used"
    yield Finding(("dataset", "test"), said, "leave it out, or set it to null", FOLDS, at_key=True)


def groups_that_are_not_there(experiment: Experiment) -> Iterator[Finding]:
    """Whole groups can be left or held out only where examples have groups."""
    dataset = experiment.dataset
    if dataset.outlook().groups is not False:
        return
    said = f"the examples of {dataset.type} have no groups"
    said += " (`dataset.group` is null)" if hasattr(dataset, "group") else ""
    said += " (`dataset.groups` is null)" if hasattr(dataset, "groups") else ""
    hint = _WITH_GROUPS.get(dataset.type, "")
    if experiment.leave_one_group_out:
        folds = "" if dataset.outlook().one_course else "such as `folds: 10`"
        yield Finding(("leave_one_group_out",), said, hint or folds, GROUPS, at_key=True)
    for path, holdout in _holdouts(experiment):
        if holdout.groups is not None:
            yield Finding((*path, "groups"), said, hint, GROUPS, at_key=True)
        elif holdout.by == "group":
            yield Finding((*path, "by"), said, hint or "such as chance", GROUPS)


def classes_that_are_not_there(experiment: Experiment) -> Iterator[Finding]:
    """The same share of each class can be held out only of classes."""
    outlook = experiment.dataset.outlook()
    if outlook.predicts not in ("classes", None) or outlook.per_step:
        said = (
            "numbers are predicted; there are no classes" if outlook.predicts == "reals" else "no example has one class"
        )
        for path, holdout in _holdouts(experiment):
            if holdout.by == "class":
                yield Finding((*path, "by"), said, "such as chance", PREDICTS)


def _holdouts(experiment: Experiment) -> Iterator[tuple[Path, Holdout]]:
    for name in ("test", "validation"):
        holdout = getattr(experiment.dataset, name, None)
        if isinstance(holdout, Holdout):
            yield ("dataset", name), holdout
