"""From a YAML file to an Experiment, or to the list of everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path as FilePath

from pydantic import ValidationError

from dlcli.errors import SpecError, UsageError
from dlcli.families import adding
from dlcli.faults import plugin_faults
from dlcli.spec.combinations import combinations_in
from dlcli.spec.composing import compose
from dlcli.spec.experiment import Experiment
from dlcli.spec.guessing import below_unknown_types
from dlcli.spec.overrides import override_all
from dlcli.spec.own_parts import parts_of, with_plugin_paths
from dlcli.spec.reading import Document, read
from dlcli.spec.variables import misplaced
from dlcli.spec.version import check_version
from dlcli.spec.wording import explain
from dlcli.spec.writing import write


def load(path: FilePath, overrides: Sequence[str] = ()) -> Experiment:
    """Reads an experiment spec and what it extends, with `a.b=value` overrides laid over it.

    Raises UsageError when the file cannot be read and SpecError with every problem in it, each with its place.
    """
    return check(read(path), overrides)


def load_recorded(path: FilePath) -> Experiment:
    """Reads the spec that a run keeps. Its parts were seen to fit when it began, perhaps by other rules than now."""
    return checked(read(path), combined=False)[1]


def check(document: Document, overrides: Sequence[str] = ()) -> Experiment:
    """Makes an Experiment of a document with overrides laid over it; raises SpecError with every problem."""
    return checked(document, overrides)[1]


def checked(document: Document, overrides: Sequence[str] = (), *, combined: bool = True) -> tuple[Document, Experiment]:
    """As check, with the document as it is with what it extends and the overrides, the paths of plugins in full.

    combined: whether combinations of values are looked at, too, which may each be right and make no sense together.
    """
    document = with_plugin_paths(resolve(document, overrides))
    check_version(document)
    document = replace(document, values={"name": FilePath(document.source).stem, **document.values})
    with adding(parts_of(document, Experiment)), plugin_faults(UsageError):
        return document, _experiment(document, combined=combined)


def _experiment(document: Document, *, combined: bool) -> Experiment:
    problems = [*document.problems, *misplaced(document, Experiment)]
    outcome: Experiment | ValidationError
    try:
        outcome = experiment = Experiment.model_validate(document.values)
    except ValidationError as error:
        outcome = error
        # What could not be read stands as nothing in the values; to say so again would help nobody.
        said = {problem.mark for problem in problems}
        found = [*explain(document, Experiment, error), *below_unknown_types(document, Experiment, error)]
        problems += [problem for _, problem in found if problem.mark not in said]
    if combined:
        problems += combinations_in(document, outcome)
    if problems:
        raise SpecError(document.in_order(problems))
    return experiment


def resolve(document: Document, overrides: Sequence[str] = ()) -> Document:
    """Lays a document over what it extends, and overrides over both; what is wrong with one is among its problems.

    Raises SpecError when what it extends cannot be had. A document that is resolved already stays as it is.
    """
    return override_all(compose(document, Experiment), overrides, Experiment)


def dump(experiment: Experiment) -> str:
    """The experiment with all its defaults as YAML that loads again to the same experiment."""
    values = experiment.model_dump(mode="json")
    return write(values, width=120)
