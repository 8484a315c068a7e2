"""Scores of an evaluation as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcli.metrics.classification import ClassificationReport

if TYPE_CHECKING:
    from dlcli.training.evaluate import Evaluation


def headline(evaluation: Evaluation) -> str:
    """Loss, accuracy and macro F1 in one line."""
    scores = "   ".join(f"{name} {value:.4f}" for name, value in evaluation.scores.items())
    return f"{evaluation.split:10}   {scores}   ({evaluation.examples} examples)"


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
