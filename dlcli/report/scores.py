"""Scores of an evaluation as lines of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import UNKNOWN
from dlcli.datasets.texts.tokens import SPECIAL
from dlcli.metrics.classification import ClassificationReport
from dlcli.metrics.labels import LabelsReport
from dlcli.metrics.reconstruction import ReconstructionReport
from dlcli.metrics.regression import RegressionReport
from dlcli.metrics.report import Report
from dlcli.metrics.sequences import SequenceReport
from dlcli.metrics.timelines import OVERLAPS, TimelineReport
from dlcli.metrics.tokens import TokenReport

if TYPE_CHECKING:
    from dlcli.training.evaluate import Evaluation
    from dlcli.training.folds import FoldScores

_MISTAKES = 5


def headline(evaluation: Evaluation) -> str:
    """Loss and scores in one line."""
    return f"{evaluation.split:10}   {_in_a_row(evaluation.scores)}   ({evaluation.examples} examples)"


def naive_lines(evaluation: Evaluation) -> list[str]:
    """A line for each simple rule: what it reaches on the same examples, below the scores of the headline."""
    below = " " * len(f"   loss {evaluation.loss:.4f}")
    return [f"{'':10}{below}   {_in_a_row(scores)}   {rule}" for rule, scores in evaluation.naive.items()]


def member_lines(evaluation: Evaluation) -> list[str]:
    """The headline score of each of an ensemble's members, in a line; none for any other model."""
    if not evaluation.members:
        return []
    name = next(iter(evaluation.report.scores))
    reached = [f"{scores[name]:.4f}" for scores in evaluation.members]
    if evaluation.member_names:
        reached = [f"{score} {who}" for score, who in zip(reached, evaluation.member_names, strict=True)]
        return [f"{'members':10}   {name} {', '.join(reached)}"]
    return [f"{'members':10}   {name} {' '.join(reached)}"]


def _in_a_row(scores: Mapping[str, float]) -> str:
    return "   ".join(f"{name} {value:.4f}" for name, value in scores.items())


def fold_table(folds: FoldScores) -> str:
    """The test scores of every fold, with the groups held out where there are few, their mean and deviation."""
    names = [", ".join(map(str, groups)) if len(groups) <= 3 else f"{len(groups)} groups" for groups in folds.held_out]
    width = max(len("held out"), *map(len, names)) if any(names) else 0
    head = "       fold  " + ("held out".ljust(width) + "  " if width else "")
    rows = [head + "  ".join(f"{name:>8}" for name in folds.scores)]
    for fold, name in enumerate(names):
        scores = "  ".join(f"{values[fold]:8.4f}" for values in folds.scores.values())
        rows.append(f"  {fold + 1:9}  {name.ljust(width) + '  ' if width else ''}{scores}")
    for label, values in (("mean", folds.means), ("deviation", folds.deviations)):
        blank = " " * (width + 2) if width else ""
        rows.append(f"  {label:>9}  {blank}" + "  ".join(f"{values[name]:8.4f}" for name in folds.scores))
    return "\n".join(rows)


def pooled_table(evaluations: Sequence[Evaluation]) -> str:
    """Classes and confusions over the examples of several folds; empty where no classes are predicted."""
    reports = [each.report for each in evaluations]
    if not all(type(report) is ClassificationReport for report in reports):
        return ""
    task = evaluations[0].subject.task
    y, outputs = (np.concatenate(parts) for parts in zip(*(_judged(each) for each in evaluations), strict=True))
    pooled = task.report(y, outputs)
    assert isinstance(pooled, ClassificationReport)
    return f"{class_table(pooled)}\n\n{confusion_table(pooled)}"


def _judged(evaluation: Evaluation) -> tuple[NDArray[Any], NDArray[Any]]:
    return evaluation.subject.split.y, evaluation.subject.outputs


def tables(report: Report) -> str:
    """Everything besides the headline: scores of each class and the confusion matrix, of each number or of places."""
    if isinstance(report, TimelineReport):
        return f"{class_table(report)}\n\n{segment_table(report)}\n\n{confusion_table(report)}"
    if isinstance(report, ClassificationReport):
        return f"{class_table(report)}\n\n{confusion_table(report)}"
    if isinstance(report, LabelsReport):
        return label_table(report)
    if isinstance(report, TokenReport):
        return place_table(report)
    if isinstance(report, SequenceReport):
        return text_table(report)
    if isinstance(report, ReconstructionReport):
        return worst_table(report)
    assert isinstance(report, RegressionReport)
    return number_table(report)


def segment_table(report: TimelineReport) -> str:
    """Average precision of each class that is sought: of its segments, by overlap, and of what occurs."""
    of_each = report.of_each(report.found)
    title, excerpt = "segments, by overlap", f"in {report.target.excerpt_seconds:g} s"
    width = max(len(title), *map(len, of_each))
    overlaps = "".join(f"{least:8g}" for least in OVERLAPS)
    lines = [f"{title:{width}}{overlaps}  occurs in recording  {excerpt:>8}"]
    for name, scores in of_each.items():
        row = f"{name:{width}}" + "".join(f"{scores[least]:8.4f}" for least in OVERLAPS)
        lines.append(f"{row}  {report.occurrences.get(name, 0):19.4f}  {report.excerpts.get(name, 0):8.4f}")
    for label, means in (("mean", report.segment_map), ("mean, labelled time", report.labelled_segment_map)):
        lines.append(f"{label:{width}}" + "".join(f"{means[least]:8.4f}" for least in OVERLAPS))
    return "\n".join(lines)


def text_table(report: SequenceReport) -> str:
    """The scores by the width of the beam, and the first texts that were not written as they should."""
    lines = ["beam  exact_match  token_error_rate"]
    for width in sorted(report.written):
        scores = report.of_beam(width)
        lines.append(f"{width:4}  {scores['exact_match']:11.4f}  {scores['token_error_rate']:16.4f}")
    if mistakes := report.mistakes(_MISTAKES):
        lines += ["", "first texts that were not written as they should be"]
        for each in mistakes:
            lines.append(f"  {each.name}")
            lines += [f"    {part:8} {getattr(each, part) or '(nothing)'}" for part in ("source", "true", "written")]
        if any(SPECIAL[UNKNOWN] in each.source + each.true for each in mistakes):
            lines.append(f"  {SPECIAL[UNKNOWN]}: not in the vocabulary; what stood there is not kept")
    return "\n".join(lines)


def worst_table(report: ReconstructionReport) -> str:
    """The examples that were given back worst, by their numbers in the split, with their errors."""
    lines = [f"{'given back worst':>16}         mse         mae"]
    for row in report.worst[:_MISTAKES]:
        mse, mae = report.errors[row]
        lines.append(f"{f'example {row}':>16}  {mse:10.4g}  {mae:10.4g}")
    return "\n".join(lines)


def number_table(report: RegressionReport) -> str:
    """RMSE, MAE and R2 of each number that is predicted."""
    width = max(len(name) for name in report.names)
    lines = [f"{'':{width}}        rmse         mae      r2"]
    lines += [
        f"{name:{width}}  {row['rmse']:10.4g}  {row['mae']:10.4g}  {row['r2']:6.4f}"
        for name, row in report.of_each.items()
    ]
    return "\n".join(lines)


def label_table(report: LabelsReport) -> str:
    """Average precision, precision, recall, F1 and support of each of several classes that an example may have."""
    width = max(len(name) for name in report.names)
    lines = [f"{'':{width}}      ap  precision  recall      f1  support"]
    lines += [
        f"{name:{width}}  {row['ap']:6.4f}  {row['precision']:9.4f}  {row['recall']:6.4f}  {row['f1']:6.4f}  "
        f"{row['support']:7d}"
        for name, row in report.of_each.items()
    ]
    return "\n".join(lines)


def place_table(report: TokenReport) -> str:
    """How well tokens are foretold after 1, 2, 4, ... others of their window."""
    T = len(report.counts)
    after = sorted({min(2**power, T) for power in range(T.bit_length() + 1)})
    nats = report.nats_by_place
    lines = ["tokens before  nats_per_token"]
    return "\n".join([*lines, *(f"{place:13}  {nats[place - 1]:14.4f}" for place in after)])


def class_table(report: ClassificationReport) -> str:
    """Precision, recall, F1 and support of each class."""
    width = max(len(name) for name in report.names)
    lines = [f"{'':{width}}  precision  recall      f1  support"]
    lines += [
        f"{c.name:{width}}  {c.precision:9.4f}  {c.recall:6.4f}  {c.f1:6.4f}  {c.support:7d}" for c in report.classes
    ]
    return "\n".join(lines)


def confusion_table(report: ClassificationReport) -> str:
    """The confusion matrix: rows are true classes, columns predicted ones, by number."""
    width = max(len(name) for name in report.names)
    cell = max(5, len(str(report.confusion.max())) + 2)
    K = len(report.names)
    number = max(2, len(str(K - 1)))
    head = " " * (width + 2 + number) + "".join(f"{k:>{cell}}" for k in range(K))
    rows = [
        f"{name:{width}}  {k:>{number}}" + "".join(f"{count or '·':>{cell}}" for count in row)
        for k, (name, row) in enumerate(zip(report.names, report.confusion, strict=True))
    ]
    return "\n".join(["true class \\ predicted as".ljust(len(head)), head, *rows])
