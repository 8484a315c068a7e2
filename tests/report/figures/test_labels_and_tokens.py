"""Average precisions of classes, and how well tokens are foretold, as pictures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlcli.metrics.labels import LabelsReport
from dlcli.metrics.tokens import TokenReport
from dlcli.report.figures.average_precision import average_precision
from dlcli.report.figures.nats_by_place import nats_by_place
from dlcli.report.figures.page import png
from tests.report.figures.subjects import classified, size, texts


def of(report: Any) -> Any:
    return SimpleNamespace(title="small · test", report=report)


def test_each_class_has_a_bar_as_long_as_its_average_precision() -> None:
    true = np.array([[1, 0], [0, 1], [1, 1]], np.float32)
    report = LabelsReport(("cat", "a $\\frac$ dog"), true, np.array([[2.0, 1], [-1, 0], [3, 2]], np.float32))
    figure = average_precision(of(report))
    lengths = [bar.get_width() for bar in figure.axes[0].patches]
    assert lengths == pytest.approx([row["ap"] for row in report.of_each.values()])
    assert {"cat", "a $\\frac$ dog"} <= set(texts(figure))
    assert size(png(figure))


@pytest.mark.parametrize("places", [3, 90])
def test_nats_are_drawn_over_the_tokens_before(places: int) -> None:
    report = TokenReport(np.full(places, 4), np.arange(places) * 4.0, np.full(places, 1))
    figure = nats_by_place(of(report))
    assert figure.axes[0].lines[0].get_ydata().tolist() == list(range(places))
    assert figure.axes[0].get_xlabel() == "tokens before it in the window"
    assert size(png(figure))


@pytest.mark.parametrize("kind", [average_precision, nats_by_place])
def test_what_has_one_class_for_each_example_has_none(kind: Any) -> None:
    assert kind(classified(np.eye(2), np.array([0, 1]))) is None
