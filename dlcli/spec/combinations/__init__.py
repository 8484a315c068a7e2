"""Combinations of values that make no sense, of a whole spec or of what is right in a wrong one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pydantic import ValidationError

from dlcli.spec.combinations import carrying, course, ensembles, examples, lengths, metrics, splits
from dlcli.spec.combinations.finding import Finding
from dlcli.spec.combinations.rest import Rest, rest_of
from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import OPTION, Problem
from dlcli.spec.reading import Document

_RULES: tuple[Callable[[Experiment], Iterable[Finding]], ...] = (
    metrics.metrics_that_are_not_computed,
    metrics.validation_that_is_missing,
    metrics.metrics_that_do_not_fit,
    metrics.scores_that_will_not_be_there,
    metrics.losses_of_classes_alone,
    course.schedules_longer_than_the_training,
    course.validations_too_few,
    course.plateau_after_the_stop,
    examples.model_that_cannot_read,
    examples.model_that_cannot_predict,
    examples.inputs_that_cannot_be_given_back,
    examples.distortions_that_do_not_fit,
    examples.batches_too_small,
    examples.heads_frozen_at_random,
    ensembles.training_of_finished_runs,
    carrying.members_that_carry_states,
    carrying.states_that_cannot_be_carried,
    lengths.buckets_of_what_has_one_length,
    splits.folds_of_two_kinds,
    splits.folds_of_one_course,
    splits.folds_beside_a_test_split,
    splits.groups_that_are_not_there,
    splits.classes_that_are_not_there,
)


def combinations_in(document: Document, outcome: Experiment | ValidationError) -> list[Problem]:
    """The combinations in a document that make no sense, given what became of its validation.

    Of a document that was refused, those are told which nothing that is wrong with it has to do with.
    """
    rest = rest_of(document, outcome)
    return [] if rest is None else [_problem(document, found) for found in _findings(document, rest)]


def _findings(document: Document, rest: Rest) -> Iterator[Finding]:
    epochs = document.marks.get(("train", "epochs"))
    cut_short = epochs is not None and epochs.source.startswith(OPTION)
    for rule in _RULES:
        for found in rule(rest.experiment):
            if not (found.of_length and cut_short) and (whole := rest.in_document(found)) is not None:
                yield whole


def _problem(document: Document, found: Finding) -> Problem:
    mark = document.key_mark(found.path) if found.at_key else document.mark(found.path)
    return Problem(mark, str(found), found.hint)
