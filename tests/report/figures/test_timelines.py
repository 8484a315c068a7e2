"""What happens in recordings over time, as a picture."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlcli.datasets.data import Timelines
from dlcli.metrics.timelines import Timeline, TimelineReport
from dlcli.report.figures.page import png
from dlcli.report.figures.timelines import timelines
from tests.report.figures.subjects import classified, size, texts


def subject(recordings: int, names: tuple[str, ...] = ("walk", "sit", "other")) -> Any:
    """Recordings of 20 steps at 10 Hz, the first half of the one class and then the next, all predicted as they are."""
    true = np.repeat(np.array([0, 1], np.int32), 10)
    sure = np.where(np.arange(len(names)) == true[:, None], 0.9, 0.1 / (len(names) - 1))
    target = Timelines(names, 2, 10.0, 0.0, 0.0, 1.0)
    whole = tuple(Timeline(number, true, sure, np.ones(20, bool)) for number in range(recordings))
    return SimpleNamespace(title="small · test", report=TimelineReport.of_timelines(target, whole))


def test_each_recording_has_its_classes_over_seconds_and_its_segments() -> None:
    figure = timelines(subject(2))
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["recording 0", "recording 1"]
    for axes in figure.axes:
        true, predicted = (image.get_array() for image in axes.get_images())
        np.testing.assert_array_equal(true, predicted)
        assert len(np.unique(true[0], axis=0)) == 2
        spans = [bar.get_paths()[0].vertices[:4, 0] for bar in axes.collections]
        assert [(span.min(), span.max()) for span in spans] == [(0.0, 1.0), (1.0, 2.0)]
        assert [bar.get_alpha() for bar in axes.collections] == pytest.approx([0.9, 0.9])
    assert {"true", "predicted", "segments", "seconds", "walk", "sit", "other"} <= set(texts(figure))
    assert "small · test · macro F1 1.0000, segments 1.0000 mAP" in texts(figure)
    assert size(png(figure))


def test_what_has_no_label_is_left_empty() -> None:
    made = subject(1)
    made.report.recordings[0].true[:5] = -1
    true, predicted = (image.get_array() for image in timelines(made).axes[0].get_images())
    assert (true[0, :5] == 1).all()
    assert (predicted[0, :5] != 1).any(axis=1).all()


def test_of_many_recordings_some_are_drawn_the_first_and_the_last_among_them() -> None:
    titles = [axes.get_title(loc="left") for axes in timelines(subject(40)).axes]
    assert len(titles) == 10
    assert (titles[0], titles[-1]) == ("recording 0", "recording 39")


def test_many_classes_have_colours_of_their_own_and_odd_names_are_no_formula() -> None:
    figure = timelines(subject(1, ("$\\frac$", *(f"class {k}" for k in range(18)))))
    colours = {patch.get_facecolor() for patch in figure.legends[0].get_patches()}
    assert len(colours) == 19
    assert png(figure)


def test_others_have_none() -> None:
    assert timelines(classified(np.eye(3), np.array([0, 1, 2]))) is None
